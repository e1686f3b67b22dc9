/// What follows an IP header: Protocol of IPv4, Next Header of IPv6. IANA registry "Assigned
/// Internet Protocol Numbers".
public struct IPProtocol: RawRepresentable, Hashable, Sendable {
  /// The number.
  public let rawValue: UInt8

  /// The protocol with this number, known or not.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Hop-by-hop options of IPv6. RFC 8200, section 4.3.
  public static let hopByHop = IPProtocol(rawValue: 0)
  /// ICMP. RFC 792.
  public static let icmp = IPProtocol(rawValue: 1)
  /// TCP. RFC 9293.
  public static let tcp = IPProtocol(rawValue: 6)
  /// UDP. RFC 768.
  public static let udp = IPProtocol(rawValue: 17)
  /// The routing header of IPv6. RFC 8200, section 4.4.
  public static let routing = IPProtocol(rawValue: 43)
  /// The fragment header of IPv6. RFC 8200, section 4.5.
  public static let fragment = IPProtocol(rawValue: 44)
  /// Encapsulating security payload: nothing behind it can be read. RFC 4303.
  public static let encapsulatingSecurity = IPProtocol(rawValue: 50)
  /// The authentication header. RFC 4302.
  public static let authentication = IPProtocol(rawValue: 51)
  /// ICMPv6. RFC 4443.
  public static let icmpv6 = IPProtocol(rawValue: 58)
  /// Nothing follows. RFC 8200, section 4.7.
  public static let noNextHeader = IPProtocol(rawValue: 59)
  /// Destination options of IPv6. RFC 8200, section 4.6.
  public static let destinationOptions = IPProtocol(rawValue: 60)
  /// VRRP. RFC 9568.
  public static let vrrp = IPProtocol(rawValue: 112)
  /// The mobility header of IPv6. RFC 6275, section 6.1.
  public static let mobility = IPProtocol(rawValue: 135)
  /// Host identity protocol. RFC 7401.
  public static let hostIdentity = IPProtocol(rawValue: 139)
  /// Shim6. RFC 5533.
  public static let shim6 = IPProtocol(rawValue: 140)

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
