/// Asks why the system started last. IPMI 2.0, section 28.11.
public struct GetSystemRestartCause: IPMIRequest {
  /// Chassis 07h.
  public static let identity = CommandIdentity(.chassis, 0x07, "Get System Restart Cause", .user)

  /// The request.
  public init() {}

  /// Reads nothing: the command has no data.
  public init(parsing data: RawSpan) throws(IPMIError) {}

  /// Appends nothing.
  public func append(to data: inout [UInt8]) {}

  /// The cause: 2 bytes.
  public struct Response: IPMIResponse {
    /// The cause.
    public var cause: SystemRestartCause
    /// The channel that the command came by, if a command was the cause.
    public var channel: UInt8

    /// The response.
    public init(cause: SystemRestartCause, channel: UInt8 = 0) {
      self.cause = cause
      self.channel = channel
    }

    /// Reads the response's 2 bytes; the second may be missing.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetSystemRestartCause.responseReader(data)
      cause = SystemRestartCause(rawValue: try reader.u8())
      channel = try reader.u8IfPresent() ?? 0
    }

    /// Appends the response's 2 bytes.
    public func append(to data: inout [UInt8]) {
      data += [cause.rawValue, channel]
    }
  }
}

/// Why a system started: 4 bits. IPMI 2.0, table 28-11.
public struct SystemRestartCause: RawRepresentable, Hashable, Sendable {
  /// The 4 bits.
  public let rawValue: UInt8
  /// The cause of this number, of which the low 4 bits count.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue & 0x0f }

  /// Not known.
  public static let unknown = SystemRestartCause(rawValue: 0)
  /// The command Chassis Control.
  public static let chassisControl = SystemRestartCause(rawValue: 1)
  /// The reset button.
  public static let resetButton = SystemRestartCause(rawValue: 2)
  /// The power button.
  public static let powerButton = SystemRestartCause(rawValue: 3)
  /// The watchdog.
  public static let watchdog = SystemRestartCause(rawValue: 4)
  /// Mains power came back, and the policy is to turn on always.
  public static let alwaysOnPolicy = SystemRestartCause(rawValue: 6)
  /// Mains power came back, and the policy is to go back to what was.
  public static let previousPolicy = SystemRestartCause(rawValue: 7)

  /// The cause as ipmitool prints it.
  public var text: String {
    let texts = [
      "unknown", "chassis power control command", "reset via pushbutton",
      "power-up via pushbutton", "watchdog expired", "OEM",
      "power-up due to always-restore power policy",
      "power-up due to restore-previous power policy", "reset via PEF", "power-cycle via PEF",
    ]
    return texts.indices.contains(Int(rawValue)) ? texts[Int(rawValue)] : "invalid"
  }
}
