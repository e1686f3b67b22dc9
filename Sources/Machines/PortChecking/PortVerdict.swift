internal import LinkLayer

/// What a check found out about one port.
///
/// Nothing is claimed that was not seen: silence is its own verdict, and what a firewall said is told
/// with its name and address.
public struct PortVerdict: Hashable, Sendable {
  /// Whether somebody serves the port.
  public enum State: UInt8, Hashable, Sendable, CaseIterable {
    /// A connection was accepted, or a datagram was answered.
    case open
    /// The host itself said that nobody serves the port.
    case closed
    /// Somebody on the way, or the host's own firewall, said that the question may not pass.
    case filtered
    /// Nothing came back. A TCP port is filtered or its host away; a UDP port may as well be open.
    case silent
    /// This host could not even ask: no route, no neighbour, its own firewall.
    case unreachable
  }

  /// What the verdict rests upon.
  public enum Reason: Hashable, Sendable {
    /// The connection stood (SYN, ACK).
    case accepted
    /// The connection was refused (RST).
    case refused
    /// A datagram came back from the port.
    case answered
    /// An ICMP message came back.
    case icmp(UnreachableReport)
    /// This host's own kernel refused to ask, with this number of `errno(3)`.
    case local(errno: Int32)
    /// Nothing came back in time.
    case silence
  }

  /// Whether somebody serves the port.
  public var state: State
  /// What the verdict rests upon.
  public var reason: Reason
  /// From the last question to what answered it; nil where nothing did.
  public var roundTrip: Duration?
  /// How many times the port was asked.
  public var attempts: Int
  /// What the service said: its greeting, or its answer's datagram. Hostile bytes.
  public var answer: [UInt8]?

  /// A verdict of these fields.
  public init(
    _ state: State, _ reason: Reason, roundTrip: Duration? = nil, attempts: Int = 1,
    answer: [UInt8]? = nil
  ) {
    self.state = state
    self.reason = reason
    self.roundTrip = roundTrip
    self.attempts = attempts
    self.answer = answer
  }
}

extension PortVerdict {
  /// What an ICMP message means for a port.
  ///
  /// A host that has no UDP socket says "port unreachable" itself (RFC 1122, section 4.1.3.1): closed.
  /// The same from somebody else, or in answer to TCP, comes from a packet filter.
  init(
    _ report: UnreachableReport, for transport: PortTransport, of host: IPAddress,
    roundTrip: Duration?, attempts: Int
  ) {
    let isClosed = transport == .udp && report.isPortUnreachable && report.reporter == host
    self.init(
      isClosed ? .closed : .filtered, .icmp(report), roundTrip: roundTrip, attempts: attempts)
  }
}
