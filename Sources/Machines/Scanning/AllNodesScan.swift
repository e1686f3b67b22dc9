public import LinkLayer
public import MonotonicTime

/// Finds the hosts of a link that speak IPv6, whose addresses are too many to be asked one by one.
///
/// All nodes are asked for an echo, from each of this host's addresses, because a host answers from an
/// address of the same kind; and, as a router would, which groups they listen to (RFC 3810, section
/// 5.1): that also makes hosts speak that answer no echo to a group. Whatever else is heard of Neighbor
/// Discovery tells of hosts too.
public struct AllNodesScan: Machine {
  /// What was heard on the way.
  public typealias Report = ScanReport
  /// The sums, at the end.
  public typealias Outcome = ScanOutcome

  /// How many addresses are remembered: a link may be made to answer without end.
  private static let memory = 1 << 16
  /// Milliseconds within which hosts are to spread their reports.
  private static let reportDelay = 300 as UInt16

  private let sources: [IPv6Address]
  private let identity: LinkIdentity
  private let options: ScanOptions
  /// Which echo replies are answers to this scan.
  private let identifier: UInt16
  private let asksForGroups: Bool
  private var stations = FoundStations(limit: AllNodesScan.memory)
  private var attempt = 0
  private var askedAt: Instant?
  private var sent = 0
  private var isFinished = false

  /// When something is due.
  public private(set) var deadline: Instant?

  /// Creates the scan of a host of `identity`.
  ///
  /// - Parameters:
  ///   - sources: the host's own addresses on the link, the link-local one among them.
  ///   - identifier: what the echoes bear that are answers.
  ///   - asksForGroups: whether hosts are asked for their groups, which only a link-local address may.
  public init(
    from sources: [IPv6Address], identifier: UInt16, asksForGroups: Bool = true,
    identity: LinkIdentity, options: ScanOptions = ScanOptions()
  ) {
    self.sources = sources
    self.identifier = identifier
    self.asksForGroups = asksForGroups
    self.identity = identity
    self.options = options
  }

  /// All nodes, and those who hear the groups' reports.
  public var multicastGroups: [IPv6Address] { [.allNodes, .allMLDv2Routers] }

  /// What has been done and heard so far.
  public var progress: ScanOutcome {
    var outcome = ScanOutcome()
    outcome.questions = sent
    outcome.hosts = stations.count
    outcome.duplicates = stations.duplicateCount
    return outcome
  }

  /// Asks for the first time.
  public mutating func start(at now: Instant) -> Actions {
    guard askedAt == nil, !isFinished else { return [] }
    deadline = now
    return fire(at: now)
  }

  /// Asks again, or ends.
  public mutating func fire(at now: Instant) -> Actions {
    guard let due = deadline, due <= now, !isFinished else { return [] }
    guard attempt < options.attempts else { return [finish()] }
    let frames = questions()
    // Hosts spread their reports; nobody is asked again while they may still come.
    let patience = max(
      options.timeout(ofAttempt: attempt), .milliseconds(Int64(Self.reportDelay) + 100))
    attempt += 1
    askedAt = now
    sent += frames.count
    deadline = now + patience
    return frames.map { .send($0) }
  }

  /// Takes an echo, a report of groups, or what Neighbor Discovery tells of an address.
  public mutating func receive(_ frame: LinkFrame, at now: Instant) -> Actions {
    guard askedAt != nil, !isFinished, let (address, station, isEcho) = host(in: frame),
      !identity.owns(station)
    else { return [] }
    let host = ScannedHost(
      address: .v6(address), station: station,
      roundTrip: isEcho ? askedAt.map { max(.zero, now - $0) } : nil)
    return stations.note(host).map { [.report($0)] } ?? []
  }

  /// Ends now.
  public mutating func stop(at now: Instant) -> Actions {
    isFinished ? [] : [finish(wasStopped: true)]
  }

  private mutating func finish(wasStopped: Bool = false) -> Action<Report, Outcome> {
    isFinished = true
    deadline = nil
    var outcome = progress
    outcome.wasStopped = wasStopped
    return .finish(outcome)
  }

  private func host(
    in frame: LinkFrame
  ) -> (address: IPv6Address, station: HardwareAddress, isEcho: Bool)? {
    if let claim = frame.neighborClaim(on: identity), case .v6(let address) = claim.address {
      return (address, claim.station, false)
    }
    switch frame.payload {
    case .icmpv6(let packet):
      guard case .echoReply(identifier, _, _) = packet.message, Self.isHost(packet.source) else {
        return nil
      }
      return (packet.source, frame.source, true)
    case .multicastListenerReport(let source, _):
      return Self.isHost(source) ? (source, frame.source, false) : nil
    default: return nil
    }
  }

  private static func isHost(_ address: IPv6Address) -> Bool {
    !address.isUnspecified && !address.isMulticast && !address.isLoopback
  }

  // MARK: Questions

  private func questions() -> [LinkFrame] {
    let echoes = sources.map { source in
      let message = ICMPv6Message.echoRequest(
        identifier: identifier, sequenceNumber: UInt16(truncatingIfNeeded: attempt), payload: [])
      return LinkPayload.icmpv6(
        ICMPv6Packet(source: source, destination: .allNodes, hopLimit: 1, message: message))
    }
    let query = sources.first { $0.isLinkLocal && asksForGroups }.map { source in
      LinkPayload.other(.ipv6, Self.generalQuery(from: source))
    }
    return (echoes + [query].compactMap { $0 }).map { payload in
      LinkFrame(
        destination: identity.multicastAddress(for: .allNodes),
        source: identity.hardwareAddress, payload: payload)
    }
  }

  /// The general query of MLDv2, RFC 3810, section 5.1: about no group, robustness 2, an interval of
  /// 125 s as is usual, hop limit 1, behind a Router Alert (RFC 2711).
  private static func generalQuery(from source: IPv6Address) -> [UInt8] {
    let body: [UInt8] =
      [UInt8(reportDelay >> 8), UInt8(truncatingIfNeeded: reportDelay), 0, 0]
      + IPv6Address.unspecified.bytes + [2, 125, 0, 0]
    let message = ICMPv6Message.unknown(type: 130, code: 0, body: body)
    // Written by a packet without the option, and the option put behind its header.
    let plain = ICMPv6Packet(
      source: source, destination: .allNodes, hopLimit: 1, message: message
    ).bytes
    let routerAlert: [UInt8] = [IPProtocol.icmpv6.rawValue, 0, 5, 2, 0, 0, 1, 0]
    var packet = plain
    packet.insert(contentsOf: routerAlert, at: IPv6Header.byteCount)
    packet[4] = UInt8(truncatingIfNeeded: (message.byteCount + routerAlert.count) >> 8)
    packet[5] = UInt8(truncatingIfNeeded: message.byteCount + routerAlert.count)
    packet[6] = IPProtocol.hopByHop.rawValue
    return packet
  }
}
