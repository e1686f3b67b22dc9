/// How the packets of an IPMI 1.5 session are authenticated: 4 bits. IPMI 1.5, table 12-8; IPMI 2.0,
/// table 13-9.
public struct AuthenticationType: RawRepresentable, Hashable, Sendable {
  /// The 4 bits.
  public let rawValue: UInt8

  /// The type of these bits, of which the low 4 count.
  @inlinable public init(rawValue: UInt8) {
    self.rawValue = rawValue & 0x0f
  }

  /// Not at all; there is no authentication code in the packet.
  public static let none = AuthenticationType(rawValue: 0)
  /// By an MD2 digest over password and packet.
  public static let md2 = AuthenticationType(rawValue: 1)
  /// By an MD5 digest over password and packet.
  public static let md5 = AuthenticationType(rawValue: 2)
  /// By the password itself.
  public static let straightPassword = AuthenticationType(rawValue: 4)
  /// In a manufacturer's own way.
  public static let oem = AuthenticationType(rawValue: 5)
  /// None of these: the packet has the format of IPMI 2.0.
  public static let rmcpPlus = AuthenticationType(rawValue: 6)
}
