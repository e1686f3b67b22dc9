/// Sets what happens when mains power comes back. IPMI 2.0, section 28.8.
public struct SetPowerRestorePolicy: IPMIRequest {
  /// Chassis 06h.
  public static let identity = CommandIdentity(
    .chassis, 0x06, "Set Power Restore Policy", .operator)

  /// The policy; `unknown` changes nothing, and the answer tells what can be had.
  public var policy: PowerRestorePolicy

  /// The request.
  public init(_ policy: PowerRestorePolicy) {
    self.policy = policy
  }

  /// Reads the request's byte.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    policy = PowerRestorePolicy(rawValue: try reader.u8())
  }

  /// Appends the request's byte.
  public func append(to data: inout [UInt8]) {
    data.append(policy.rawValue)
  }

  /// The policies that can be had: a byte.
  public struct Response: IPMIResponse {
    /// The policies that can be had.
    public var supported: Policies

    /// The response.
    public init(supported: Policies) {
      self.supported = supported
    }

    /// Reads the response's byte.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = SetPowerRestorePolicy.responseReader(data)
      supported = try reader.flags()
    }

    /// Appends the response's byte.
    public func append(to data: inout [UInt8]) {
      data.append(supported.rawValue)
    }
  }

  /// A set of policies: bit n stands for the policy n.
  public struct Policies: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt8
    /// The policies of these bits.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The system can stay off.
    public static let alwaysOff = Policies(rawValue: 1 << 0)
    /// The system can go back to what it was.
    public static let previous = Policies(rawValue: 1 << 1)
    /// The system can be turned on.
    public static let alwaysOn = Policies(rawValue: 1 << 2)
  }
}
