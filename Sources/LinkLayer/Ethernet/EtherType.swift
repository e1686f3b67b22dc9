/// The protocol of a frame's payload, IEEE 802.3 clause 3.2.6; IANA registry "IEEE 802 Numbers".
public struct EtherType: RawRepresentable, Hashable, Sendable {
  /// The number.
  public let rawValue: UInt16

  /// The protocol with this number, known or not.
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Internet protocol version 4.
  public static let ipv4 = EtherType(rawValue: 0x0800)
  /// Address resolution.
  public static let arp = EtherType(rawValue: 0x0806)
  /// The Wake-on-LAN magic packet.
  public static let wakeOnLAN = EtherType(rawValue: 0x0842)
  /// A customer VLAN tag, IEEE 802.1Q.
  public static let vlan = EtherType(rawValue: 0x8100)
  /// Internet protocol version 6.
  public static let ipv6 = EtherType(rawValue: 0x86dd)
  /// A service VLAN tag, IEEE 802.1ad.
  public static let serviceVLAN = EtherType(rawValue: 0x88a8)
  /// Link layer discovery.
  public static let lldp = EtherType(rawValue: 0x88cc)

  /// The highest number that is a length and no protocol, IEEE 802.3 clause 3.2.6.
  @usableFromInline internal static let highestLength: UInt16 = 1500

  /// Whether the number is that of a VLAN tag.
  @inlinable public var isTag: Bool { self == .vlan || self == .serviceVLAN }
}
