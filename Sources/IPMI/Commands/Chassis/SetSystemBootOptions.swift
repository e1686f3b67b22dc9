/// Sets a boot option. IPMI 2.0, section 28.12.
public struct SetSystemBootOptions: IPMIRequest {
  /// Chassis 08h.
  public static let identity = CommandIdentity(
    .chassis, 0x08, "Set System Boot Options", .operator)

  /// Which option.
  public var parameter: BootOptionParameter
  /// Whether the option is marked invalid, and locked.
  public var isMarkedInvalid: Bool
  /// The option's data; empty when the mark alone is changed.
  public var optionData: [UInt8]

  /// The request that sets this option.
  public init(_ option: BootOption) {
    parameter = option.parameter
    isMarkedInvalid = false
    optionData = option.data
  }

  /// The request.
  public init(parameter: BootOptionParameter, isMarkedInvalid: Bool, optionData: [UInt8] = []) {
    self.parameter = parameter
    self.isMarkedInvalid = isMarkedInvalid
    self.optionData = optionData
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    let first = try reader.u8()
    parameter = BootOptionParameter(rawValue: first)
    isMarkedInvalid = first & 0x80 != 0
    optionData = reader.rest()
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data.append((isMarkedInvalid ? 0x80 : 0) | parameter.rawValue)
    data += optionData
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    switch code.rawValue {
    case 0x80: "parameter not supported"
    case 0x81: "another change is already in progress"
    case 0x82: "parameter is read-only"
    default: nil
    }
  }

  /// The option, read from its data. Throws `IPMIError` when the data is too short for it.
  public func option() throws(IPMIError) -> BootOption {
    try BootOption(parameter, parsing: optionData.messageBytes)
  }

  /// Nothing but the completion code.
  public typealias Response = EmptyResponse
}
