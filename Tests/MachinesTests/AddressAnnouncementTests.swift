import LinkLayer
import Machines
import MonotonicTime
import Testing

@Suite struct AddressAnnouncementTests {
  private func machine(_ plan: AnnouncementPlan) -> AddressAnnouncement {
    AddressAnnouncement(plan, identity: Stations.identity)
  }

  private let gateway = NeighborTarget(
    address: .v4(Stations.gateway4), hardwareAddress: Stations.gateway)

  private func manyAddresses(_ count: UInt32) -> [IPAddress] {
    (0..<count).map { .v4(IPv4Address(rawValue: 0x0a00_0001 + $0)) }
  }

  @Test func announcesAFailover() throws {
    var machine = machine(
      AnnouncementPlan(
        addresses: [.v4(Stations.service), .v6(Stations.service6)],
        neighbors: [
          gateway,
          NeighborTarget(address: .v6(Stations.gateway6), hardwareAddress: Stations.gateway),
        ]))
    try Transcript(of: &machine).expectGolden("announce-failover")
  }

  @Test func sendsTheFirstRoundAtOnce() {
    var machine = machine(AnnouncementPlan(addresses: [.v4(Stations.service)]))
    let actions = machine.start(at: .origin + .seconds(5))
    #expect(actions.frames().count == 2)
    #expect(
      actions.reports() == [
        .sent(round: 1, address: .v4(Stations.service)), .roundFinished(1),
      ])
    #expect(machine.deadline == .origin + .seconds(6))
  }

  /// A machine whose neighbours are read when the frames to all have left.
  private func waiting(_ schedule: AnnouncementSchedule = .standard) -> AddressAnnouncement {
    var plan = AnnouncementPlan(addresses: [.v4(Stations.service)], schedule: schedule)
    plan.neighborsFollow = true
    return machine(plan)
  }

  @Test func tellsNeighborsThatAreReadAfterTheFirstRound() {
    var late = waiting()
    var early = machine(
      AnnouncementPlan(addresses: [.v4(Stations.service)], neighbors: [gateway]))
    let expected = early.start(at: .origin)
    let first = late.start(at: .origin)
    #expect(late.state == .awaitingNeighbors && late.isInFirstRound && first.reports().isEmpty)
    let added = late.add([gateway], pace: .unlimited, at: .origin)
    #expect(first.frames() + added.frames() == expected.frames())
    #expect(added.reports() == expected.reports())
    #expect(late.fire(at: .origin + .seconds(1)).frames() == expected.frames())
  }

  @Test func tellsLateNeighborsOfASingleRoundToo() {
    var machine = waiting(.once)
    _ = machine.start(at: .origin)
    #expect(machine.add([gateway], pace: .unlimited, at: .origin).frames().count == 1)
    #expect(machine.state == .finished)
  }

  @Test func endsTheRoundOfALateSearchThatFindsNobody() {
    var machine = waiting(.once)
    _ = machine.start(at: .origin)
    let reports = machine.add([], pace: .unlimited, at: .origin).reports()
    #expect(reports == [.sent(round: 1, address: .v4(Stations.service)), .roundFinished(1)])
  }

  /// Each directed request goes to every station of the link: hundreds of them in a burst meet the
  /// limits of switches.
  @Test func directsRequestsToLateNeighborsAtTheirPace() {
    var machine = waiting(.once)
    _ = machine.start(at: .origin)
    let neighbors = (0..<250).map {
      NeighborTarget(address: .v4(IPv4Address(rawValue: 0xc000_0300 + $0)))
    }
    var sent = machine.add(neighbors, pace: .framesPerSecond(1000), at: .origin).frames().count
    #expect(sent < 50)
    while let due = machine.deadline {
      #expect(machine.isInFirstRound)
      sent += machine.fire(at: due).frames().count
      #expect(sent <= 1 + Int((due - .origin) / .milliseconds(1)) + 10)
    }
    #expect(sent == 250 && machine.state == .finished)
  }

  @Test func saysForWhomThereIsNoFrame() {
    var machine = machine(
      AnnouncementPlan(
        addresses: [.v4(Stations.service), .v6(Stations.service6)], neighbors: [gateway],
        forms: [.directedRequest], schedule: .once))
    #expect(
      machine.start(at: .origin).reports() == [
        .sent(round: 1, address: .v4(Stations.service)), .nothingSent(.v6(Stations.service6)),
        .roundFinished(1),
      ])
  }

  // MARK: Without a carrier

  @Test func holdsARoundUntilThereIsACarrier() {
    var machine = machine(AnnouncementPlan(addresses: [.v4(Stations.service)]))
    _ = machine.start(at: .origin)
    #expect(machine.loseCarrier(at: .origin + .milliseconds(500)).isEmpty)
    #expect(machine.fire(at: .origin + .seconds(1)).reports() == [.roundHeld(2)])
    #expect(machine.state == .held && machine.roundsFinished == 1)
    let late = Instant.origin + .seconds(9)
    let actions = machine.regainCarrier(at: late)
    #expect(actions.frames().count == 2)
    #expect(
      actions.reports() == [
        .sent(round: 2, address: .v4(Stations.service)), .roundFinished(2),
      ])
    // The later rounds keep their distance, and none is left out.
    #expect(machine.deadline == late + .seconds(2))
  }

  @Test func sendsTheNextRoundWhenACarrierIsBackBeforeItIsDue() {
    var machine = machine(AnnouncementPlan(addresses: [.v4(Stations.service)]))
    _ = machine.start(at: .origin)
    _ = machine.loseCarrier(at: .origin + .milliseconds(200))
    let back = Instant.origin + .milliseconds(400)
    #expect(machine.regainCarrier(at: back).frames().count == 2)
    #expect(machine.deadline == back + .seconds(2))
  }

  @Test func startsAHalfSentRoundAnew() {
    var machine = machine(
      AnnouncementPlan(addresses: manyAddresses(10), schedule: .once, pace: .framesPerSecond(10)))
    _ = machine.start(at: .origin)
    #expect(machine.loseCarrier(at: .origin).reports() == [.roundHeld(1)])
    let again = machine.regainCarrier(at: .origin + .seconds(60)).frames()
    var other = self.machine(
      AnnouncementPlan(addresses: manyAddresses(10), schedule: .once, pace: .framesPerSecond(10)))
    #expect(again == other.start(at: .origin).frames())
  }

  @Test func endsWithoutTheRoundThatNeverGetsACarrier() {
    var plan = AnnouncementPlan(addresses: [.v4(Stations.service)])
    plan.carrierPatience = .seconds(3)
    var machine = machine(plan)
    _ = machine.start(at: .origin)
    _ = machine.loseCarrier(at: .origin)
    _ = machine.fire(at: .origin + .seconds(1))
    #expect(machine.deadline == .origin + .seconds(4))
    let outcome = machine.fire(at: .origin + .seconds(4)).outcome()
    #expect(outcome?.heldRound == 2 && outcome?.rounds == 1)
  }

  @Test func anAnnouncementThatCannotStartWaitsForTheCarrier() {
    var machine = machine(AnnouncementPlan(addresses: [.v4(Stations.service)], schedule: .once))
    _ = machine.loseCarrier(at: .origin)
    #expect(machine.fire(at: .origin).reports() == [.roundHeld(1)])
    #expect(machine.regainCarrier(at: .origin + .seconds(1)).frames().count == 2)
    #expect(machine.state == .finished)
  }

  @Test func aRefreshWaitsForACarrierForEver() {
    var plan = AnnouncementPlan(addresses: [.v4(Stations.service)], schedule: .once)
    plan.schedule.refreshInterval = .seconds(10)
    var machine = machine(plan)
    _ = machine.start(at: .origin)
    _ = machine.loseCarrier(at: .origin)
    #expect(machine.fire(at: .origin + .seconds(10)).reports() == [.roundHeld(2)])
    #expect(machine.deadline == nil)
    #expect(machine.announceAgain(.v4(Stations.service), at: .origin + .seconds(11)).isEmpty)
    #expect(machine.regainCarrier(at: .origin + .seconds(9999)).frames().count == 2)
    _ = machine.loseCarrier(at: .origin + .seconds(10_000))
    _ = machine.fire(at: .origin + .seconds(10_009))
    #expect(machine.stop(at: .origin + .seconds(10_010)).outcome()?.heldRound == 3)
  }

  /// RFC 4861, section 7.2.6: at most MAX_NEIGHBOR_ADVERTISEMENT.
  @Test func limitsAdvertisements() {
    var limited = machine(AnnouncementPlan(addresses: [.v6(Stations.service6)]))
    #expect(
      Transcript(of: &limited).frames.map { $0.at - .origin } == [.zero, .seconds(1), .seconds(3)])
    var unlimited = machine(
      AnnouncementPlan(addresses: [.v6(Stations.service6)], advertisementLimit: nil))
    #expect(Transcript(of: &unlimited).frames.count == 4)
  }

  private func times(_ schedule: AnnouncementSchedule, limit: Duration = .seconds(60)) -> [Duration]
  {
    var machine = machine(
      AnnouncementPlan(
        addresses: [.v4(Stations.service)], forms: .gratuitousRequest, schedule: schedule))
    return Transcript(of: &machine, limit: limit).frames.map { $0.at - .origin }
  }

  @Test func keepsItsSchedule() {
    #expect(times(.standard) == [.zero, .seconds(1), .seconds(3), .seconds(5)])
    #expect(times(.rfc5227) == [.zero, .seconds(2)])
    #expect(
      times(AnnouncementSchedule(burst: .rounds(3, every: .milliseconds(200))))
        == [.zero, .milliseconds(200), .milliseconds(400)])
  }

  /// keepalived: five at once, five again after garp_master_delay.
  @Test func repeatsTheBurst() {
    let schedule = AnnouncementSchedule(
      burst: .rounds(5, every: .zero), secondBurstDelay: .seconds(5))
    #expect(
      times(schedule)
        == Array(repeating: .zero, count: 5) + Array(repeating: .seconds(5), count: 5))
  }

  @Test func refreshesUntilStopped() {
    let schedule = AnnouncementSchedule(
      burst: .rounds(1, every: .zero), refreshInterval: .seconds(100))
    #expect(times(schedule, limit: .seconds(350)) == (0..<4).map { .seconds($0 * 100) })
    var machine = machine(
      AnnouncementPlan(addresses: [.v4(Stations.service)], schedule: schedule))
    _ = machine.start(at: .origin)
    let outcome: AddressAnnouncement.Outcome? = machine.stop(at: .origin).outcome()
    #expect(outcome == .init(rounds: 1, frames: 2, wasStopped: true))
    #expect(machine.deadline == nil)
    #expect(machine.stop(at: .origin).isEmpty)
  }

  @Test func sendsTenThousandAddressesInBatches() {
    let addresses = manyAddresses(10_000)
    var machine = machine(AnnouncementPlan(addresses: addresses, schedule: .once))
    var actions = machine.start(at: .origin)
    var sent: [LinkFrame] = actions.frames()
    while let deadline = machine.deadline {
      #expect(actions.frames().count <= AddressAnnouncement.batchLimit)
      #expect(deadline == .origin, "with no pace nothing waits")
      actions = machine.fire(at: .origin)
      sent += actions.frames()
    }
    #expect(sent.count == 20_000)
    #expect(Set(sent).count == 20_000)
    #expect(actions.outcome() == .init(rounds: 1, frames: 20_000, wasStopped: false))
  }

  /// Never faster than the pace, and hardly slower.
  @Test(arguments: [5.0, 100, 5_000, 300_000])
  func keepsThePace(rate: Double) {
    let addresses = manyAddresses(3_000)
    var machine = machine(
      AnnouncementPlan(
        addresses: addresses, forms: .gratuitousRequest, schedule: .once,
        pace: .framesPerSecond(rate)))
    let frames = Transcript(of: &machine, limit: .seconds(1000)).frames
    #expect(frames.count == 3_000)
    for index in stride(from: 1, to: frames.count, by: 97) {
      let elapsed = Double((frames[index].at - .origin).wholeNanoseconds) / 1e9
      #expect(Double(index) <= elapsed * rate + 0.01 * rate + 1)
    }
    let total = Double((frames[2_999].at - .origin).wholeNanoseconds) / 1e9
    #expect(total <= 2_999 / rate * 1.01 + 0.002)
  }

  /// A caller that is late does not send a storm.
  @Test func catchesUpOnlyALittle() {
    var machine = machine(
      AnnouncementPlan(
        addresses: manyAddresses(3_000), forms: .gratuitousRequest, schedule: .once,
        pace: .framesPerSecond(1_000)))
    _ = machine.start(at: .origin)
    #expect(machine.fire(at: .origin + .seconds(2)).frames().count <= 11)
  }

  @Test func endsARoundBeforeTheNext() {
    var machine = machine(
      AnnouncementPlan(
        addresses: manyAddresses(30), forms: .gratuitousRequest, pace: .framesPerSecond(10)))
    let transcript = Transcript(of: &machine)
    #expect(transcript.frames.count == 120)
    for (earlier, later) in zip(transcript.frames, transcript.frames.dropFirst()) {
      #expect(later.at - earlier.at >= .milliseconds(100))
    }
  }

  @Test func announcesAgainOnDemand() {
    var machine = machine(
      AnnouncementPlan(addresses: [.v4(Stations.service)], neighbors: [gateway]))
    #expect(machine.announceAgain(.v4(Stations.service), at: .origin).isEmpty, "not started")
    _ = machine.start(at: .origin)
    let frames = machine.announceAgain(.v4(Stations.service), at: .origin).frames()
    #expect(frames.count == 3)
    #expect(machine.deadline == .origin + .seconds(1), "the schedule stays")
  }

  @Test func endsWithNothingToSay() {
    var machine = machine(
      AnnouncementPlan(addresses: [], schedule: AnnouncementSchedule(refreshInterval: .zero)))
    #expect(machine.start(at: .origin).outcome() == .init(rounds: 1, frames: 0, wasStopped: false))
  }
}
