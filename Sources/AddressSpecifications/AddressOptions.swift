/// An option of an address, with its value.
public struct AddressOption: Hashable, Sendable {
  /// The option's own name, whichever alias was written.
  public var name: String
  /// What was written, name and value.
  public var text: String
  /// The value.
  public var value: OptionValue
}

/// The options of one address, in their order.
public struct AddressOptions: Hashable, Sendable {
  /// The options.
  public private(set) var all: [AddressOption] = []

  /// No options.
  public init() {}

  /// Reads `,NAME[=VALUE]` again and again, and leaves the lexer at `!!` or at the end.
  ///
  /// - Parameter groups: what the address takes; nil for everything.
  init(_ lexer: inout AddressLexer, groups: OptionGroups?) throws(AddressError) {
    while lexer.take(",") {
      let start = lexer
      let name = try lexer.token(upTo: .option)
      let hasValue = lexer.take("=")
      let value = hasValue ? try lexer.token(upTo: .value) : nil
      guard !name.isEmpty else { continue }
      guard let definition = OptionDefinition(named: name) else { throw .unknownOption(name) }
      if let groups, definition.groups.isDisjoint(with: groups.union(.everywhere)) {
        throw .misplacedOption(name)
      }
      let text = lexer.text(since: start)
      all.append(
        AddressOption(
          name: definition.name, text: text,
          value: try OptionValue(value, of: definition, written: name, text: text)))
    }
  }

  /// Adds an option that is implied, behind the others.
  public mutating func append(_ name: String, _ number: Int64) {
    all.append(AddressOption(name: name, text: "\(name)=\(number)", value: .number(number)))
  }

  /// Whether there is none.
  public var isEmpty: Bool { all.isEmpty }

  /// The last option of this name: where an option is given twice, that one counts.
  public subscript(_ name: String) -> OptionValue? {
    all.last { $0.name == name }?.value
  }

  /// Whether a switch is on: it was given, and its value is not 0.
  public func isOn(_ name: String) -> Bool {
    switch self[name] {
    case nil: false
    case .number(let number)?: number != 0
    default: true
    }
  }

  /// The number of an option.
  public func number(_ name: String) -> Int64? {
    guard case .number(let number)? = self[name] else { return nil }
    return number
  }

  /// The text of an option.
  public func text(_ name: String) -> String? {
    guard case .text(let text)? = self[name] else { return nil }
    return text
  }

  /// The time of an option.
  public func duration(_ name: String) -> Duration? {
    guard case .duration(let duration)? = self[name] else { return nil }
    return duration
  }
}
