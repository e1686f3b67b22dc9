/// Asks what time the log has. IPMI 2.0, section 31.10.
public struct GetSELTime: IPMIRequest {
  /// Storage 48h.
  public static let identity = CommandIdentity(.storage, 0x48, "Get SEL Time", .user)

  /// The request.
  public init() {}

  /// Reads nothing: the command has no data.
  public init(parsing data: RawSpan) throws(IPMIError) {}

  /// Appends nothing.
  public func append(to data: inout [UInt8]) {}

  /// The time: 4 bytes.
  public struct Response: IPMIResponse {
    /// The time, in seconds since 1970.
    public var time: UInt32

    /// The response.
    public init(time: UInt32) {
      self.time = time
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetSELTime.responseReader(data)
      time = try reader.u32()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(littleEndian: time)
    }
  }
}
