import LinkLayer
import Machines
import MonotonicTime
import Testing

@Suite struct AnnouncementConfirmationTests {
  private typealias Subject = AnnouncementConfirmation.Subject

  private let answer = Stations.arpReply(
    Stations.gateway4, by: Stations.gateway, to: Stations.service)
  private let claim = Stations.arpReply(Stations.service, by: Stations.other, to: .unspecified)
  private let answer6 = Stations.advertisement(
    of: Stations.gateway6, by: Stations.gateway, to: Stations.service6, at: Stations.own,
    isSolicited: true)

  private func machine(
    _ pairs: [(IPAddress, IPAddress)] = [(.v4(Stations.service), .v4(Stations.gateway4))],
    sender: HardwareAddress? = nil,
    _ change: (inout AnnouncementConfirmation.Options) -> Void = { _ in }
  ) -> AnnouncementConfirmation {
    var options = AnnouncementConfirmation.Options()
    change(&options)
    let subjects = pairs.compactMap {
      Subject(address: $0.0, host: NeighborTarget(address: $0.1))
    }
    return AnnouncementConfirmation(
      subjects, identity: Stations.identity, sender: sender, linkLocalSource: Stations.linkLocal,
      options: options, random: MachineRandom(seed: 7))
  }

  private static func withoutWaits(_ options: inout AnnouncementConfirmation.Options) {
    options.ownerCheckWait = nil
    options.echoWait = nil
  }

  private func answersQuestion(_ frame: LinkFrame) -> Bool {
    guard case .arp(let packet) = frame.payload else { return false }
    return packet.targetProtocolAddress == Stations.gateway4
  }

  private func isConfirmed(_ transcript: Transcript) -> Bool {
    transcript.text.contains("# confirmed(")
  }

  @Test func confirmsWhatTheGatewayAnswers() throws {
    var machine = machine()
    let transcript = Transcript(of: &machine) { frame in
      if let echo = Stations.echoReply(to: frame) { return [(.microseconds(300), echo)] }
      return answersQuestion(frame) ? [(.microseconds(800), answer)] : []
    }
    try transcript.expectGolden("confirm")
  }

  @Test func confirmsOverNeighborDiscovery() throws {
    var machine = machine([(.v6(Stations.service6), .v6(Stations.gateway6))])
    let transcript = Transcript(of: &machine) { frame in
      if let echo = Stations.echoReply(to: frame) { return [(.microseconds(300), echo)] }
      guard case .ndp(let packet) = frame.payload, packet.source == Stations.service6 else {
        return []
      }
      return [(.microseconds(800), answer6)]
    }
    try transcript.expectGolden("confirm-ipv6")
  }

  @Test func triesUntilAnAnswerArrives() throws {
    var machine = machine()
    var questions = 0
    let transcript = Transcript(of: &machine) { frame in
      if let echo = Stations.echoReply(to: frame) { return [(.microseconds(300), echo)] }
      guard answersQuestion(frame) else { return [] }
      questions += 1
      return questions < 4 ? [] : [(.microseconds(800), answer)]
    }
    try transcript.expectGolden("confirm-after-loss")
  }

  @Test func givesUpOnADeadGateway() {
    var machine = machine()
    let transcript = Transcript(of: &machine)
    #expect(transcript.text.contains("# unconfirmed("))
    #expect(transcript.text.contains("t=+10.000000 #"))
    // Two frames a try, delays of 50 ms to 1 s doubled: 5 tries in 0.75 s, then one a second.
    #expect(transcript.frames.count <= 32)
  }

  @Test func refusesWhatTheFormerOwnerStillClaims() throws {
    var machine = machine { $0.timeLimit = .seconds(3) }
    let transcript = Transcript(of: &machine) { frame in
      if let echo = Stations.echoReply(to: frame) { return [(.microseconds(300), echo)] }
      guard case .arp(let packet) = frame.payload else { return [] }
      return packet.isProbe ? [(.milliseconds(1), claim)] : [(.microseconds(800), answer)]
    }
    try transcript.expectGolden("confirm-still-owned")
    #expect(!isConfirmed(transcript))
  }

  @Test func confirmsOnceTheFormerOwnerIsSilent() {
    var machine = machine()
    let silent = Duration.milliseconds(700)
    var lastClaim = Instant.origin
    var now = Instant.origin
    var actions = machine.start(at: now)
    var pending: [(Instant, LinkFrame)] = []
    var confirmedAt: Instant?
    while confirmedAt == nil, now < .origin + .seconds(10) {
      for frame in actions.frames() {
        if let echo = Stations.echoReply(to: frame) {
          pending.append((now + .milliseconds(1), echo))
        } else if answersQuestion(frame) {
          pending.append((now + .milliseconds(1), answer))
        } else if now - .origin < silent {
          pending.append((now + .milliseconds(1), claim))
        }
      }
      if case .confirmed = actions.outcome() { confirmedAt = now }
      guard let deadline = machine.deadline else { break }
      if let (at, frame) = pending.first, at <= deadline {
        pending.removeFirst()
        now = at
        if frame == claim { lastClaim = now }
        actions = machine.receive(frame, at: now)
      } else {
        now = deadline
        actions = machine.fire(at: now)
      }
    }
    let proof = confirmedAt.map { $0 - lastClaim } ?? .zero
    #expect(proof >= .seconds(1) && proof < .seconds(3))
  }

  /// An answer proves nothing when another owner speaks before the check is over.
  @Test func isUndoneByAClaim() {
    var machine = machine { $0.echoWait = nil }
    _ = machine.start(at: .origin)
    #expect(machine.receive(answer, at: .origin + .milliseconds(1)).isEmpty)
    let reports = machine.receive(claim, at: .origin + .milliseconds(2)).reports()
    #expect(reports == [.stillOwned(.v4(Stations.service), by: Stations.other)])
    #expect(machine.fire(at: .origin + .milliseconds(101)).outcome() == nil)
    // The same answer, repeated before the other owner was silent long enough, is no proof either.
    #expect(machine.receive(answer, at: .origin + .milliseconds(102)).isEmpty)
    #expect(machine.fire(at: .origin + .milliseconds(900)).outcome() == nil)
  }

  private func searches(_ frames: [LinkFrame]) -> Int {
    frames.count { frame in
      if case .arp(let packet) = frame.payload { packet.isProbe } else { false }
    }
  }

  /// The former owner hears the last question alone.
  @Test func asksForOtherOwnersThreeTimesBeforeItBelieves() {
    var machine = machine { $0.echoWait = nil }
    #expect(searches(machine.start(at: .origin).frames()) == 1)
    _ = machine.receive(answer, at: .origin + .milliseconds(1))
    for (milliseconds, count) in [(29, 0), (30, 1), (59, 0), (60, 1), (99, 0)] {
      let actions = machine.passTime(to: .origin + .milliseconds(milliseconds))
      #expect(searches(actions.frames()) == count, "\(milliseconds) ms")
      #expect(actions.outcome() == nil)
    }
    let reports = machine.receive(claim, at: .origin + .milliseconds(99)).reports()
    #expect(reports == [.stillOwned(.v4(Stations.service), by: Stations.other)])
    #expect(machine.passTime(to: .origin + .milliseconds(900)).outcome() == nil)
  }

  /// A program that comes late gives the questions their time all the same.
  @Test func doesNotBelieveBeforeItHasAsked() {
    var machine = machine { $0.echoWait = nil }
    _ = machine.start(at: .origin)
    _ = machine.receive(answer, at: .origin + .milliseconds(1))
    let late = machine.fire(at: .origin + .milliseconds(500))
    #expect(searches(late.frames()) == 1 && late.outcome() == nil)
    let rest = machine.passTime(to: .origin + .milliseconds(569))
    #expect(searches(rest.frames()) == 1 && rest.outcome() == nil)
    #expect(machine.passTime(to: .origin + .milliseconds(570)).outcome() != nil)
  }

  @Test func undoesAProofWhileAnotherIsOutstanding() {
    let host2 = IPv4Address(192, 0, 2, 2)
    var machine = machine([
      (.v4(Stations.service), .v4(Stations.gateway4)), (.v4(Stations.service), .v4(host2)),
    ]) { $0.echoWait = nil }
    _ = machine.start(at: .origin)
    _ = machine.receive(answer, at: .origin + .milliseconds(1))
    let settled = machine.passTime(to: .origin + .milliseconds(100))
    #expect(settled.reports().contains { if case .confirmed = $0 { true } else { false } })
    _ = machine.receive(claim, at: .origin + .milliseconds(101))
    var outcome: AnnouncementConfirmation.Outcome?
    while outcome == nil, let deadline = machine.deadline {
      outcome = machine.fire(at: deadline).outcome()
    }
    guard case .unconfirmed(let confirmed, let doubts) = outcome else {
      Issue.record("\(String(describing: outcome))")
      return
    }
    #expect(confirmed.isEmpty && doubts.count == 2)
    #expect(doubts.allSatisfy { $0.cause == .claimed(by: Stations.other) })
  }

  /// Wrong sender, wrong address, wrong session, own frames, frames seen in passing.
  @Test(arguments: [
    Stations.arpReply(IPv4Address(192, 0, 2, 2), by: Stations.gateway, to: Stations.service),
    Stations.arpReply(Stations.gateway4, by: Stations.gateway, to: IPv4Address(192, 0, 2, 11)),
    Stations.arpReply(
      Stations.gateway4, by: Stations.gateway, to: Stations.service, at: Stations.other),
    Stations.arpReply(Stations.gateway4, by: Stations.own, to: Stations.service),
    Stations.arpReply(Stations.gateway4, by: Stations.second, to: Stations.service),
    Stations.arp(
      .reply, from: (Stations.gateway, Stations.gateway4), to: (Stations.own, Stations.service),
      destination: Stations.other),
    Stations.arp(
      .reply, from: (Stations.gateway, Stations.gateway4), to: (Stations.own, Stations.service),
      destination: Stations.own, source: Stations.second),
    Stations.arp(
      .request, from: (Stations.gateway, Stations.gateway4), to: (Stations.own, Stations.service),
      destination: Stations.own),
    Stations.announcement(of: Stations.gateway4, by: Stations.gateway),
    Stations.announcement(of: Stations.service, by: Stations.own),
  ])
  func believesNoOtherFrame(frame: LinkFrame) {
    var machine = machine { Self.withoutWaits(&$0) }
    _ = machine.start(at: .origin)
    #expect(machine.receive(frame, at: .origin + .milliseconds(1)).isEmpty)
    #expect(machine.receive(answer, at: .origin + .milliseconds(2)).outcome() != nil)
  }

  @Test(arguments: [
    Stations.advertisement(
      of: Stations.gateway6, by: Stations.gateway, to: Stations.service6, at: Stations.own),
    Stations.advertisement(of: Stations.gateway6, by: Stations.gateway),
    Stations.advertisement(
      of: Stations.gateway6, by: Stations.gateway, to: Stations.service6, at: Stations.other,
      isSolicited: true),
    Stations.advertisement(
      of: Stations.gateway6, by: Stations.gateway, to: Stations.linkLocal, at: Stations.own,
      isSolicited: true),
    Stations.advertisement(
      of: Stations.gateway6, by: Stations.gateway, to: Stations.service6, at: Stations.own,
      isSolicited: true, hopLimit: 64),
    Stations.advertisement(
      of: Stations.gateway6, by: Stations.own, to: Stations.service6, at: Stations.own,
      isSolicited: true),
    Stations.advertisement(of: Stations.service6, by: Stations.second),
  ])
  func believesNoOtherAdvertisement(frame: LinkFrame) {
    var machine = machine([(.v6(Stations.service6), .v6(Stations.gateway6))]) {
      Self.withoutWaits(&$0)
    }
    _ = machine.start(at: .origin)
    #expect(machine.receive(frame, at: .origin + .milliseconds(1)).isEmpty)
    #expect(machine.receive(answer6, at: .origin + .milliseconds(2)).outcome() != nil)
  }

  /// Advertisements of the address, and solicitations that teach it, by another.
  @Test(arguments: [
    Stations.advertisement(of: Stations.service6, by: Stations.other),
    Stations.solicitation(
      for: Stations.gateway6, from: Stations.service6, by: Stations.other,
      options: [.sourceLinkLayerAddress(Stations.other)]),
  ])
  func seesClaimsOverNeighborDiscovery(frame: LinkFrame) {
    var machine = machine([(.v6(Stations.service6), .v6(Stations.gateway6))])
    _ = machine.start(at: .origin)
    #expect(
      machine.receive(frame, at: .origin).reports() == [
        .stillOwned(.v6(Stations.service6), by: Stations.other)
      ])
  }

  @Test func believesNothingBeforeTheQuestion() {
    var machine = machine { Self.withoutWaits(&$0) }
    #expect(machine.receive(answer, at: .origin).isEmpty)
    #expect(machine.start(at: .origin).outcome() == nil)
  }

  // MARK: Another master of a virtual address

  private static let virtual = HardwareAddress(MACAddress(0, 0, 0x5e, 0, 1, 0x33))

  /// Answers to this host's search for other owners, given by the hardware address that it announces.
  @Test func tellsATwinByItsAnswer() {
    var machine = machine(sender: Self.virtual) { Self.withoutWaits(&$0) }
    _ = machine.start(at: .origin)
    let twin = Stations.arpReply(Stations.service, by: Self.virtual, to: .unspecified)
    #expect(
      machine.receive(twin, at: .origin + .milliseconds(1)).reports()
        == [.stillOwned(.v4(Stations.service), by: Self.virtual)])
  }

  @Test func tellsATwinOverNeighborDiscovery() {
    var machine = machine(
      [(.v6(Stations.service6), .v6(Stations.gateway6))], sender: Self.virtual
    ) { Self.withoutWaits(&$0) }
    _ = machine.start(at: .origin)
    let twin = Stations.advertisement(
      of: Stations.service6, by: Self.virtual, to: Stations.linkLocal, at: Stations.own,
      isSolicited: true)
    #expect(
      machine.receive(twin, at: .origin + .milliseconds(1)).reports()
        == [.stillOwned(.v6(Stations.service6), by: Self.virtual)])
  }

  /// What comes back of this host's own frames is no twin.
  @Test(arguments: [
    Stations.arp(
      .reply, from: (virtual, Stations.service), to: (virtual, Stations.service)),
    Stations.arp(
      .request, from: (virtual, Stations.service), to: (Stations.zero, Stations.service)),
    Stations.arpReply(Stations.service, by: virtual, to: .unspecified, at: Stations.other),
    Stations.arpReply(Stations.service, by: Stations.own, to: .unspecified),
    Stations.advertisement(of: Stations.service6, by: virtual),
  ])
  func takesItsOwnFramesForNoTwin(frame: LinkFrame) {
    var machine = machine(
      [
        (.v4(Stations.service), .v4(Stations.gateway4)),
        (.v6(Stations.service6), .v6(Stations.gateway6)),
      ], sender: Self.virtual
    ) { Self.withoutWaits(&$0) }
    _ = machine.start(at: .origin)
    #expect(machine.receive(frame, at: .origin + .milliseconds(1)).isEmpty)
  }

  @Test func asksForTheVirtualAddressAndChecksWithItsOwn() throws {
    let virtual = try #require(HardwareAddress("00:00:5e:00:01:33"))
    var machine = machine(sender: virtual) { $0.echoWait = nil }
    let frames = machine.start(at: .origin).frames()
    #expect(frames.map(\.source) == [virtual, Stations.own])
    let reply = Stations.arpReply(
      Stations.gateway4, by: Stations.gateway, to: Stations.service, at: virtual)
    _ = machine.receive(answer, at: .origin)
    _ = machine.receive(reply, at: .origin + .milliseconds(1))
    #expect(machine.passTime(to: .origin + .milliseconds(100)).outcome() != nil)
  }
}

extension AnnouncementConfirmation {
  /// Lets time pass in which nothing is heard.
  mutating func passTime(to end: Instant) -> Actions {
    var actions: Actions = []
    while let deadline, deadline <= end { actions += fire(at: deadline) }
    return actions
  }
}
