/// The protocol of a frame's payload, IEEE 802.3 clause 3.2.6; IANA registry "IEEE 802 Numbers".
public struct EtherType: RawRepresentable, Hashable, Sendable {
  /// The number.
  public let rawValue: UInt16

  /// The protocol with this number, known or not.
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Internet protocol version 4.
  @inlinable public static var ipv4: EtherType { EtherType(rawValue: 0x0800) }
  /// Address resolution.
  @inlinable public static var arp: EtherType { EtherType(rawValue: 0x0806) }
  /// The Wake-on-LAN magic packet.
  @inlinable public static var wakeOnLAN: EtherType { EtherType(rawValue: 0x0842) }
  /// A customer VLAN tag, IEEE 802.1Q.
  @inlinable public static var vlan: EtherType { EtherType(rawValue: 0x8100) }
  /// Internet protocol version 6.
  @inlinable public static var ipv6: EtherType { EtherType(rawValue: 0x86dd) }
  /// A service VLAN tag, IEEE 802.1ad.
  @inlinable public static var serviceVLAN: EtherType { EtherType(rawValue: 0x88a8) }
  /// Link layer discovery.
  @inlinable public static var lldp: EtherType { EtherType(rawValue: 0x88cc) }

  /// The highest number that is a length and no protocol, IEEE 802.3 clause 3.2.6.
  @inlinable internal static var highestLength: UInt16 { 1500 }

  /// Whether the number is that of a VLAN tag.
  @inlinable public var isTag: Bool { self == .vlan || self == .serviceVLAN }
}
