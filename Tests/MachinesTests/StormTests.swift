import LinkLayer
import Machines
import MonotonicTime
import Testing

/// Every machine under random events in random order, at instants that a careless caller may give:
/// early, late, and near the end of time.
@Suite struct StormTests {
  private static let seeds = 0..<60 as Range<UInt64>

  /// Frames that concern the machines, and some that do not.
  private static let pool: [LinkFrame] = [
    Stations.announcement(of: Stations.service, by: Stations.other),
    Stations.announcement(of: Stations.service, by: Stations.own),
    Stations.announcement(of: Stations.gateway4, by: Stations.gateway),
    Stations.arpProbe(for: Stations.service, by: Stations.other),
    Stations.arpProbe(for: Stations.service, by: Stations.second),
    Stations.arpReply(Stations.service, by: Stations.other, to: .unspecified),
    Stations.arpReply(Stations.gateway4, by: Stations.gateway, to: Stations.service),
    Stations.arpReply(Stations.gateway4, by: Stations.third, to: Stations.service),
    Stations.arpReply(Stations.gateway4, by: Stations.own, to: Stations.service),
    Stations.advertisement(of: Stations.service6, by: Stations.other),
    Stations.advertisement(of: Stations.service6, by: Stations.other, hasOption: false),
    Stations.advertisement(of: Stations.service6, by: Stations.own),
    Stations.advertisement(
      of: Stations.gateway6, by: Stations.gateway, to: Stations.service6, at: Stations.own,
      isSolicited: true),
    Stations.solicitation(for: Stations.service6, from: .unspecified, by: Stations.other),
    Stations.solicitation(for: Stations.service6, from: Stations.gateway6, by: Stations.gateway),
    LinkFrame(
      destination: Stations.own, source: HardwareAddress(), payload: .other(.arp, [0, 1, 2])),
  ]

  /// Runs `machine` through a storm; returns what it sent, and checks what holds for all machines.
  private func storm<M: Machine>(
    _ machine: inout M, seed: UInt64, from start: Instant = .origin, pool: [LinkFrame] = pool
  ) -> [(at: Instant, frame: LinkFrame)] {
    var random = MachineRandom(seed: seed)
    var now = start
    var sent: [(Instant, LinkFrame)] = []
    var isFinished = false
    func take(_ actions: [Action<M.Report, M.Outcome>]) {
      if isFinished { #expect(actions.isEmpty, "something after the end") }
      for action in actions {
        switch action {
        case .send(let frame): sent.append((now, frame))
        case .report: break
        case .finish:
          #expect(!isFinished, "ended twice")
          isFinished = true
        }
      }
    }
    func hear(_ frame: LinkFrame) {
      let actions = machine.receive(frame, at: now)
      // A driver need not show it what is not about its subject.
      if let subject = machine.subject, !frame.addressesInQuestion.contains(subject) {
        #expect(actions.isEmpty, "\(frame) moves a machine about \(subject)")
      }
      take(actions)
    }
    take(machine.start(at: now))
    for _ in 0..<400 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0:
        now = now + .milliseconds(Int.random(in: 0...3000, using: &random))
      case 1...2:
        hear(pool.randomElement(using: &random) ?? pool[0])
      case 3:
        let echo = sent.randomElement(using: &random)?.1 ?? pool[0]
        hear(echo)
      case 4:
        take(machine.fire(at: now))
      case 5:
        take(machine.start(at: now))
      default:
        now = max(now, machine.deadline ?? now)
        take(machine.fire(at: now))
        if let deadline = machine.deadline { #expect(deadline >= now, "deadline in the past") }
      }
      if isFinished { #expect(machine.deadline == nil) }
    }
    return sent
  }

  private func gaps(_ sent: [(at: Instant, frame: LinkFrame)]) -> [Duration] {
    zip(sent, sent.dropFirst()).map { $1.at - $0.at }
  }

  @Test(arguments: seeds) func probeStaysWithinTheRFC(seed: UInt64) {
    var machine = AddressProbe(
      address: Stations.service, identity: Stations.identity, random: MachineRandom(seed: seed))
    let quiet = [Stations.announcement(of: Stations.gateway4, by: Stations.gateway)]
    let sent = storm(&machine, seed: seed, pool: seed.isMultiple(of: 2) ? quiet : Self.pool)
    #expect(sent.count <= 3)
    #expect(gaps(sent).allSatisfy { $0 >= .seconds(1) })
  }

  @Test(arguments: seeds) func claimingProbeIsRateLimited(seed: UInt64) {
    var machine = AddressProbe(
      address: Stations.service, identity: Stations.identity, timing: .scaled(.milliseconds(200)),
      attempts: nil, random: MachineRandom(seed: seed))
    let sent = storm(&machine, seed: seed)
    #expect(machine.conflictCount < 400)
    #expect(sent.count <= 3 * (machine.conflictCount + 1))
  }

  @Test(arguments: seeds) func detectionStaysWithinTheRFC(seed: UInt64) {
    var machine = DuplicateAddressDetection(
      address: Stations.service6, identity: Stations.identity, timing: .init(transmits: 2),
      random: MachineRandom(seed: seed))
    let quiet = [Stations.advertisement(of: Stations.gateway6, by: Stations.gateway)]
    let sent = storm(&machine, seed: seed, pool: seed.isMultiple(of: 2) ? quiet : Self.pool)
    let solicitations = sent.filter { if case .ndp = $0.frame.payload { true } else { false } }
    #expect(solicitations.count <= 2 + DuplicateAddressDetection.maximumMulticastSolicit)
    #expect(sent.count - solicitations.count <= 1, "one report")
    #expect(gaps(solicitations).allSatisfy { $0 >= .seconds(1) })
  }

  @Test(arguments: seeds) func defenseKeepsItsInterval(seed: UInt64) {
    let policy = [AddressDefense.Policy.never, .once, .always][Int(seed % 3)]
    var machine = AddressDefense(
      addresses: [.v4(Stations.service), .v6(Stations.service6)], policy: policy,
      identity: Stations.identity)
    let sent = storm(&machine, seed: seed)
    #expect(gaps(sent).allSatisfy { $0 >= AddressDefense.defendInterval })
    #expect(policy != .never || sent.isEmpty)
  }

  @Test(arguments: seeds) func announcementSendsItsRoundsAndNoMore(seed: UInt64) {
    var machine = AddressAnnouncement(
      AnnouncementPlan(
        addresses: [.v4(Stations.service), .v6(Stations.service6)],
        neighbors: [NeighborTarget(address: .v4(Stations.gateway4))],
        pace: seed.isMultiple(of: 2) ? .unlimited : .framesPerSecond(2)),
      identity: Stations.identity)
    let sent = storm(&machine, seed: seed)
    #expect(sent.count <= 4 * 3 + 3)
    if machine.state == .finished { #expect(sent.count == 4 * 3 + 3) }
  }

  @Test(arguments: seeds) func confirmationIsPatient(seed: UInt64) throws {
    let subjects = [
      AnnouncementConfirmation.Subject(
        address: .v4(Stations.service), host: NeighborTarget(address: .v4(Stations.gateway4))),
      AnnouncementConfirmation.Subject(
        address: .v6(Stations.service6), host: NeighborTarget(address: .v6(Stations.gateway6))),
    ].compactMap(\.self)
    var machine = AnnouncementConfirmation(
      subjects, identity: Stations.identity, linkLocalSource: Stations.linkLocal,
      random: MachineRandom(seed: seed))
    let sent = storm(&machine, seed: seed)
    // In ten seconds: the doubling delays, started anew by each of at most nine claims that undo,
    // and by each of at most ten answers.
    #expect(sent.count <= 2 * 3 * (14 + (9 + 10) * 7))
  }

  @Test(arguments: seeds) func pingKeepsItsInterval(seed: UInt64) {
    var options = PingOptions()
    options.count = 20
    options.interval = .milliseconds(700)
    options.linger = .milliseconds(Int(seed) * 10)
    var machine = NeighborPing(
      target: Stations.gateway4, source: Stations.service, identity: Stations.identity,
      options: options)
    let sent = storm(&machine, seed: seed)
    #expect(sent.count <= 20 && machine.statistics.sent == sent.count)
    #expect(machine.statistics.received <= machine.statistics.sent)
    #expect(gaps(sent).allSatisfy { $0 >= .milliseconds(700) })
  }

  /// Instants saturate; nothing may trap on the way.
  @Test(arguments: [Int64.max, .max - 2_500_000_000, .min, .min + 1])
  func nothingTrapsAtTheEndsOfTime(nanoseconds: Int64) {
    let start = Instant(nanoseconds: nanoseconds)
    let identity = Stations.identity
    for seed in 0..<10 as Range<UInt64> {
      let random = MachineRandom(seed: seed)
      var probe = AddressProbe(
        address: Stations.service, identity: identity, attempts: nil, random: random)
      _ = storm(&probe, seed: seed, from: start)
      var detection = DuplicateAddressDetection(
        address: Stations.service6, identity: identity, random: random)
      _ = storm(&detection, seed: seed, from: start)
      var announcement = AddressAnnouncement(
        AnnouncementPlan(addresses: [.v4(Stations.service)], pace: .framesPerSecond(3)),
        identity: identity)
      _ = storm(&announcement, seed: seed, from: start)
      let subject = AnnouncementConfirmation.Subject(
        address: .v4(Stations.service), host: NeighborTarget(address: .v4(Stations.gateway4)))
      var confirmation = AnnouncementConfirmation(
        [subject].compactMap(\.self), identity: identity, random: random)
      _ = storm(&confirmation, seed: seed, from: start)
      var ping = NeighborPing(
        target: Stations.gateway4, source: Stations.service, identity: identity)
      _ = storm(&ping, seed: seed, from: start)
      var echo = EchoPing(
        target: Stations.gateway, source: Stations.service, identity: identity, random: random)
      _ = storm(&echo, seed: seed, from: start)
    }
  }
}
