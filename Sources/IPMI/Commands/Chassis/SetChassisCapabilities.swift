/// Sets what the chassis is said to do, and which controllers its parts are on. IPMI 2.0, section
/// 28.7.
public struct SetChassisCapabilities: IPMIRequest {
  /// Chassis 05h.
  public static let identity = CommandIdentity(
    .chassis, 0x05, "Set Chassis Capabilities", .administrator)

  /// What the chassis shall be said to do.
  public var capabilities: ChassisCapabilities

  /// The request.
  public init(_ capabilities: ChassisCapabilities) {
    self.capabilities = capabilities
  }

  /// Reads the request's 5 or 6 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    capabilities = try ChassisCapabilities(reading: &reader)
  }

  /// Appends the request's 5 or 6 bytes.
  public func append(to data: inout [UInt8]) {
    capabilities.append(to: &data)
  }

  /// Nothing but the completion code.
  public typealias Response = EmptyResponse
}
