/// Sets a parameter of DCMI. DCMI 1.5, section 6.1.2.
public struct SetDCMIConfigurationParameters: IPMIRequest {
  /// Group extension 12h of DCMI.
  public static let identity = CommandIdentity(
    .groupExtension, 0x12, "Set DCMI Configuration Parameters", .administrator,
    definingBody: DCMI.body)

  /// Which parameter.
  public var parameter: DCMIParameterNumber
  /// Which set of it; 0 where there is one.
  public var set: UInt8
  /// What it shall be.
  public var value: [UInt8]

  /// The request.
  public init(_ parameter: DCMIParameterNumber, set: UInt8 = 0, value: [UInt8]) {
    self.parameter = parameter
    self.set = set
    self.value = value
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = try Self.groupRequestReader(data)
    parameter = DCMIParameterNumber(rawValue: try reader.u8())
    set = try reader.u8()
    value = reader.rest()
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data += [DCMI.body, parameter.rawValue, set]
    data += value
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    switch code.rawValue {
    case 0x80: "parameter not supported"
    case 0x82: "the parameter can only be read"
    default: nil
    }
  }

  /// Nothing but the byte that names the body.
  public typealias Response = DCMIResponse
}
