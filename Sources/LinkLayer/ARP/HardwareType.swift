/// A kind of link, as ARP (`ar$hrd`) and Linux (`ARPHRD_…`) number it. IANA registry "Address
/// Resolution Protocol (ARP) Parameters"; numbers from 256 up are mostly Linux's own.
public struct HardwareType: RawRepresentable, Hashable, Sendable {
  /// The number.
  public let rawValue: UInt16

  /// The kind of link with this number, known or not.
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Ethernet.
  @inlinable public static var ethernet: HardwareType { HardwareType(rawValue: 1) }
  /// IEEE 802 networks.
  @inlinable public static var ieee802: HardwareType { HardwareType(rawValue: 6) }
  /// IP over FireWire.
  @inlinable public static var ieee1394: HardwareType { HardwareType(rawValue: 24) }
  /// InfiniBand. RFC 4391, section 9.
  @inlinable public static var infiniBand: HardwareType { HardwareType(rawValue: 32) }
  /// Point-to-point protocol; Linux's number.
  @inlinable public static var pointToPoint: HardwareType { HardwareType(rawValue: 512) }
  /// A tunnel of IPv4 in IPv4; Linux's number.
  @inlinable public static var tunnel: HardwareType { HardwareType(rawValue: 768) }
  /// The loopback interface; Linux's number.
  @inlinable public static var loopback: HardwareType { HardwareType(rawValue: 772) }
  /// A tunnel in IPv4 of anything (GRE); Linux's number.
  @inlinable public static var gre: HardwareType { HardwareType(rawValue: 778) }
  /// IEEE 802.11 with its own headers; Linux's number.
  @inlinable public static var ieee80211: HardwareType { HardwareType(rawValue: 801) }
  /// No link header at all (a tun device); Linux's number.
  @inlinable public static var none: HardwareType { HardwareType(rawValue: 0xfffe) }
}
