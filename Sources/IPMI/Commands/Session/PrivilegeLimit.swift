/// A privilege level as 4 bits tell it: a level, no access, or a number that no version defines.
public struct PrivilegeLimit: RawRepresentable, Hashable, Sendable {
  /// The 4 bits.
  public let rawValue: UInt8

  /// The limit of this number, of which the low 4 bits count.
  @inlinable public init(rawValue: UInt8) {
    self.rawValue = rawValue & 0x0f
  }

  /// The limit that is this level.
  @inlinable public init(_ level: PrivilegeLevel) {
    rawValue = level.rawValue
  }

  /// No level is named: the present one stays, or the field does not apply.
  public static let unspecified = PrivilegeLimit(rawValue: 0x0)
  /// No access at all.
  public static let noAccess = PrivilegeLimit(rawValue: 0xf)

  /// The level; nil for no access and for what is no level.
  @inlinable public var level: PrivilegeLevel? { PrivilegeLevel(rawValue: rawValue) }

  /// The level as ipmitool prints it.
  public var text: String {
    self == .noAccess ? "NO ACCESS" : level?.text ?? unknownText(rawValue)
  }
}

extension PrivilegeLevel {
  /// The level as ipmitool prints it.
  public var text: String {
    switch self {
    case .callback: "CALLBACK"
    case .user: "USER"
    case .operator: "OPERATOR"
    case .administrator: "ADMINISTRATOR"
    case .oem: "OEM"
    }
  }
}
