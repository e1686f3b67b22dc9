/// What happens when mains power comes back: 3 bits. IPMI 2.0, sections 28.2 and 28.8.
public struct PowerRestorePolicy: RawRepresentable, Hashable, Sendable {
  /// The 3 bits.
  public let rawValue: UInt8
  /// The policy of this number, of which the low 3 bits count.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue & 0x07 }

  /// The system stays off.
  public static let alwaysOff = PowerRestorePolicy(rawValue: 0)
  /// The system goes back to what it was.
  public static let previous = PowerRestorePolicy(rawValue: 1)
  /// The system is turned on.
  public static let alwaysOn = PowerRestorePolicy(rawValue: 2)
  /// Not known; when setting, nothing changes.
  public static let unknown = PowerRestorePolicy(rawValue: 3)

  /// The policy as ipmitool prints it.
  public var text: String {
    switch self {
    case .alwaysOff: "always-off"
    case .previous: "previous"
    case .alwaysOn: "always-on"
    default: "unknown"
    }
  }
}
