/// What follows an IP header: Protocol of IPv4, Next Header of IPv6. IANA registry "Assigned
/// Internet Protocol Numbers".
public struct IPProtocol: RawRepresentable, Hashable, Sendable {
  /// The number.
  public let rawValue: UInt8

  /// The protocol with this number, known or not.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Hop-by-hop options of IPv6. RFC 8200, section 4.3.
  @inlinable public static var hopByHop: IPProtocol { IPProtocol(rawValue: 0) }
  /// ICMP. RFC 792.
  @inlinable public static var icmp: IPProtocol { IPProtocol(rawValue: 1) }
  /// TCP. RFC 9293.
  @inlinable public static var tcp: IPProtocol { IPProtocol(rawValue: 6) }
  /// UDP. RFC 768.
  @inlinable public static var udp: IPProtocol { IPProtocol(rawValue: 17) }
  /// The routing header of IPv6. RFC 8200, section 4.4.
  @inlinable public static var routing: IPProtocol { IPProtocol(rawValue: 43) }
  /// The fragment header of IPv6. RFC 8200, section 4.5.
  @inlinable public static var fragment: IPProtocol { IPProtocol(rawValue: 44) }
  /// Encapsulating security payload: nothing behind it can be read. RFC 4303.
  @inlinable public static var encapsulatingSecurity: IPProtocol { IPProtocol(rawValue: 50) }
  /// The authentication header. RFC 4302.
  @inlinable public static var authentication: IPProtocol { IPProtocol(rawValue: 51) }
  /// ICMPv6. RFC 4443.
  @inlinable public static var icmpv6: IPProtocol { IPProtocol(rawValue: 58) }
  /// Nothing follows. RFC 8200, section 4.7.
  @inlinable public static var noNextHeader: IPProtocol { IPProtocol(rawValue: 59) }
  /// Destination options of IPv6. RFC 8200, section 4.6.
  @inlinable public static var destinationOptions: IPProtocol { IPProtocol(rawValue: 60) }
  /// VRRP. RFC 9568.
  @inlinable public static var vrrp: IPProtocol { IPProtocol(rawValue: 112) }
  /// The mobility header of IPv6. RFC 6275, section 6.1.
  @inlinable public static var mobility: IPProtocol { IPProtocol(rawValue: 135) }
  /// Host identity protocol. RFC 7401.
  @inlinable public static var hostIdentity: IPProtocol { IPProtocol(rawValue: 139) }
  /// Shim6. RFC 5533.
  @inlinable public static var shim6: IPProtocol { IPProtocol(rawValue: 140) }

  /// Whether this is an extension header of IPv6 that can be walked past: those of the IANA
  /// registry "IPv6 Extension Header Types" without ESP, which hides what follows it.
  @inlinable public var isExtensionHeader: Bool {
    switch self {
    case .hopByHop, .routing, .fragment, .authentication, .destinationOptions, .mobility,
      .hostIdentity, .shim6:
      true
    default: false
    }
  }
}
