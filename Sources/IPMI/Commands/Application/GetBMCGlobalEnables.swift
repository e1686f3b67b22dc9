/// Asks what the controller as a whole does. IPMI 2.0, section 22.2.
public struct GetBMCGlobalEnables: IPMIRequest {
  /// Application 2Fh.
  public static let identity = CommandIdentity(
    .application, 0x2f, "Get BMC Global Enables", .user)

  /// The request.
  public init() {}

  /// Reads nothing: the command has no data.
  public init(parsing data: RawSpan) throws(IPMIError) {}

  /// Appends nothing.
  public func append(to data: inout [UInt8]) {}

  /// What the controller does: a byte.
  public struct Response: IPMIResponse {
    /// What the controller does.
    public var enables: BMCGlobalEnables

    /// The response.
    public init(_ enables: BMCGlobalEnables) {
      self.enables = enables
    }

    /// Reads the response's byte.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetBMCGlobalEnables.responseReader(data)
      enables = try reader.flags()
    }

    /// Appends the response's byte.
    public func append(to data: inout [UInt8]) {
      data.append(enables.rawValue)
    }
  }
}
