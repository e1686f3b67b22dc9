/// What a message of ICMPv6 is. IANA registry "ICMPv6 'type' Numbers".
public struct ICMPv6Type: RawRepresentable, Hashable, Sendable {
  /// The number; from 128 up the message reports no error.
  public let rawValue: UInt8

  /// The type with this number, known or not.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// A packet was not delivered. RFC 4443, section 3.1.
  @inlinable public static var destinationUnreachable: ICMPv6Type { ICMPv6Type(rawValue: 1) }
  /// A packet was too big for a link. RFC 4443, section 3.2.
  @inlinable public static var packetTooBig: ICMPv6Type { ICMPv6Type(rawValue: 2) }
  /// Send this back. RFC 4443, section 4.1.
  @inlinable public static var echoRequest: ICMPv6Type { ICMPv6Type(rawValue: 128) }
  /// What was asked for. RFC 4443, section 4.2.
  @inlinable public static var echoReply: ICMPv6Type { ICMPv6Type(rawValue: 129) }
  /// Which routers are there? RFC 4861, section 4.1.
  @inlinable public static var routerSolicitation: ICMPv6Type { ICMPv6Type(rawValue: 133) }
  /// I am a router. RFC 4861, section 4.2.
  @inlinable public static var routerAdvertisement: ICMPv6Type { ICMPv6Type(rawValue: 134) }
  /// Who has this address? RFC 4861, section 4.3.
  @inlinable public static var neighborSolicitation: ICMPv6Type { ICMPv6Type(rawValue: 135) }
  /// I have this address. RFC 4861, section 4.4.
  @inlinable public static var neighborAdvertisement: ICMPv6Type { ICMPv6Type(rawValue: 136) }
  /// Which groups I listen to. RFC 3810, section 5.2.
  @inlinable public static var multicastListenerReport: ICMPv6Type { ICMPv6Type(rawValue: 143) }

  /// Whether the message is one that `NDPMessage` has.
  @inlinable public var isNeighborDiscovery: Bool { rawValue >= 133 && rawValue <= 136 }
}
