/// What a session asks to be allowed: the byte of Open Session Request and RAKP message 1. IPMI 2.0,
/// tables 13-9 and 13-11.
///
/// All 8 bits go into the codes of the handshake.
public struct RequestedRole: RawRepresentable, Hashable, Sendable {
  /// Bits 3 to 0 the privilege level, bit 4 whether the user is looked up by name alone.
  public let rawValue: UInt8

  /// The role of this byte.
  @inlinable public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// A role of this level.
  ///
  /// - Parameters:
  ///   - privilege: the highest level that the session may be raised to.
  ///   - nameOnly: whether the user is found by the name alone. Otherwise the level counts too, so
  ///     that one name can have two passwords.
  public init(_ privilege: PrivilegeLevel, nameOnly: Bool = false) {
    self.init(rawValue: privilege.rawValue | (nameOnly ? 0x10 : 0))
  }

  /// The highest level that the user and the algorithms allow.
  public static let highest = RequestedRole(rawValue: 0)

  /// The level; nil for ``highest``, and when the number is no level's.
  public var privilege: PrivilegeLevel? { PrivilegeLevel(rawValue: rawValue & 0x0f) }

  /// Whether the user is looked up by name alone.
  public var isNameOnly: Bool { rawValue & 0x10 != 0 }

  /// The role with bit 4 cleared.
  var withoutNameOnly: RequestedRole { RequestedRole(rawValue: rawValue & ~0x10) }
}
