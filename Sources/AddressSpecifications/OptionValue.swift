/// The value of an option, read as its type wants it.
public enum OptionValue: Hashable, Sendable {
  /// It is there, and takes none.
  case flag
  /// A number; of a switch 0 or not 0. Without a value it is 1.
  case number(Int64)
  /// A time.
  case duration(Duration)
  /// Text: a path, a name, an address. A user or a group may be a number too.
  case text(String)
  /// Binary data.
  case data([UInt8])
  /// A call's numbers and, behind them, its argument.
  case call([Int64], CallArgument)

  /// What a call is given (`setsockopt`, `ioctl`).
  public enum CallArgument: Hashable, Sendable {
    /// Nothing.
    case none
    /// A number.
    case number(Int64)
    /// Text, which C ends with a null byte.
    case text(String)
    /// Bytes as they are.
    case data([UInt8])
  }

  /// Reads a value.
  ///
  /// - Parameters:
  ///   - value: what stands behind `=`; nil when that is not there.
  ///   - name: the option as it was named.
  ///   - text: all of the option.
  init(
    _ value: String?, of definition: OptionDefinition, written name: String, text: String
  ) throws(AddressError) {
    switch definition.typeName {
    case "CONST":
      guard value == nil else { throw .noValuePermitted(name) }
      self = .flag
    case "BOOL", "INT", "UNSIGNED-INT", "BYTE", "SIZE_T", "OFF_T", "OFF64_T":
      self = .number(
        try value.map { value throws(AddressError) in
          try Number.read(value, text: text)
        } ?? 1)
    case "UNSIGNED-SHORT":
      let number =
        try value.map { value throws(AddressError) in
          try Number.read(value, text: text)
        } ?? 1
      guard (0...0xffff).contains(number) else { throw .numberTooLarge(text) }
      self = .number(number)
    case "MODE_T":
      guard let value else { throw .valueRequired(name) }
      self = .number(try Number.read(value, radix: 8, text: text))
    case "STRUCT-LINGER":
      guard let value else { throw .valueRequired(name) }
      self = .number(try Number.read(value, text: text))
    case "STRUCT-TIMEVAL", "STRUCT-TIMESPEC":
      guard let value else { throw .valueRequired(name) }
      self = .duration(try Number.readSeconds(value, text: text))
    case "BIN":
      guard let value else { throw .valueRequired(name) }
      self = .data(try BinaryData.read(value, text: text))
    case "STRING-NULL", "STRUCT-IP_MREQN": self = .text(value ?? "")
    case let type where type.hasPrefix("INT:"):
      self = try Self.call(value, type, name: name, text: text)
    default:
      guard let value else { throw .valueRequired(name) }
      self = .text(value)
    }
  }

  /// Reads `NUMBER:NUMBER:ARGUMENT`, as the type says it.
  private static func call(
    _ value: String?, _ type: String, name: String, text: String
  ) throws(AddressError) -> OptionValue {
    guard let value else { throw .valueRequired(name) }
    let kinds = type.split(separator: ":")
    let parts = value.split(
      separator: ":", maxSplits: kinds.count - 1, omittingEmptySubsequences: false)
    guard parts.count == kinds.count, let last = parts.last else {
      throw .argumentsRequired(option: name, count: kinds.count)
    }
    var numbers: [Int64] = []
    for part in parts.dropLast() { numbers.append(try Number.read(String(part), text: text)) }
    switch kinds.last {
    case "BIN": return .call(numbers, .data(try BinaryData.read(String(last), text: text)))
    case "STRING": return .call(numbers, .text(String(last)))
    default: return .call(numbers, .number(try Number.read(String(last), text: text)))
    }
  }
}
