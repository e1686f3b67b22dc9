/// Asks for the identifier of the system that the controller manages. IPMI 2.0, section 22.14.
public struct GetSystemGUID: IPMIRequest {
  /// Application 37h.
  public static let identity = CommandIdentity(.application, 0x37, "Get System GUID", .callback)

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
      var reader = GetSystemGUID.responseReader(data)
      guid = GUID(try reader.octets16())
    }

    /// Appends the response's 16 bytes.
    public func append(to data: inout [UInt8]) {
      data.append(guid.octets)
    }
  }
}
