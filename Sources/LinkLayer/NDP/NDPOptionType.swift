/// What an option of Neighbor Discovery is. IANA registry "IPv6 Neighbor Discovery Option
/// Formats".
public struct NDPOptionType: RawRepresentable, Hashable, Sendable {
  /// The number.
  public let rawValue: UInt8

  /// The option with this number, known or not.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The sender's link-layer address. RFC 4861, section 4.6.1.
  @inlinable public static var sourceLinkLayerAddress: NDPOptionType { NDPOptionType(rawValue: 1) }
  /// The target's link-layer address. RFC 4861, section 4.6.1.
  @inlinable public static var targetLinkLayerAddress: NDPOptionType { NDPOptionType(rawValue: 2) }
  /// A prefix of the link. RFC 4861, section 4.6.2.
  @inlinable public static var prefixInformation: NDPOptionType { NDPOptionType(rawValue: 3) }
  /// The packet that a Redirect answers. RFC 4861, section 4.6.3.
  @inlinable public static var redirectedHeader: NDPOptionType { NDPOptionType(rawValue: 4) }
  /// The link's MTU. RFC 4861, section 4.6.4.
  @inlinable public static var mtu: NDPOptionType { NDPOptionType(rawValue: 5) }
  /// A number that tells one's own messages. RFC 3971, section 5.3.2; RFC 7527.
  @inlinable public static var nonce: NDPOptionType { NDPOptionType(rawValue: 14) }
  /// A more specific route. RFC 4191, section 2.3.
  @inlinable public static var routeInformation: NDPOptionType { NDPOptionType(rawValue: 24) }
  /// DNS servers. RFC 8106, section 5.1.
  @inlinable public static var recursiveDNSServers: NDPOptionType { NDPOptionType(rawValue: 25) }
  /// DNS search list. RFC 8106, section 5.2.
  @inlinable public static var dnsSearchList: NDPOptionType { NDPOptionType(rawValue: 31) }
}
