import Drivers
import EventLoop
import LinkLayer
import Links
import Machines
import MonotonicTime
import Testing

/// An announcement with its proof, over links on which things go wrong. What the gateway believes
/// is known here: a proof must never say more.
@Suite("A confirmation")
struct ConfirmationTests {
  /// The gateway, on whose cache the proof is about, and perhaps a former owner.
  final class Network {
    let cable: Cable
    let link: FaultyLink
    /// Whom the gateway takes for the owner, by RFC 826: whoever spoke last for the address.
    private(set) var believed: HardwareAddress?
    /// Until when the gateway is deaf.
    var deafUntil = Instant.origin
    /// Where the gateway's table points for good, whatever it hears.
    var pinned: HardwareAddress?
    /// Whether the gateway answers no echo.
    var ignoresEchoes = false
    /// A former owner that still answers for the address.
    var rival: HardwareAddress?
    /// Whether it keeps silent but for the answers to probes.
    var rivalAnswersProbesOnly = false

    init(_ rules: [FaultRule], seed: UInt64 = 1) throws {
      cable = try Cable(latency: .microseconds(400))
      link = FaultyLink(wrapping: cable.near, rules: rules, seed: seed)
      cable.far.answer = { [unowned self] frame in answer(frame) }
    }

    var isBelieved: Bool { believed == cable.near.properties.hardwareAddress }

    /// Whether the gateway sends here what is for the address.
    var sendsHere: Bool { (pinned ?? believed) == cable.near.properties.hardwareAddress }

    /// The former owner announces itself; the gateway hears it.
    func rivalSpeaks() {
      guard let rival else { return }
      believed = rival
      let packet = ARPPacket(
        hardwareType: .ethernet, operation: .request, senderHardwareAddress: rival,
        senderProtocolAddress: Cable.address,
        targetHardwareAddress: HardwareAddress(MACAddress.zero),
        targetProtocolAddress: Cable.address)
      cable.far.send(
        LinkFrame(
          destination: HardwareAddress(MACAddress.broadcast), source: rival,
          payload: .arp(packet)))
    }

    /// The gateway's echo reply, which goes where its table says.
    private func echo(_ frame: LinkFrame) -> [LinkFrame] {
      guard !ignoresEchoes, cable.loop.now >= deafUntil, case .icmp(let packet) = frame.payload
      else { return [] }
      let isService = packet.source == Cable.address
      let station = isService ? pinned ?? believed : cable.near.properties.hardwareAddress
      return [station.flatMap { cable.far.echoReply(to: frame, at: $0) }].compactMap { $0 }
    }

    private func answer(_ frame: LinkFrame) -> [LinkFrame] {
      if case .icmp = frame.payload { return echo(frame) }
      guard case .arp(let packet) = frame.payload else { return [] }
      var answers: [LinkFrame] = []
      if packet.targetProtocolAddress == Cable.address, packet.operation == .request, let rival,
        packet.senderHardwareAddress != rival, packet.isProbe || !rivalAnswersProbesOnly
      {
        answers.append(cable.far.arpReply(Cable.address, by: rival, to: packet))
      }
      guard cable.loop.now >= deafUntil else { return answers }
      if packet.senderProtocolAddress == Cable.address { believed = packet.senderHardwareAddress }
      return answers + [cable.far.reply(to: frame)].compactMap { $0 }
    }

    /// Announces, and proves it within `limit`, as `crimp announce --confirm` does.
    func confirm(
      within limit: Duration = .seconds(3), control: IPv4Address? = nil
    ) throws -> (outcome: AnnouncementConfirmation.Outcome, reports: [Report]) {
      let conversation = try Conversation(link: link, loop: cable.loop)
      let plan = AnnouncementPlan(
        addresses: [.v4(Cable.address)], forms: .gratuitousRequest, schedule: .once)
      var options = AnnouncementConfirmation.Options()
      options.timeLimit = limit
      let host = NeighborTarget(address: .v4(Cable.peerAddress))
      let subject = AnnouncementConfirmation.Subject(
        address: .v4(Cable.address), host: host, control: control.map { .v4($0) })
      let machine = AnnouncementConfirmation(
        [subject].compactMap { $0 }, identity: cable.identity, options: options,
        random: MachineRandom(seed: 3))
      let announcement = conversation.begin(
        AddressAnnouncement(plan, identity: cable.identity))
      var reports: [Report] = []
      let outcome = try cable.loop.run { () async throws(ConversationFailure) in
        try await conversation.run(machine) { report in
          reports.append(report)
          guard case .announceAgain(let address) = report else { return }
          announcement.perform { $0.announceAgain(address, at: $1) }
        }
      }
      return (outcome, reports)
    }
  }

  typealias Report = AnnouncementConfirmation.Report

  private func confirmations(_ reports: [Report]) -> Int {
    reports.count { report in
      if case .confirmed = report { true } else { false }
    }
  }

  private func isConfirmed(_ outcome: AnnouncementConfirmation.Outcome) -> Bool {
    if case .confirmed = outcome { true } else { false }
  }

  @Test("is given by a network without faults, in one try")
  func healthy() throws {
    let network = try Network([])
    let (outcome, _) = try network.confirm()
    guard case .confirmed(let proofs) = outcome, let proof = proofs.first else {
      Issue.record("\(outcome)")
      return
    }
    #expect(network.isBelieved)
    #expect(proof.tries == 1)
    #expect(proof.proof == .echo)
    #expect(proof.elapsed == .microseconds(1600))
    #expect(proof.hostHardwareAddress == network.cable.far.station)
  }

  @Test("is refused when nothing that is sent arrives")
  func dropsSent() throws {
    let network = try Network([.dropAllSent])
    let (outcome, reports) = try network.confirm()
    #expect(!isConfirmed(outcome))
    #expect(confirmations(reports) == 0)
    #expect(network.believed == nil)
    #expect(network.cable.loop.now == .origin + .seconds(3))
  }

  @Test("is refused when no answer arrives, though the gateway believes")
  func dropsAnswers() throws {
    let network = try Network([.dropARPReplies()])
    let (outcome, reports) = try network.confirm()
    #expect(!isConfirmed(outcome))
    #expect(confirmations(reports) == 0)
    #expect(network.isBelieved)
  }

  @Test("is refused when answers come after the deadline")
  func tooLate() throws {
    let network = try Network([FaultRule(.received, .delay(.milliseconds(3100)))])
    let (outcome, reports) = try network.confirm()
    #expect(!isConfirmed(outcome))
    #expect(confirmations(reports) == 0)
  }

  @Test("is given by an answer to an earlier try that comes late but in time")
  func late() throws {
    let network = try Network([FaultRule(.received, .delay(.milliseconds(700)))])
    let (outcome, _) = try network.confirm()
    #expect(isConfirmed(outcome))
    #expect(network.isBelieved)
  }

  @Test("is given once, however often the answer comes")
  func duplicated() throws {
    let network = try Network([FaultRule(.both, .duplicate)])
    let (outcome, reports) = try network.confirm()
    #expect(isConfirmed(outcome))
    #expect(confirmations(reports) == 1)
  }

  @Test("is given after loss, and the announcement is made again before each try")
  func loss() throws {
    let network = try Network([FaultRule(.sent, .drop, limit: 9)])
    let (outcome, reports) = try network.confirm()
    #expect(isConfirmed(outcome))
    #expect(network.isBelieved)
    let tries = reports.compactMap { report -> Int? in
      if case .asked(_, _, let number) = report { number } else { nil }
    }
    let announcedAgain = reports.count { $0 == .announceAgain(.v4(Cable.address)) }
    #expect(tries == Array(1...tries.count))
    #expect(announcedAgain == tries.count - 1)
    // An announcement, then the question, then the search for another owner, three times.
    let kinds = network.cable.far.heard.compactMap { heard -> String? in
      guard case .arp(let packet) = heard.frame.payload else { return nil }
      if packet.isAnnouncement { return "announcement" }
      return packet.senderProtocolAddress == .unspecified ? "search" : "question"
    }
    #expect(kinds.suffix(5) == ["announcement", "question", "search", "search", "search"])
  }

  @Test("waits for a gateway that is deaf at first")
  func deaf() throws {
    let network = try Network([])
    network.deafUntil = .origin + .milliseconds(1200)
    let (outcome, _) = try network.confirm()
    #expect(isConfirmed(outcome))
    #expect(network.cable.loop.now > .origin + .milliseconds(1200))
  }

  @Test("is refused while a former owner answers, though its answers come twice and out of order")
  func rival() throws {
    for seed in 0..<20 as Range<UInt64> {
      let network = try Network(
        [
          FaultRule(.received, .duplicate, probability: 0.5),
          FaultRule(.received, .reorder(past: 2), probability: 0.5),
        ], seed: seed)
      network.rival = HardwareAddress(MACAddress(rawValue: 0x0200_0000_0003))
      let (outcome, reports) = try network.confirm()
      #expect(!isConfirmed(outcome), "seed \(seed)")
      guard case .unconfirmed(_, let doubts) = outcome else { continue }
      #expect(doubts.first?.cause == network.rival.map { .claimed(by: $0) }, "seed \(seed)")
      #expect(reports.contains { if case .stillOwned = $0 { true } else { false } })
    }
  }

  /// It does no more than that. The two may be probes, its answers, or what has a try repeated.
  @Test("is refused while a former owner answers probes, whichever two frames are lost")
  func quietRival() throws {
    let losses = (0..<8).flatMap { number in
      [FaultRule.Course.sent, .received].map { FaultRule($0, .drop, skip: number, limit: 1) }
    }
    for (index, first) in losses.enumerated() {
      for second in losses[index...] {
        let network = try Network([first, second])
        network.rival = HardwareAddress(MACAddress(rawValue: 0x0200_0000_0003))
        network.rivalAnswersProbesOnly = true
        let (outcome, reports) = try network.confirm(within: .milliseconds(1500))
        #expect(!isConfirmed(outcome), "\(first), \(second)")
        #expect(confirmations(reports) == 0, "\(first), \(second)")
      }
    }
  }

  private let control = IPv4Address(192, 0, 2, 11)
  private let elsewhere = HardwareAddress(MACAddress(rawValue: 0x0200_0000_0007))

  @Test("is refused by a gateway whose table is pinned to another station")
  func pinned() throws {
    let network = try Network([])
    network.pinned = elsewhere
    let (outcome, reports) = try network.confirm(control: control)
    guard case .unconfirmed(_, let doubts) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(doubts.map(\.cause) == [.sentElsewhere])
    #expect(confirmations(reports) == 0)
  }

  @Test("rests on the answer alone where no echo is answered, and says so")
  func withoutEcho() throws {
    let network = try Network([])
    network.ignoresEchoes = true
    guard case .confirmed(let proofs) = try network.confirm(control: control).outcome else {
      Issue.record("not confirmed")
      return
    }
    #expect(proofs.map(\.proof) == [.resolution])
    #expect(proofs.map(\.elapsed) == [.microseconds(800)])
  }

  @Test("never rests on an echo while the table is pinned, whatever happens on the way")
  func pinnedProperty() throws {
    var refused = 0
    for seed in 0..<100 as Range<UInt64> {
      let network = try Network(
        [
          .loss(Double(seed % 8) / 10),
          FaultRule(.both, .duplicate, probability: 0.3),
          FaultRule(.both, .reorder(past: 3), probability: 0.3),
          FaultRule(.received, .corrupt, probability: seed % 3 == 0 ? 0.2 : 0),
        ], seed: seed)
      network.pinned = elsewhere
      switch try network.confirm(control: control).outcome {
      case .unconfirmed: refused += 1
      case .confirmed(let proofs):
        // The control was lost five times over.
        #expect(proofs.allSatisfy { $0.proof == .resolution }, "seed \(seed)")
      }
    }
    #expect(refused > 80)
  }

  @Test("is given only when the gateway has heard of the move, whatever happens on the way")
  func property() throws {
    var given = 0
    for seed in 0..<200 as Range<UInt64> {
      let network = try Network(
        [
          .loss(Double(seed % 10) / 10),
          FaultRule(.both, .duplicate, probability: 0.3),
          FaultRule(.both, .reorder(past: 3), probability: 0.3),
          FaultRule(.both, .delay(.milliseconds(Int(seed % 7) * 150)), probability: 0.3),
          // Received only: ARP has no checksum, and what a wrong bit tells the gateway is no fault
          // of the proof.
          FaultRule(.received, .corrupt, probability: seed % 3 == 0 ? 0.2 : 0),
        ], seed: seed)
      let (outcome, _) = try network.confirm(control: seed.isMultiple(of: 2) ? control : nil)
      guard isConfirmed(outcome) else { continue }
      given += 1
      #expect(network.isBelieved, "seed \(seed)")
    }
    // Not by refusing always.
    #expect(given > 100)
  }

  /// The former owner announces itself now and then, until it falls silent for good. No frame is
  /// lost, and none is later than an answer may be.
  @Test(
    "by echo is true whenever it is given, though a former owner speaks and the table is pinned")
  func contestedProperty() throws {
    var given = 0
    for seed in 0..<200 as Range<UInt64> {
      var random = MachineRandom(seed: seed)
      let network = try Network(
        [
          FaultRule(.both, .duplicate, probability: 0.3),
          FaultRule(.both, .reorder(past: 3), probability: 0.3),
          FaultRule(.both, .delay(.milliseconds(Int(seed % 6))), probability: 0.3),
        ], seed: seed)
      let here = network.cable.near.properties.hardwareAddress
      network.pinned = [nil, nil, here, elsewhere].randomElement(using: &random) ?? nil
      network.rival = HardwareAddress(MACAddress(rawValue: 0x0200_0000_0003))
      network.rivalAnswersProbesOnly = Bool.random(using: &random)
      let life = Int.random(in: 0...1500, using: &random)
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        let moment = Duration.milliseconds(Int.random(in: 0...life, using: &random))
        network.cable.loop.schedule(after: moment) { network.rivalSpeaks() }
      }
      network.cable.loop.schedule(after: .milliseconds(life)) { network.rival = nil }
      let (outcome, _) = try network.confirm(control: seed.isMultiple(of: 2) ? control : nil)
      guard case .confirmed(let proofs) = outcome else { continue }
      #expect(network.rival == nil, "seed \(seed)")
      guard proofs.allSatisfy({ $0.proof == .echo }) else { continue }
      given += 1
      #expect(network.sendsHere, "seed \(seed)")
    }
    #expect(given > 40)
  }
}
