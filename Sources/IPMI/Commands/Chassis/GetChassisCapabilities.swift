/// Asks what the chassis can do, and which controllers its parts are on. IPMI 2.0, section 28.1.
public struct GetChassisCapabilities: IPMIRequest {
  /// Chassis 00h.
  public static let identity = CommandIdentity(.chassis, 0x00, "Get Chassis Capabilities", .user)

  /// The request.
  public init() {}

  /// Reads nothing: the command has no data.
  public init(parsing data: RawSpan) throws(IPMIError) {}

  /// Appends nothing.
  public func append(to data: inout [UInt8]) {}

  /// What the chassis can do: 5 bytes, or 6.
  public struct Response: IPMIResponse {
    /// What the chassis can do.
    public var capabilities: ChassisCapabilities

    /// The response.
    public init(_ capabilities: ChassisCapabilities) {
      self.capabilities = capabilities
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetChassisCapabilities.responseReader(data)
      capabilities = try ChassisCapabilities(reading: &reader)
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      capabilities.append(to: &data)
    }
  }
}
