/// Asks which parts of DCMI the controller has. DCMI 1.5, section 6.1.1.
public struct GetDCMICapabilities: IPMIRequest {
  /// Group extension 01h of DCMI.
  public static let identity = CommandIdentity(
    .groupExtension, 0x01, "Get DCMI Capabilities Info", .callback, definingBody: DCMI.body)

  /// Which part: 1 what is supported, 2 mandatory attributes, 3 optional ones, 4 access, 5 power.
  public var parameter: UInt8

  /// The request.
  public init(parameter: UInt8) {
    self.parameter = parameter
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = try Self.groupRequestReader(data)
    parameter = try reader.u8()
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data.append(DCMI.body)
    data.append(parameter)
  }

  /// The capabilities: 4 bytes and the parameter.
  public struct Response: IPMIResponse {
    /// The major version of DCMI: 1.
    public var versionMajor: UInt8
    /// The minor version of DCMI: 0, 1 or 5.
    public var versionMinor: UInt8
    /// The revision of the parameter: 2.
    public var revision: UInt8
    /// What the parameter says.
    public var parameterData: [UInt8]

    /// The response.
    public init(versionMajor: UInt8, versionMinor: UInt8, revision: UInt8, parameterData: [UInt8]) {
      self.versionMajor = versionMajor
      self.versionMinor = versionMinor
      self.revision = revision
      self.parameterData = parameterData
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = try GetDCMICapabilities.groupResponseReader(data)
      versionMajor = try reader.u8()
      versionMinor = try reader.u8()
      revision = try reader.u8()
      parameterData = reader.rest()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(DCMI.body)
      data.append(versionMajor)
      data.append(versionMinor)
      data.append(revision)
      data += parameterData
    }
  }
}
