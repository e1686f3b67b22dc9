public import LinkLayer
public import MonotonicTime

/// Round trips to the owner of one address, by ARP or Neighbor Discovery.
///
/// The first request goes to all; once an owner has answered, to that station alone (unless told to
/// stay broadcast, which alone can find a second owner).
///
/// Neither protocol numbers its requests. An answer is taken for the newest request, except when it
/// comes sooner after that one than half of the shortest round trip seen: then it is a late answer
/// to the request before. An answer when the newest request is answered already is an extra one: a
/// second owner, or a repeated frame.
public struct NeighborPing: Machine {
  /// What happened on the way.
  public typealias Report = PingReport
  /// The sums, at the end.
  public typealias Outcome = PingStatistics

  /// The address that is asked for.
  public let target: IPAddress
  private let identity: LinkIdentity
  private let options: PingOptions
  private let request: LinkFrame
  private var schedule: PingSchedule
  private var owner: HardwareAddress?

  /// Creates a ping that sends `request`, whatever its fields, and waits for `target` to answer it.
  public init(
    target: IPAddress, request: LinkFrame, identity: LinkIdentity,
    options: PingOptions = PingOptions()
  ) {
    self.target = target
    self.request = request
    self.identity = identity
    self.options = options
    schedule = PingSchedule(options)
  }

  /// Creates an ARP ping of `target` from `source`; from 0.0.0.0 it is a probe, which no cache
  /// learns from.
  public init(
    target: IPv4Address, source: IPv4Address, identity: LinkIdentity,
    options: PingOptions = PingOptions()
  ) {
    let request = OwnerFrames(identity: identity).arpRequest(for: target, tell: source)
    self.init(target: .v4(target), request: request, identity: identity, options: options)
  }

  /// Creates a Neighbor Discovery ping of `target` from `source`, an address of this host.
  public init(
    target: IPv6Address, source: IPv6Address, identity: LinkIdentity,
    options: PingOptions = PingOptions()
  ) {
    let request = OwnerFrames(identity: identity).neighborSolicitation(for: target, tell: source)
    self.init(target: .v6(target), request: request, identity: identity, options: options)
  }

  /// The next request, or the end of a wait.
  public var deadline: Instant? { schedule.deadline }

  /// All nodes, for advertisements that are not sent to this host alone.
  public var multicastGroups: [IPv6Address] {
    guard case .v6 = target else { return [] }
    return [.allNodes]
  }

  /// The sums so far.
  public var statistics: PingStatistics { schedule.statistics }

  /// Sends the first request.
  public mutating func start(at now: Instant) -> Actions {
    schedule.start(at: now)
    return fire(at: now)
  }

  /// Sends what is due, counts what is lost, ends what is over.
  public mutating func fire(at now: Instant) -> Actions {
    var actions: Actions = []
    while let step = schedule.step(at: now) {
      switch step {
      case .send(let sequence):
        // One request an event: at the end of time the next would be due at once, for ever.
        return actions + [.send(nextRequest), .report(.requestSent(sequence))]
      case .timeout(let sequence):
        actions.append(.report(.timeout(sequence)))
      case .finish:
        actions.append(.finish(schedule.statistics))
      }
    }
    return actions
  }

  /// The address that is asked for.
  public var subject: IPAddress? { target }

  /// Takes an answer of the target.
  public mutating func receive(_ frame: LinkFrame, at now: Instant) -> Actions {
    guard schedule.state == .pinging, let answer = answer(in: frame),
      let asked = requestAnswered(at: now)
    else { return [] }
    if owner == nil { owner = answer.owner }
    let reports = schedule.answer(
      asked, by: answer.owner, isRequest: answer.isRequest,
      wasBroadcast: identity.isGroup(frame.destination), at: now)
    return reports.map { .report($0) } + fire(at: now)
  }

  /// Ends the ping now.
  public mutating func stop(at now: Instant) -> Actions {
    schedule.stop() ? [.finish(schedule.statistics)] : []
  }

  // MARK: Requests

  private var nextRequest: LinkFrame {
    guard !options.staysBroadcast, let owner else { return request }
    var unicast = request
    unicast.destination = owner
    if case .arp(var packet) = unicast.payload {
      packet.targetHardwareAddress = owner
      unicast.payload = .arp(packet)
    }
    if case .ndp(var packet) = unicast.payload, case .v6(let target) = target {
      packet.destination = target
      unicast.payload = .ndp(packet)
    }
    return unicast
  }

  private func requestAnswered(at now: Instant) -> PingSchedule.Request? {
    let newest = schedule.request(schedule.statistics.sent - 1)
    guard let newest, !newest.isAnswered,
      let before = schedule.request(newest.sequence - 1), !before.isAnswered,
      let fastest = schedule.statistics.minimum, now - newest.sentAt < fastest / 2
    else { return newest }
    return before
  }

  // MARK: Answers

  private func answer(in frame: LinkFrame) -> (owner: HardwareAddress, isRequest: Bool)? {
    guard isAddressedHere(frame) else { return nil }
    switch (request.payload, target) {
    case (.arp(let asked), .v4(let target)):
      return answer(in: frame, asked: asked, target: target)
    case (.ndp(let asked), .v6(let target)):
      return answer(in: frame, asked: asked, target: target)
    default:
      return nil
    }
  }

  private func isAddressedHere(_ frame: LinkFrame) -> Bool {
    options.acceptsAnyDestination || frame.isAddressed(to: request.source)
      || identity.isGroup(frame.destination)
  }

  private func answer(
    in frame: LinkFrame, asked: ARPPacket, target: IPv4Address
  ) -> (owner: HardwareAddress, isRequest: Bool)? {
    guard let packet = frame.arpPacket(on: identity), packet.senderProtocolAddress == target,
      packet.operation == .reply || options.acceptsRequests
    else { return nil }
    let sender = packet.senderHardwareAddress
    guard !identity.owns(sender), sender != asked.senderHardwareAddress else { return nil }
    let isAnswer =
      packet.targetHardwareAddress == asked.senderHardwareAddress
      && packet.targetProtocolAddress == asked.senderProtocolAddress
    guard isAnswer || options.acceptsAnyDestination else { return nil }
    return (sender, packet.operation == .request)
  }

  private func answer(
    in frame: LinkFrame, asked: NDPPacket, target: IPv6Address
  ) -> (owner: HardwareAddress, isRequest: Bool)? {
    guard let packet = frame.ndpPacket, let advertisement = packet.advertisement,
      advertisement.targetAddress == target
    else { return nil }
    let owner = advertisement.targetLinkLayerAddress ?? frame.source
    guard !identity.owns(owner), owner != request.source else { return nil }
    let isAnswer =
      asked.source.isUnspecified
      ? packet.destination == .allNodes
      : advertisement.isSolicited && packet.destination == asked.source
    guard isAnswer || options.acceptsAnyDestination else { return nil }
    return (owner, false)
  }
}
