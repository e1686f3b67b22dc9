/// Asks for a parameter of serial over LAN on a channel. IPMI 2.0, section 26.3.
public struct GetSOLConfigurationParameters: IPMIRequest {
  /// Transport 22h.
  public static let identity = CommandIdentity(
    .transport, 0x22, "Get SOL Configuration Parameters", .user)

  /// The channel.
  public var channel: ChannelNumber
  /// Whether the revision alone is asked for.
  public var asksForRevisionOnly: Bool
  /// Which parameter.
  public var parameter: SOLParameterNumber
  /// Which set of the parameter, where it has several; 0 otherwise.
  public var set: UInt8
  /// Which block of the parameter, where it has several; 0 otherwise.
  public var block: UInt8

  /// The request.
  public init(
    channel: ChannelNumber, _ parameter: SOLParameterNumber, set: UInt8 = 0, block: UInt8 = 0,
    asksForRevisionOnly: Bool = false
  ) {
    self.channel = channel
    self.asksForRevisionOnly = asksForRevisionOnly
    self.parameter = parameter
    self.set = set
    self.block = block
  }

  /// Reads the request's 4 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    let first = try reader.u8()
    channel = ChannelNumber(rawValue: first)
    asksForRevisionOnly = first & 0x80 != 0
    parameter = SOLParameterNumber(rawValue: try reader.u8())
    set = try reader.u8()
    block = try reader.u8()
  }

  /// Appends the request's 4 bytes.
  public func append(to data: inout [UInt8]) {
    data += [
      (asksForRevisionOnly ? 0x80 : 0) | channel.rawValue, parameter.rawValue, set, block,
    ]
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    code.rawValue == 0x80 ? "parameter not supported" : nil
  }

  /// The parameter: a byte and its data. Which parameter it is, the request says.
  public struct Response: IPMIResponse {
    /// The revision of the parameters.
    public var revision: ParameterRevision
    /// The parameter's data; empty when the revision alone was asked for.
    public var parameterData: [UInt8]

    /// The response that tells this parameter.
    public init(_ parameter: SOLParameter?, revision: ParameterRevision = .first) {
      self.revision = revision
      parameterData = parameter?.data ?? []
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetSOLConfigurationParameters.responseReader(data)
      revision = ParameterRevision(rawValue: try reader.u8())
      parameterData = reader.rest()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(revision.rawValue)
      data += parameterData
    }

    /// The data read as that of `parameter`. Throws `IPMIError` when it is too short for it.
    public func value(as parameter: SOLParameterNumber) throws(IPMIError) -> SOLParameter {
      try SOLParameter(parameter, parsing: parameterData.messageBytes)
    }
  }
}
