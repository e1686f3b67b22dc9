import LinkLayer
import Machines
import MonotonicTime
import Testing

/// A confirmation of several addresses, of which some may be given up.
@Suite struct ConfirmationOfSeveralTests {
  private typealias Subject = AnnouncementConfirmation.Subject

  private let answer = Stations.arpReply(
    Stations.gateway4, by: Stations.gateway, to: Stations.service)
  private let claim = Stations.arpReply(Stations.service, by: Stations.other, to: .unspecified)

  private func machine(
    _ pairs: [(IPAddress, IPAddress)],
    _ change: (inout AnnouncementConfirmation.Options) -> Void = { _ in }
  ) -> AnnouncementConfirmation {
    var options = AnnouncementConfirmation.Options()
    change(&options)
    let subjects = pairs.compactMap {
      Subject(address: $0.0, host: NeighborTarget(address: $0.1))
    }
    return AnnouncementConfirmation(
      subjects, identity: Stations.identity, linkLocalSource: Stations.linkLocal, options: options,
      random: MachineRandom(seed: 7))
  }

  private static func withoutWaits(_ options: inout AnnouncementConfirmation.Options) {
    options.ownerCheckWait = nil
    options.echoWait = nil
  }

  private static let second = IPv4Address(192, 0, 2, 11)

  private func machineOfTwo() -> AnnouncementConfirmation {
    machine([
      (.v4(Stations.service), .v4(Stations.gateway4)), (.v4(Self.second), .v4(Stations.gateway4)),
    ]) { Self.withoutWaits(&$0) }
  }

  private let secondAnswer = Stations.arpReply(
    Stations.gateway4, by: Stations.gateway, to: ConfirmationOfSeveralTests.second)

  @Test func provesTheOthersWhenOneIsGivenUp() {
    var machine = machineOfTwo()
    _ = machine.start(at: .origin)
    let now = Instant.origin + .milliseconds(1)
    #expect(machine.withdraw([.v4(Stations.service)], at: now).isEmpty)
    // Neither an answer nor a claim is about it any more.
    #expect(machine.receive(answer, at: now).isEmpty)
    #expect(machine.receive(claim, at: now).isEmpty)
    guard
      case .unconfirmed(let confirmed, let doubts)? = machine.receive(secondAnswer, at: now)
        .outcome()
    else {
      Issue.record("the proof of the other goes on")
      return
    }
    #expect(confirmed.map(\.address) == [.v4(Self.second)])
    #expect(doubts.map(\.address) == [.v4(Stations.service)])
    #expect(doubts.map(\.cause) == [.withdrawn])
  }

  @Test func takesBackTheProofOfWhatIsGivenUp() {
    var machine = machineOfTwo()
    _ = machine.start(at: .origin)
    let now = Instant.origin + .milliseconds(1)
    #expect(machine.receive(answer, at: now).reports().count == 1)
    #expect(machine.withdraw([.v4(Stations.service)], at: now).isEmpty)
    guard
      case .unconfirmed(let confirmed, let doubts)? = machine.receive(secondAnswer, at: now)
        .outcome()
    else {
      Issue.record("the proof of the other goes on")
      return
    }
    #expect(confirmed.map(\.address) == [.v4(Self.second)])
    #expect(doubts.map(\.cause) == [.withdrawn])
  }

  @Test func asksNoMoreForWhatIsGivenUpBeforeTheStart() {
    var machine = machineOfTwo()
    #expect(machine.withdraw([.v4(Stations.service)], at: .origin).isEmpty)
    let frames = machine.start(at: .origin).frames()
    #expect(!frames.isEmpty)
    for frame in frames {
      guard case .arp(let packet) = frame.payload else { continue }
      #expect(packet.senderProtocolAddress != Stations.service)
      #expect(packet.targetProtocolAddress != Stations.service)
    }
  }

  @Test func endsWhenAllIsGivenUp() {
    var machine = machineOfTwo()
    _ = machine.start(at: .origin)
    let all: Set<IPAddress> = [.v4(Stations.service), .v4(Self.second)]
    guard
      case .unconfirmed(let confirmed, let doubts)? = machine.withdraw(all, at: .origin).outcome()
    else {
      Issue.record("nothing is left to prove")
      return
    }
    #expect(confirmed.isEmpty)
    #expect(doubts.map(\.cause) == [.withdrawn, .withdrawn])
    #expect(machine.deadline == nil)
    #expect(machine.withdraw(all, at: .origin).isEmpty)
  }

  @Test func proofIsCountedOnce() {
    let host2 = IPv4Address(192, 0, 2, 2)
    var machine = machine([
      (.v4(Stations.service), .v4(Stations.gateway4)), (.v4(Stations.service), .v4(host2)),
    ]) { Self.withoutWaits(&$0) }
    _ = machine.start(at: .origin)
    #expect(machine.receive(answer, at: .origin + .milliseconds(1)).reports().count == 1)
    #expect(machine.receive(answer, at: .origin + .milliseconds(1)).isEmpty)
    let answer2 = Stations.arpReply(host2, by: Stations.third, to: Stations.service)
    guard
      case .confirmed(let proofs) = machine.receive(answer2, at: .origin + .milliseconds(3))
        .outcome()
    else {
      Issue.record("not confirmed")
      return
    }
    #expect(proofs.map(\.elapsed) == [.milliseconds(1), .milliseconds(3)])
  }

  @Test func asksForManyAddressesAtItsPace() {
    let pairs = (0..<500).map { number in
      (
        IPAddress.v4(IPv4Address(rawValue: 0x0a00_0001 + UInt32(number))),
        IPAddress.v4(Stations.gateway4)
      )
    }
    var machine = machine(pairs) {
      $0.pace = .framesPerSecond(10_000)
      $0.timeLimit = .seconds(60)
    }
    let transcript = Transcript(of: &machine) { frame in
      if let echo = Stations.echoReply(to: frame) { return [(.milliseconds(2), echo)] }
      guard case .arp(let packet) = frame.payload, !packet.isProbe else { return [] }
      return [
        (
          .milliseconds(3),
          Stations.arpReply(
            Stations.gateway4, by: Stations.gateway, to: packet.senderProtocolAddress)
        )
      ]
    }
    #expect(transcript.text.contains("# confirmed("))
    for (index, sent) in transcript.frames.enumerated() {
      let elapsed = Double((sent.at - .origin).wholeNanoseconds) / 1e9
      #expect(Double(index) <= elapsed * 10_000 + 102)
    }
  }

  @Test func pairsOnlyOneFamily() {
    #expect(
      Subject(
        address: .v4(Stations.service), host: NeighborTarget(address: .v6(Stations.gateway6)))
        == nil)
    #expect(
      Subject(address: .v4(Stations.service), host: NeighborTarget(address: .v4(Stations.service)))
        == nil)
    let gateway = NeighborTarget(address: .v4(Stations.gateway4))
    for control in [
      IPAddress.v4(Stations.service), .v4(Stations.gateway4), .v6(Stations.linkLocal),
    ] {
      #expect(
        Subject(address: .v4(Stations.service), host: gateway, control: control) == nil)
    }
  }

  @Test func provesNothingFromNothing() {
    var machine = machine([])
    #expect(machine.start(at: .origin).outcome() == .unconfirmed(confirmed: [], doubts: []))
  }
}
