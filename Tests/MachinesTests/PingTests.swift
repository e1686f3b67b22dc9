import LinkLayer
import Machines
import MonotonicTime
import Testing

@Suite struct NeighborPingTests {
  private let reply = Stations.arpReply(
    Stations.gateway4, by: Stations.gateway, to: Stations.service)

  private func ping(_ change: (inout PingOptions) -> Void = { _ in }) -> NeighborPing {
    var options = PingOptions()
    options.count = 3
    change(&options)
    return NeighborPing(
      target: Stations.gateway4, source: Stations.service, identity: Stations.identity,
      options: options)
  }

  @Test func goesUnicastAfterTheFirstReply() throws {
    var machine = ping()
    let transcript = Transcript(of: &machine) { _ in [(.microseconds(250), reply)] }
    try transcript.expectGolden("ping-arp")
    #expect(
      transcript.frames.map(\.frame.destination)
        == [Stations.broadcast, Stations.gateway, Stations.gateway])
  }

  @Test func pingsOverNeighborDiscovery() throws {
    var options = PingOptions()
    options.count = 2
    var machine = NeighborPing(
      target: Stations.gateway6, source: Stations.service6, identity: Stations.identity,
      options: options)
    let advertisement = Stations.advertisement(
      of: Stations.gateway6, by: Stations.gateway, to: Stations.service6, at: Stations.own,
      isSolicited: true)
    try Transcript(of: &machine) { _ in [(.microseconds(250), advertisement)] }
      .expectGolden("ping-ndp")
  }

  @Test func staysBroadcastWhenTold() {
    var machine = ping { $0.staysBroadcast = true }
    let frames = Transcript(of: &machine) { _ in [(.milliseconds(1), reply)] }.frames
    #expect(frames.allSatisfy { $0.frame.destination == Stations.broadcast })
  }

  @Test func reportsASecondOwner() throws {
    var machine = ping { $0.staysBroadcast = true }
    let second = Stations.arpReply(Stations.gateway4, by: Stations.other, to: Stations.service)
    let transcript = Transcript(of: &machine) { _ in
      [(.milliseconds(1), reply), (.milliseconds(2), second)]
    }
    try transcript.expectGolden("ping-duplicate")
    #expect(machine.statistics.owners == [Stations.gateway, Stations.other])
    #expect(machine.statistics.received == 3)
  }

  @Test func listensForASecondOwnerAfterTheLastReply() {
    var machine = ping {
      $0.count = 1
      $0.linger = .milliseconds(500)
    }
    let second = Stations.arpReply(Stations.gateway4, by: Stations.other, to: Stations.service)
    _ = Transcript(of: &machine) { _ in
      [(.milliseconds(1), reply), (.milliseconds(400), second)]
    }
    #expect(machine.statistics.owners.count == 2 && machine.statistics.extra == 1)
  }

  @Test func endsWithTheLastReply() {
    var machine = ping { $0.count = 1 }
    let transcript = Transcript(of: &machine) { _ in [(.milliseconds(1), reply)] }
    #expect(transcript.text.contains("t=+0.001000 #"))
  }

  @Test func countsWhatIsLost() throws {
    var machine = ping()
    var questions = 0
    let transcript = Transcript(of: &machine) { _ in
      questions += 1
      return questions == 2 ? [(.milliseconds(1), reply)] : []
    }
    try transcript.expectGolden("ping-loss")
    #expect(machine.statistics.sent == 3 && machine.statistics.received == 1)
    #expect(machine.statistics.minimum == .milliseconds(1))
  }

  /// An answer that comes after the next request, sooner than any answer can, is the last one's.
  @Test func attributesALateReply() {
    var machine = ping { $0.count = 3 }
    _ = machine.start(at: .origin)
    _ = machine.receive(reply, at: .origin + .milliseconds(10))
    _ = machine.fire(at: .origin + .seconds(1))
    _ = machine.fire(at: .origin + .seconds(2))
    let late = machine.receive(reply, at: .origin + .seconds(2) + .milliseconds(1)).reports()
    #expect(
      late == [
        .reply(
          PingReply(
            sequence: 1, owner: Stations.gateway, roundTrip: .milliseconds(1001), isLate: true,
            isRequest: false, wasBroadcast: false))
      ])
    let prompt = machine.receive(reply, at: .origin + .seconds(2) + .milliseconds(10))
    #expect(prompt.outcome()?.received == 3)
  }

  @Test func countsALateReplyToTheOnlyRequest() {
    var machine = ping {
      $0.timeout = .milliseconds(100)
    }
    _ = machine.start(at: .origin)
    #expect(machine.fire(at: .origin + .milliseconds(100)).reports() == [.timeout(0)])
    let reports = machine.receive(reply, at: .origin + .milliseconds(300)).reports()
    guard case .reply(let late) = reports.first else {
      Issue.record("\(reports)")
      return
    }
    #expect(late.isLate && late.sequence == 0 && late.roundTrip == .milliseconds(300))
  }

  @Test(arguments: [
    Stations.arpReply(IPv4Address(192, 0, 2, 2), by: Stations.gateway, to: Stations.service),
    Stations.arpReply(Stations.gateway4, by: Stations.gateway, to: IPv4Address(192, 0, 2, 11)),
    Stations.arpReply(
      Stations.gateway4, by: Stations.gateway, to: Stations.service, at: Stations.other),
    Stations.arpReply(Stations.gateway4, by: Stations.own, to: Stations.service),
    Stations.arpReply(Stations.gateway4, by: Stations.second, to: Stations.service),
    Stations.arp(
      .request, from: (Stations.gateway, Stations.gateway4), to: (Stations.own, Stations.service),
      destination: Stations.own),
    Stations.announcement(of: Stations.gateway4, by: Stations.gateway),
    Stations.advertisement(of: Stations.gateway6, by: Stations.gateway),
  ])
  func passesOverWhatIsNoAnswer(frame: LinkFrame) {
    var machine = ping()
    _ = machine.start(at: .origin)
    #expect(machine.receive(frame, at: .origin + .milliseconds(1)).isEmpty)
    #expect(machine.statistics.received == 0)
  }

  @Test func takesARequestForAnAnswerWhenTold() {
    var machine = ping {
      $0.count = 1
      $0.acceptsRequests = true
    }
    _ = machine.start(at: .origin)
    let request = Stations.arp(
      .request, from: (Stations.gateway, Stations.gateway4), to: (Stations.own, Stations.service),
      destination: Stations.own)
    #expect(machine.receive(request, at: .origin).outcome()?.received == 1)
  }

  @Test func hearsNothingBeforeTheStartAndAfterTheEnd() {
    var machine = ping { $0.count = 1 }
    #expect(machine.receive(reply, at: .origin).isEmpty)
    _ = Transcript(of: &machine)
    #expect(machine.receive(reply, at: .origin + .seconds(9)).isEmpty)
    #expect(machine.stop(at: .origin + .seconds(9)).isEmpty)
  }

  @Test func stopsAtItsLimits() {
    var replies = ping {
      $0.count = nil
      $0.replyLimit = 2
    }
    #expect(Transcript(of: &replies) { _ in [(.milliseconds(1), reply)] }.frames.count == 2)
    var time = ping {
      $0.count = nil
      $0.timeLimit = .milliseconds(2500)
    }
    let transcript = Transcript(of: &time)
    #expect(transcript.frames.count == 3 && transcript.text.contains("t=+2.500000 #"))
    var nothing = ping { $0.count = 0 }
    #expect(nothing.start(at: .origin).outcome() == PingStatistics())
  }

  @Test func keepsCountOverALongRun() {
    var machine = ping {
      $0.count = 10_000
      $0.interval = .milliseconds(1)
    }
    _ = Transcript(of: &machine, limit: .seconds(100))
    #expect(machine.statistics.sent == 10_000 && machine.statistics.received == 0)
    #expect(machine.statistics.loss == 1)
  }

  /// Round trips of 1, 2, 3 and 6 ms: mean 3, variance (4 + 1 + 0 + 9) / 4 = 3.5.
  @Test func computesTheStatistics() {
    var machine = ping { $0.count = 4 }
    var delays = [6, 3, 2, 1]
    _ = Transcript(of: &machine) { _ in [(.milliseconds(delays.removeLast()), reply)] }
    let statistics = machine.statistics
    #expect(statistics.minimum == .milliseconds(1) && statistics.maximum == .milliseconds(6))
    #expect(statistics.average == .milliseconds(3))
    #expect(statistics.standardDeviation == .nanoseconds(1_870_829))
  }
}

@Suite struct EchoPingTests {
  private func ping(_ change: (inout PingOptions) -> Void = { _ in }) -> EchoPing {
    var options = PingOptions()
    options.count = 2
    change(&options)
    return EchoPing(
      target: Stations.gateway, source: Stations.service, identity: Stations.identity,
      options: options, random: MachineRandom(seed: 7))
  }

  /// What the station would answer to `request`.
  private func reply(
    to request: LinkFrame, by station: HardwareAddress = Stations.gateway,
    change: (inout (identifier: UInt16, sequence: UInt16, payload: [UInt8])) -> Void = { _ in }
  ) -> LinkFrame {
    guard case .icmp(let packet) = request.payload,
      case .echoRequest(let identifier, let sequence, let payload) = packet.message
    else { return request }
    var echo = (identifier: identifier, sequence: sequence, payload: payload)
    change(&echo)
    let message = ICMPMessage.echoReply(
      identifier: echo.identifier, sequenceNumber: echo.sequence, payload: echo.payload)
    return LinkFrame(
      destination: request.source, source: station,
      payload: .icmp(
        ICMPPacket(source: Stations.gateway4, destination: packet.source, message: message)))
  }

  @Test func pingsAStation() throws {
    var machine = ping()
    try Transcript(of: &machine) { [(.microseconds(250), reply(to: $0))] }
      .expectGolden("ping-echo")
  }

  /// Habets' frame: 62 bytes, to the station, to 255.255.255.255.
  @Test func asksAsHabetsDoes() throws {
    var machine = ping()
    let frame = try #require(machine.start(at: .origin).frames().first)
    #expect(frame.destination == Stations.gateway)
    #expect(frame.bytes(framing: .ethernet).count == 62)
    guard case .icmp(let packet) = frame.payload else {
      Issue.record("not ICMP")
      return
    }
    #expect(packet.destination == .broadcast && packet.timeToLive == 64)
  }

  @Test func countsALateReplyForItsOwnRequest() throws {
    var machine = ping { $0.count = 3 }
    let first = try #require(machine.start(at: .origin).frames().first)
    _ = machine.fire(at: .origin + .seconds(1))
    let reports = machine.receive(reply(to: first), at: .origin + .milliseconds(1500)).reports()
    guard case .reply(let late) = reports.first else {
      Issue.record("\(reports)")
      return
    }
    #expect(late.sequence == 0 && late.isLate && late.roundTrip == .milliseconds(1500))
  }

  @Test func countsARepeatedReplyAsExtra() throws {
    var machine = ping()
    let first = try #require(machine.start(at: .origin).frames().first)
    _ = machine.receive(reply(to: first), at: .origin + .milliseconds(1))
    _ = machine.receive(reply(to: first), at: .origin + .milliseconds(2))
    #expect(machine.statistics.received == 1 && machine.statistics.extra == 1)
  }

  @Test func passesOverWhatIsNoAnswer() throws {
    var machine = ping()
    let first = try #require(machine.start(at: .origin).frames().first)
    var elsewhere = reply(to: first)
    elsewhere.destination = Stations.other
    let wrong = [
      first, elsewhere,
      reply(to: first, by: Stations.other),
      reply(to: first, by: Stations.own),
      reply(to: first) { $0.identifier ^= 1 },
      reply(to: first) { $0.sequence = 7 },
      reply(to: first) { $0.sequence = 0xffff },
      reply(to: first) { $0.payload[19] ^= 1 },
      reply(to: first) { $0.payload = [] },
    ]
    for frame in wrong {
      #expect(machine.receive(frame, at: .origin).isEmpty, "\(frame)")
    }
    #expect(machine.statistics.received == 0)
  }

  @Test func takesAnotherStationsAnswerWhenTold() throws {
    var machine = ping { $0.acceptsAnySender = true }
    let first = try #require(machine.start(at: .origin).frames().first)
    _ = machine.receive(reply(to: first, by: Stations.other), at: .origin)
    #expect(machine.statistics.owners == [Stations.other])
  }

  /// Sequence numbers have 16 bits; a run may have more requests.
  @Test func countsBeyondTheSequenceNumbers() {
    var machine = ping {
      $0.count = 70_000
      $0.interval = .milliseconds(1)
    }
    var now = Instant.origin
    var frames = machine.start(at: now).frames()
    while let deadline = machine.deadline {
      for frame in frames { _ = machine.receive(reply(to: frame), at: now) }
      now = deadline
      frames = machine.fire(at: now).frames()
    }
    #expect(machine.statistics.received >= 69_999 && machine.statistics.extra == 0)
  }
}
