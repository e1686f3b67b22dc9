import LinkLayer
import Machines
import MonotonicTime
import Testing

@Suite struct AddressDefenseTests {
  private func watch(
    _ policy: AddressDefense.Policy, _ addresses: [IPAddress] = [.v4(Stations.service)]
  ) -> AddressDefense {
    var machine = AddressDefense(
      addresses: addresses, policy: policy, identity: Stations.identity)
    _ = machine.start(at: .origin)
    return machine
  }

  private let claim = Stations.announcement(of: Stations.service, by: Stations.other)
  private let claim6 = Stations.advertisement(of: Stations.service6, by: Stations.other)

  @Test func neverDefends() {
    var machine = watch(.never)
    let actions = machine.receive(claim, at: .origin)
    #expect(actions.frames().isEmpty)
    #expect(actions.outcome() == .abandoned)
    #expect(machine.receive(claim, at: .origin).isEmpty)
  }

  @Test func defendsOnce() throws {
    var machine = watch(.once)
    try Transcript(
      of: &machine, hearing: [(.seconds(1), claim), (.seconds(12), claim), (.seconds(15), claim)]
    ).expectGolden("defend-once")
  }

  @Test func defendsAlways() throws {
    var machine = watch(.always)
    try Transcript(
      of: &machine,
      hearing: [(.seconds(1), claim), (.seconds(5), claim), (.seconds(12), claim)]
    ).expectGolden("defend-always")
  }

  /// RFC 5227, section 2.4 (c): never more than one announcement in DEFEND_INTERVAL.
  @Test func keepsTheDefendInterval() {
    var machine = watch(.always)
    let claims = (0..<1000).map { (Duration.milliseconds($0 * 100), claim) }
    let frames = Transcript(of: &machine, limit: .seconds(100), hearing: claims).frames
    #expect(frames.count == 10)
    for (earlier, later) in zip(frames, frames.dropFirst()) {
      #expect(later.at - earlier.at >= AddressDefense.defendInterval)
    }
  }

  /// The announcement of RFC 5227: a request, target hardware address zero.
  @Test func defendsWithAnAnnouncement() throws {
    var machine = watch(.always)
    let frame = try #require(machine.receive(claim, at: .origin).frames().first)
    #expect(frame == Stations.announcement(of: Stations.service, by: Stations.own))
  }

  @Test func reportsConflictsOfIPv6WithoutAFrame() {
    var machine = watch(.always, [.v6(Stations.service6)])
    let actions = machine.receive(claim6, at: .origin)
    #expect(actions.frames().isEmpty && actions.reports().count == 1)
    var yielding = watch(.never, [.v6(Stations.service6)])
    #expect(yielding.receive(claim6, at: .origin).outcome() == .abandoned)
  }

  @Test func watchesEachAddressByItself() {
    var machine = watch(.once, [.v4(Stations.service), .v4(Stations.gateway4)])
    let other = Stations.announcement(of: Stations.gateway4, by: Stations.other)
    #expect(machine.receive(claim, at: .origin).frames().count == 1)
    #expect(machine.receive(other, at: .origin).frames().count == 1)
    #expect(machine.receive(claim, at: .origin + .seconds(1)).outcome() == nil)
    #expect(
      machine.stop(at: .origin + .seconds(2)).outcome()
        == .stopped(held: [.v4(Stations.gateway4)]))
  }

  @Test(arguments: [
    Stations.announcement(of: Stations.service, by: Stations.own),
    Stations.announcement(of: Stations.service, by: Stations.second),
    Stations.announcement(of: Stations.gateway4, by: Stations.other),
    Stations.arpProbe(for: Stations.service, by: Stations.other),
    Stations.solicitation(for: Stations.service6, from: .unspecified, by: Stations.other),
    Stations.advertisement(of: Stations.service6, by: Stations.second),
    Stations.advertisement(of: Stations.service6, by: Stations.other, hopLimit: 1),
  ])
  func passesOverWhatIsNoConflict(frame: LinkFrame) {
    var machine = watch(.never, [.v4(Stations.service), .v6(Stations.service6)])
    #expect(machine.receive(frame, at: .origin).isEmpty)
  }

  @Test func takesTheAnnouncedVirtualAddressForItsOwn() {
    var machine = AddressDefense(
      addresses: [.v4(Stations.service)], policy: .never, identity: Stations.identity,
      sender: Stations.third)
    _ = machine.start(at: .origin)
    let frame = Stations.announcement(of: Stations.service, by: Stations.third)
    #expect(machine.receive(frame, at: .origin).isEmpty)
  }
}
