import LinkLayer
import Machines
import MonotonicTime
import Testing

@Suite struct WakingTests {
  private let address = Stations.gateway4
  private let station = MACAddress(2, 0, 0, 0, 0, 0xfe)

  private var magicFrame: LinkFrame { magicFrame(station) }

  private func magicFrame(_ station: MACAddress) -> LinkFrame {
    LinkFrame(
      destination: Stations.broadcast, source: Stations.own,
      payload: .magicPacket(MagicPacket(target: station)))
  }

  private func machine(
    _ sleepers: [Sleeper], _ change: (inout WakingOptions) -> Void = { _ in }
  ) -> Waking {
    var options = WakingOptions()
    change(&options)
    return Waking(sleepers, identity: Stations.identity, options: options)
  }

  private func patient(_ sleepers: [Sleeper], deadline: Duration = .seconds(120)) -> Waking {
    machine(sleepers) {
      $0.patience = WakingOptions.Patience()
      $0.patience?.deadline = deadline
    }
  }

  private func asking() -> Sleeper {
    Sleeper(
      station: station, frames: [magicFrame],
      proof: .arp(address: address, source: Stations.service))
  }

  private func outcome(_ transcript: Transcript) -> String {
    transcript.text.split(separator: "\n").last.map(String.init) ?? ""
  }

  @Test func sendsThreePacketsAndAsksNothing() throws {
    var machine = machine([Sleeper(station: station, frames: [magicFrame])])
    try Transcript(of: &machine).expectGolden("wake-packets")
  }

  @Test func wakesAgainUntilTheStationAnswers() throws {
    var machine = patient([asking()])
    let answer = Stations.arpReply(address, by: Stations.gateway, to: Stations.service)
    let transcript = Transcript(
      of: &machine, limit: .seconds(200), hearing: [(.seconds(17), answer)])
    try transcript.expectGolden("wake-answered")
    #expect(outcome(transcript).contains("unproven: []"))
  }

  @Test func wakesEverMoreSeldom() {
    var machine = patient([Sleeper(station: station, frames: [magicFrame], proof: .heard)])
    let frames = Transcript(of: &machine, limit: .seconds(200)).frames
    let attempts = frames.indices.filter { $0 % 3 == 0 }
      .map { (frames[$0].at - .origin).components.seconds }
    #expect(attempts == [0, 5, 15, 35, 75])
    #expect(frames.count == 15)
  }

  @Test func endsAtTheDeadlineAndNamesWhoSleeps() throws {
    let silent = Sleeper(
      station: MACAddress(2, 0, 0, 0, 0, 0x0a),
      frames: [magicFrame(MACAddress(2, 0, 0, 0, 0, 0x0a))])
    var machine = patient([asking(), silent], deadline: .seconds(12))
    let answer = Stations.arpReply(address, by: Stations.gateway, to: Stations.service)
    let transcript = Transcript(of: &machine, hearing: [(.seconds(1), answer)])
    #expect(outcome(transcript).hasPrefix("t=+12.000000"))
    #expect(outcome(transcript).contains("Unproven(station: 1, attempts: 2)]"))
    #expect(outcome(transcript).contains("awake: [Awakening(station: 0"))
  }

  @Test func asksByNeighborDiscovery() throws {
    let sleeper = Sleeper(
      station: station, frames: [magicFrame],
      proof: .neighborDiscovery(address: Stations.gateway6, source: Stations.service6))
    var machine = patient([sleeper])
    #expect(machine.multicastGroups == [.allNodes])
    let answer = Stations.advertisement(
      of: Stations.gateway6, by: Stations.gateway, to: Stations.service6, at: Stations.own,
      isSolicited: true)
    try Transcript(of: &machine, hearing: [(.seconds(2), answer)]).expectGolden("wake-ndp")
  }

  @Test func takesAnyFrameOfTheStationForASignOfLife() {
    let probe = Stations.arpProbe(for: Stations.service, by: Stations.gateway)
    let solicitation = Stations.solicitation(
      for: Stations.service6, from: .unspecified, by: Stations.gateway)
    for frame in [probe, solicitation] {
      var machine = patient([Sleeper(station: station, frames: [magicFrame], proof: .heard)])
      let transcript = Transcript(of: &machine, hearing: [(.seconds(3), frame)])
      #expect(outcome(transcript).hasPrefix("t=+3.000000"))
      #expect(outcome(transcript).contains("unproven: []"))
      #expect(!transcript.text.contains("who-has 192.0.2.1 "))
    }
  }

  @Test func takesNobodyElseForTheStation() {
    var machine = patient([asking()], deadline: .seconds(10))
    let other = Stations.arpReply(address, by: Stations.other, to: Stations.service)
    let own = Stations.arpReply(address, by: Stations.own, to: Stations.service)
    let transcript = Transcript(
      of: &machine, hearing: [(.seconds(1), own), (.seconds(2), other), (.seconds(3), other)])
    #expect(outcome(transcript).contains("awake: []"))
    let told = transcript.text.split(separator: "\n").filter { $0.contains("impostor") }
    #expect(told.count == 1, "once, and this host is none: \(told)")
  }

  @Test func takesAnAnswerFromElsewhere() {
    var machine = patient([Sleeper(station: station, proof: .elsewhere)])
    var now = Instant.origin
    var first = machine.start(at: now)
    now = now + .milliseconds(1)
    first += machine.fire(at: now)
    #expect(first.frames().isEmpty)
    #expect(first.reports() == [.packet(station: 0, attempt: 1), .asked(station: 0)])
    now = .origin + .milliseconds(30)
    // ARP of a card that answers for a sleeping host proves nothing here.
    let arp = Stations.arpReply(address, by: Stations.gateway, to: Stations.service)
    #expect(machine.receive(arp, at: now).isEmpty)
    #expect(machine.hear(from: 7, at: now).isEmpty)
    let end = machine.hear(from: 0, at: now)
    let awakening = Awakening(station: 0, elapsed: .milliseconds(30), attempts: 1)
    #expect(end.reports() == [.awake(awakening)])
    #expect(end.outcome() == WakingOutcome(awake: [awakening], unproven: []))
    #expect(machine.hear(from: 0, at: now).isEmpty)
    #expect(machine.fire(at: now + .seconds(60)).isEmpty)
    #expect(machine.deadline == nil)
  }

  @Test func staysWithinItsPace() {
    let sleepers = (0..<500).map { index in
      Sleeper(
        station: MACAddress(rawValue: 0x0200_0000_0000 + UInt64(index)), frames: [magicFrame])
    }
    var machine = machine(sleepers) {
      $0.pace = .framesPerSecond(100)
      $0.repetitions = 1
    }
    let frames = Transcript(of: &machine).frames
    #expect(frames.count == 500)
    for first in frames.indices.dropLast(101) {
      #expect(frames[first + 101].at - frames[first].at >= .milliseconds(980))
    }
  }

  @Test func wakesThousandsAndKeepsEachApart() {
    let sleepers = (0..<4000).map { index in
      Sleeper(
        station: MACAddress(rawValue: 0x0200_0001_0000 + UInt64(index)),
        proof: .arp(
          address: IPv4Address(rawValue: 0x0a00_0000 + UInt32(index)), source: Stations.service))
    }
    var machine = patient(sleepers, deadline: .seconds(60))
    let transcript = Transcript(of: &machine) { frame in
      guard case .arp(let packet) = frame.payload else { return [] }
      let index = UInt64(packet.targetProtocolAddress.rawValue & 0xfff)
      let owner = HardwareAddress(MACAddress(rawValue: 0x0200_0001_0000 + index))
      let reply = Stations.arpReply(
        packet.targetProtocolAddress, by: owner, to: Stations.service)
      return index % 1000 == 999 ? [] : [(.milliseconds(1), reply)]
    }
    let end = outcome(transcript)
    let asleep = [999, 1999, 2999, 3999].map { "Unproven(station: \($0)" }
    for station in asleep { #expect(end.contains(station)) }
    #expect(end.components(separatedBy: "Unproven(").count == 5)
    #expect(end.components(separatedBy: "Awakening(").count == 3997)
  }

  @Test func stopsWhenTold() {
    var machine = patient([asking()])
    #expect(!machine.start(at: .origin).isEmpty)
    let end = machine.stop(at: .origin + .seconds(1))
    #expect(end.outcome()?.wasStopped == true)
    #expect(end.outcome()?.unproven == [.init(station: 0, attempts: 1)])
    #expect(machine.stop(at: .origin + .seconds(1)).isEmpty)
  }

  @Test func hasNothingToDoForNobody() {
    for machine in [machine([]), patient([])] {
      var machine = machine
      #expect(machine.start(at: .origin).outcome() == WakingOutcome(awake: [], unproven: []))
    }
  }

  @Test func survivesOddOptions() {
    var machine = machine([asking()]) {
      $0.repetitions = 0
      $0.interval = .zero
      $0.pace = .unlimited
      $0.patience = WakingOptions.Patience()
      $0.patience?.questionInterval = .zero
      $0.patience?.firstPause = .zero
      $0.patience?.longestPause = .zero
      $0.patience?.deadline = .milliseconds(20)
    }
    let transcript = Transcript(of: &machine)
    #expect(outcome(transcript).hasPrefix("t=+0.020000"))
    #expect(transcript.frames.count < 100)
  }
}

extension String {
  fileprivate func components(separatedBy text: String) -> [Substring] {
    split(separator: text, omittingEmptySubsequences: false)
  }
}
