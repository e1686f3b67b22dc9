/// Asks what waits in the controller for the system. IPMI 2.0, section 22.4.
public struct GetMessageFlags: IPMIRequest {
  /// Application 31h, on the system interface.
  public static let identity = CommandIdentity(
    .application, 0x31, "Get Message Flags", .administrator)

  /// The request.
  public init() {}

  /// Reads nothing: the command has no data.
  public init(parsing data: RawSpan) throws(IPMIError) {}

  /// Appends nothing.
  public func append(to data: inout [UInt8]) {}

  /// What waits: a byte.
  public struct Response: IPMIResponse {
    /// What waits.
    public var flags: MessageFlags

    /// The response.
    public init(_ flags: MessageFlags) {
      self.flags = flags
    }

    /// Reads the response's byte.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetMessageFlags.responseReader(data)
      flags = try reader.flags()
    }

    /// Appends the response's byte.
    public func append(to data: inout [UInt8]) {
      data.append(flags.rawValue)
    }
  }
}
