import LinkLayer
import Machines
import MonotonicTime
import Testing

@Suite struct AddressProbeTests {
  private func probe(
    seed: UInt64 = 1, timing: ProbeTiming = .rfc5227, attempts: Int? = 1
  ) -> AddressProbe {
    AddressProbe(
      address: Stations.service, identity: Stations.identity, timing: timing, attempts: attempts,
      random: MachineRandom(seed: seed))
  }

  @Test func findsAFreeAddress() throws {
    var machine = probe()
    try Transcript(of: &machine).expectGolden("probe-free")
  }

  @Test func findsTheOwner() throws {
    var machine = probe()
    let transcript = Transcript(of: &machine) { _ in
      [
        (
          .milliseconds(2),
          Stations.arpReply(Stations.service, by: Stations.other, to: .unspecified)
        )
      ]
    }
    try transcript.expectGolden("probe-in-use")
  }

  /// RFC 5227, section 1.1: PROBE_WAIT, PROBE_MIN, PROBE_MAX, ANNOUNCE_WAIT.
  @Test(arguments: 0..<200 as Range<UInt64>)
  func keepsTheTimesOfTheRFC(seed: UInt64) throws {
    var machine = probe(seed: seed)
    let transcript = Transcript(of: &machine)
    let times = transcript.frames.map { $0.at - .origin }
    try #require(times.count == 3)
    #expect(times[0] <= .seconds(1))
    for gap in [times[1] - times[0], times[2] - times[1]] {
      #expect(gap >= .seconds(1) && gap <= .seconds(2))
    }
    #expect(machine.state == .finished && machine.deadline == nil)
  }

  @Test func scalesToATotal() {
    #expect(ProbeTiming.rfc5227.longest == .seconds(7))
    #expect(ProbeTiming.scaled(.seconds(7)) == .rfc5227)
    #expect(ProbeTiming.scaled(.milliseconds(200)).longest <= .milliseconds(200))
    #expect(ProbeTiming.scaled(.milliseconds(200)).longest > .milliseconds(199))
    var machine = probe(timing: .scaled(.zero))
    #expect(Transcript(of: &machine).frames.count == 3)
  }

  @Test func probesWithoutTeachingAnybody() throws {
    var machine = probe(timing: .scaled(.zero))
    _ = machine.start(at: .origin)
    let frame = try #require(machine.fire(at: .origin).frames().first)
    guard case .arp(let packet) = frame.payload else {
      Issue.record("not ARP")
      return
    }
    #expect(frame.destination == Stations.broadcast && frame.source == Stations.own)
    #expect(packet.isProbe && packet.senderHardwareAddress == Stations.own)
    #expect(packet.targetHardwareAddress == Stations.zero)
    #expect(packet.targetProtocolAddress == Stations.service)
  }

  /// Any ARP packet with the address as its sender, request or reply, whoever it is for.
  @Test(arguments: [
    Stations.arpReply(Stations.service, by: Stations.other, to: .unspecified),
    Stations.announcement(of: Stations.service, by: Stations.other),
    Stations.arp(
      .request, from: (Stations.other, Stations.service), to: (Stations.zero, Stations.gateway4)),
  ])
  func takesUseForAConflict(frame: LinkFrame) {
    var machine = probe()
    _ = machine.start(at: .origin)
    let conflict = AddressConflict(
      address: .v4(Stations.service), owner: Stations.other, kind: .addressInUse)
    #expect(
      machine.receive(frame, at: .origin) == [
        .report(.conflict(conflict)), .finish(.conflict(conflict)),
      ])
  }

  @Test func takesASimultaneousProbeForAConflict() {
    var machine = probe()
    _ = machine.start(at: .origin)
    let frame = Stations.arpProbe(for: Stations.service, by: Stations.other)
    let conflict = AddressConflict(
      address: .v4(Stations.service), owner: Stations.other, kind: .simultaneousProbe)
    #expect(machine.receive(frame, at: .origin).outcome() == .conflict(conflict))
  }

  /// Own frames by any interface, other addresses, a request by a neighbour, other protocols.
  @Test(arguments: [
    Stations.arpProbe(for: Stations.service, by: Stations.own),
    Stations.arpProbe(for: Stations.service, by: Stations.second),
    Stations.announcement(of: Stations.service, by: Stations.second),
    Stations.announcement(of: Stations.gateway4, by: Stations.other),
    Stations.arpProbe(for: Stations.gateway4, by: Stations.other),
    Stations.arp(
      .request, from: (Stations.other, Stations.gateway4), to: (Stations.zero, Stations.service)),
    Stations.arp(
      .inverseReply, from: (Stations.other, Stations.service), to: (Stations.own, .unspecified)),
    Stations.advertisement(of: Stations.service6, by: Stations.other),
  ])
  func passesOverWhatIsNoConflict(frame: LinkFrame) {
    var machine = probe()
    _ = machine.start(at: .origin)
    #expect(machine.receive(frame, at: .origin).isEmpty)
    #expect(machine.state == .waiting)
  }

  @Test func hearsNothingBeforeTheStartAndAfterTheEnd() {
    var machine = probe(timing: .scaled(.zero))
    let claim = Stations.announcement(of: Stations.service, by: Stations.other)
    #expect(machine.receive(claim, at: .origin).isEmpty)
    _ = Transcript(of: &machine)
    #expect(machine.receive(claim, at: .origin + .seconds(9)).isEmpty)
    #expect(machine.fire(at: .origin + .seconds(9)).isEmpty)
    #expect(machine.start(at: .origin + .seconds(9)).isEmpty)
  }

  /// A claimant that tries for ever is rate limited: MAX_CONFLICTS, RATE_LIMIT_INTERVAL.
  @Test func limitsTheRateAfterTenConflicts() throws {
    var machine = probe(attempts: nil)
    let transcript = Transcript(of: &machine, limit: .seconds(600)) { frame in
      [
        (
          .milliseconds(1),
          Stations.arpReply(Stations.service, by: Stations.other, to: .unspecified)
        )
      ]
    }
    let late = transcript.frames.dropFirst(10).map(\.at)
    #expect(late.count >= 8)
    for (earlier, later) in zip(late, late.dropFirst()) {
      #expect(later - earlier >= .seconds(59))
    }
  }

  @Test func triesAgainAsOftenAsAllowed() {
    var machine = probe(timing: .scaled(.milliseconds(70)), attempts: 3)
    let transcript = Transcript(of: &machine) { _ in
      [
        (
          .milliseconds(1),
          Stations.arpReply(Stations.service, by: Stations.other, to: .unspecified)
        )
      ]
    }
    #expect(transcript.frames.count == 3)
    #expect(machine.conflictCount == 3 && machine.state == .finished)
  }

  /// Copies of one answer are one conflict.
  @Test func countsRepeatedAnswersOnce() {
    var machine = probe(attempts: nil)
    _ = machine.start(at: .origin)
    let claim = Stations.announcement(of: Stations.service, by: Stations.other)
    for milliseconds in 0..<20 {
      _ = machine.receive(claim, at: .origin + .milliseconds(milliseconds))
    }
    #expect(machine.conflictCount == 1)
  }
}
