/// What a user may do on a channel beside the level: bits 6:4. IPMI 2.0, sections 22.26 and 22.27.
public struct UserAccess: OptionSet, Hashable, Sendable {
  /// The bits.
  public let rawValue: UInt8
  /// The access of these bits, of which bits 6:4 count.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue & 0x70 }

  /// The user gets commands of IPMI through.
  public static let messaging = UserAccess(rawValue: 1 << 4)
  /// The user's name and password authenticate the link, as of PPP.
  public static let linkAuthentication = UserAccess(rawValue: 1 << 5)
  /// The user is limited to being called back.
  public static let callbackOnly = UserAccess(rawValue: 1 << 6)
}
