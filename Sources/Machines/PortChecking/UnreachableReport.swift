public import LinkLayer

/// An ICMP message that says why a packet did not arrive, and who sent it. RFC 792, RFC 1812 section
/// 5.2.7.1, RFC 4443 section 3.1.
public struct UnreachableReport: Hashable, Sendable {
  /// ICMP's type: 3 for IPv4 and 1 for IPv6 mean "destination unreachable".
  public var type: UInt8
  /// ICMP's code, which has another meaning in each version of IP.
  public var code: UInt8
  /// Whether it is of ICMPv6.
  public var isVersion6: Bool
  /// Who sent the message; nil when the kernel did not tell.
  public var reporter: IPAddress?

  /// A message of these fields.
  public init(type: UInt8, code: UInt8, isVersion6: Bool, reporter: IPAddress?) {
    self.type = type
    self.code = code
    self.isVersion6 = isVersion6
    self.reporter = reporter
  }

  /// Whether the message says that nobody serves the port (code 3, of ICMPv6 code 4).
  public var isPortUnreachable: Bool {
    isVersion6 ? type == 1 && code == 4 : type == 3 && code == 3
  }

  /// Whether a packet filter speaks of itself (codes 9, 10 and 13, of ICMPv6 codes 1, 5 and 6).
  public var isProhibition: Bool {
    isVersion6
      ? type == 1 && (code == 1 || code == 5 || code == 6)
      : type == 3 && (code == 9 || code == 10 || code == 13)
  }

  /// The message in the RFCs' words.
  public var words: String {
    isVersion6 ? wordsOfVersion6 : wordsOfVersion4
  }

  private var wordsOfVersion4: String {
    switch (type, code) {
    case (3, 0): "network unreachable"
    case (3, 1): "host unreachable"
    case (3, 2): "protocol unreachable"
    case (3, 3): "port unreachable"
    case (3, 4): "packet too big"
    case (3, 5): "source route failed"
    case (3, 6): "network unknown"
    case (3, 7): "host unknown"
    case (3, 8): "source host isolated"
    case (3, 9): "network administratively prohibited"
    case (3, 10): "host administratively prohibited"
    case (3, 11): "network unreachable for this type of service"
    case (3, 12): "host unreachable for this type of service"
    case (3, 13): "communication administratively prohibited"
    case (3, 14): "host precedence violation"
    case (3, 15): "precedence cutoff in effect"
    case (11, _): "time to live exceeded on the way"
    default: "ICMP type \(type), code \(code)"
    }
  }

  private var wordsOfVersion6: String {
    switch (type, code) {
    case (1, 0): "no route to the destination"
    case (1, 1): "communication administratively prohibited"
    case (1, 2): "beyond the scope of the source address"
    case (1, 3): "address unreachable"
    case (1, 4): "port unreachable"
    case (1, 5): "source address failed policy"
    case (1, 6): "reject route to the destination"
    case (2, _): "packet too big"
    case (3, _): "hop limit exceeded on the way"
    default: "ICMPv6 type \(type), code \(code)"
    }
  }
}
