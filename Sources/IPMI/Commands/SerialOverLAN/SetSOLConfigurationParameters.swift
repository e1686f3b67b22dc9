/// Sets a parameter of serial over LAN on a channel. IPMI 2.0, section 26.2.
public struct SetSOLConfigurationParameters: IPMIRequest {
  /// Transport 21h.
  public static let identity = CommandIdentity(
    .transport, 0x21, "Set SOL Configuration Parameters", .administrator)

  /// The channel.
  public var channel: ChannelNumber
  /// Which parameter.
  public var parameter: SOLParameterNumber
  /// The parameter's data.
  public var parameterData: [UInt8]

  /// The request that sets this parameter.
  public init(channel: ChannelNumber, _ parameter: SOLParameter) {
    self.channel = channel
    self.parameter = parameter.number
    parameterData = parameter.data
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    channel = ChannelNumber(rawValue: try reader.u8())
    parameter = SOLParameterNumber(rawValue: try reader.u8())
    parameterData = reader.rest()
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data += [channel.rawValue, parameter.rawValue]
    data += parameterData
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    switch code.rawValue {
    case 0x80: "parameter not supported"
    case 0x81: "another change is already in progress"
    case 0x82: "parameter is read-only"
    case 0x83: "parameter is write-only"
    default: nil
    }
  }

  /// The parameter, read from its data. Throws `IPMIError` when the data is too short for it.
  public func value() throws(IPMIError) -> SOLParameter {
    try SOLParameter(parameter, parsing: parameterData.messageBytes)
  }

  /// Nothing but the completion code.
  public typealias Response = EmptyResponse
}
