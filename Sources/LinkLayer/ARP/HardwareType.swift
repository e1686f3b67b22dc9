/// A kind of link, as ARP (`ar$hrd`) and Linux (`ARPHRD_…`) number it. IANA registry "Address
/// Resolution Protocol (ARP) Parameters"; numbers from 256 up are mostly Linux's own.
public struct HardwareType: RawRepresentable, Hashable, Sendable {
  /// The number.
  public let rawValue: UInt16

  /// The kind of link with this number, known or not.
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Ethernet.
  public static let ethernet = HardwareType(rawValue: 1)
  /// IEEE 802 networks.
  public static let ieee802 = HardwareType(rawValue: 6)
  /// IP over FireWire.
  public static let ieee1394 = HardwareType(rawValue: 24)
  /// InfiniBand. RFC 4391, section 9.
  public static let infiniBand = HardwareType(rawValue: 32)
  /// Point-to-point protocol; Linux's number.
  public static let pointToPoint = HardwareType(rawValue: 512)
  /// A tunnel of IPv4 in IPv4; Linux's number.
  public static let tunnel = HardwareType(rawValue: 768)
  /// The loopback interface; Linux's number.
  public static let loopback = HardwareType(rawValue: 772)
  /// A tunnel in IPv4 of anything (GRE); Linux's number.
  public static let gre = HardwareType(rawValue: 778)
  /// IEEE 802.11 with its own headers; Linux's number.
  public static let ieee80211 = HardwareType(rawValue: 801)
  /// No link header at all (a tun device); Linux's number.
  public static let none = HardwareType(rawValue: 0xfffe)
}
