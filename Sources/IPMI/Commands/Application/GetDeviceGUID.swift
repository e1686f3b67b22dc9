/// Asks for the controller's own identifier. IPMI 2.0, section 20.8.
public struct GetDeviceGUID: IPMIRequest {
  /// Application 08h.
  public static let identity = CommandIdentity(.application, 0x08, "Get Device GUID", .user)

  /// The request.
  public init() {}

  /// Reads nothing: the command has no data.
  public init(parsing data: RawSpan) throws(IPMIError) {}

  /// Appends nothing.
  public func append(to data: inout [UInt8]) {}

  /// The identifier: 16 bytes.
  public struct Response: IPMIResponse {
    /// The identifier.
    public var guid: GUID

    /// The response.
    public init(_ guid: GUID) {
      self.guid = guid
    }

    /// Reads the response's 16 bytes.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetDeviceGUID.responseReader(data)
      guid = GUID(try reader.octets16())
    }

    /// Appends the response's 16 bytes.
    public func append(to data: inout [UInt8]) {
      data.append(guid.octets)
    }
  }
}
