/// Asks for a parameter of DCMI. DCMI 1.5, section 6.1.3.
public struct GetDCMIConfigurationParameters: IPMIRequest {
  /// Group extension 13h of DCMI.
  public static let identity = CommandIdentity(
    .groupExtension, 0x13, "Get DCMI Configuration Parameters", .operator,
    definingBody: DCMI.body)

  /// Which parameter.
  public var parameter: DCMIParameterNumber
  /// Which set of it; 0 where there is one.
  public var set: UInt8

  /// The request.
  public init(_ parameter: DCMIParameterNumber, set: UInt8 = 0) {
    self.parameter = parameter
    self.set = set
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = try Self.groupRequestReader(data)
    parameter = DCMIParameterNumber(rawValue: try reader.u8())
    set = try reader.u8()
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data += [DCMI.body, parameter.rawValue, set]
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    code.rawValue == 0x80 ? "parameter not supported" : nil
  }

  /// The parameter: 4 bytes and its value.
  public struct Response: IPMIResponse {
    /// The major version of DCMI: 1.
    public var versionMajor: UInt8
    /// The minor version of DCMI: 0, 1 or 5.
    public var versionMinor: UInt8
    /// The revision of the parameter: 1.
    public var revision: UInt8
    /// What the parameter is.
    public var value: [UInt8]

    /// The response.
    public init(
      versionMajor: UInt8 = 1, versionMinor: UInt8 = 5, revision: UInt8 = 1, value: [UInt8]
    ) {
      self.versionMajor = versionMajor
      self.versionMinor = versionMinor
      self.revision = revision
      self.value = value
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = try GetDCMIConfigurationParameters.groupResponseReader(data)
      versionMajor = try reader.u8()
      versionMinor = try reader.u8()
      revision = try reader.u8()
      value = reader.rest()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data += [DCMI.body, versionMajor, versionMinor, revision]
      data += value
    }
  }
}
