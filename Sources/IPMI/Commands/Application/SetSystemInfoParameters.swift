/// Sets what a controller keeps of its system. IPMI 2.0, section 22.14a.
public struct SetSystemInfoParameters: IPMIRequest {
  /// Application 58h.
  public static let identity = CommandIdentity(
    .application, 0x58, "Set System Info Parameters", .administrator)

  /// Which parameter.
  public var parameter: SystemInfoParameter
  /// What it shall be: of a text the block's number, and 16 bytes.
  public var value: [UInt8]

  /// The request.
  public init(_ parameter: SystemInfoParameter, value: [UInt8]) {
    self.parameter = parameter
    self.value = value
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    parameter = SystemInfoParameter(rawValue: try reader.u8())
    value = reader.rest()
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data.append(parameter.rawValue)
    data += value
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    switch code.rawValue {
    case 0x80: "parameter not supported"
    case 0x81: "another change is in progress"
    case 0x82: "the parameter can only be read"
    default: nil
    }
  }

  /// Nothing.
  public typealias Response = EmptyResponse
}
