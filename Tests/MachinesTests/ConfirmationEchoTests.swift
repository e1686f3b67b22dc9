import LinkLayer
import Machines
import MonotonicTime
import Testing

/// The echo that a host answers goes where its table says. What a confirmation makes of that.
@Suite struct ConfirmationEchoTests {
  private typealias Subject = AnnouncementConfirmation.Subject
  private typealias Echo = Stations.Echo

  private static let control = IPv4Address(192, 0, 2, 11)
  private static let virtual = HardwareAddress(MACAddress(0, 0, 0x5e, 0, 1, 0x33))

  private func machine(
    of addresses: [IPAddress] = [.v4(Stations.service)],
    at host: IPAddress = .v4(Stations.gateway4), station: HardwareAddress? = nil,
    control: IPAddress? = nil, sender: HardwareAddress? = nil,
    _ change: (inout AnnouncementConfirmation.Options) -> Void = { _ in }
  ) -> AnnouncementConfirmation {
    var options = AnnouncementConfirmation.Options()
    change(&options)
    let subjects = addresses.compactMap { address in
      Subject(
        address: address, host: NeighborTarget(address: host, hardwareAddress: station),
        control: control)
    }
    return AnnouncementConfirmation(
      subjects, identity: Stations.identity, sender: sender, linkLocalSource: Stations.linkLocal,
      options: options, random: MachineRandom(seed: 7))
  }

  /// A gateway that answers every question, and echoes to those addresses for which `sendsHere` holds.
  private func gateway(
    at receiver: HardwareAddress = Stations.own, after delay: Duration = .microseconds(300),
    sendsHere: @escaping (IPAddress) -> Bool
  ) -> (LinkFrame) -> [(Duration, LinkFrame)] {
    { frame in
      switch frame.payload {
      case .arp(let packet) where packet.targetProtocolAddress == Stations.gateway4:
        let answer = Stations.arpReply(
          Stations.gateway4, by: Stations.gateway, to: packet.senderProtocolAddress, at: receiver)
        return [(.microseconds(800), answer)]
      case .icmp(let packet) where sendsHere(.v4(packet.source)):
        return [Stations.echoReply(to: frame)].compactMap { $0 }.map { (delay, $0) }
      case .icmpv6(let packet) where sendsHere(.v6(packet.source)):
        return [Stations.echoReply(to: frame)].compactMap { $0 }.map { (delay, $0) }
      default:
        return []
      }
    }
  }

  /// How `machine` ends, when time passes and nothing more is heard.
  private func end(_ machine: inout AnnouncementConfirmation) -> AnnouncementConfirmation.Outcome? {
    while let deadline = machine.deadline {
      if let outcome = machine.fire(at: deadline).outcome() { return outcome }
    }
    return nil
  }

  private func proofs(
    _ outcome: AnnouncementConfirmation.Outcome?
  ) -> [AnnouncementConfirmation.Confirmation]? {
    guard case .confirmed(let proofs) = outcome else { return nil }
    return proofs
  }

  private func doubts(
    _ outcome: AnnouncementConfirmation.Outcome?
  ) -> [AnnouncementConfirmation.Doubt]? {
    guard case .unconfirmed(_, let doubts) = outcome else { return nil }
    return doubts
  }

  private func echoes(_ frames: [LinkFrame]) -> [LinkFrame] {
    frames.filter { frame in
      switch frame.payload {
      case .icmp, .icmpv6: true
      default: false
      }
    }
  }

  // MARK: What it rests on

  @Test func echoTravelsWithTheQuestionToAKnownStation() throws {
    var machine = machine(station: Stations.gateway, control: .v4(Self.control))
    let transcript = Transcript(of: &machine, responder: gateway { _ in true })
    try transcript.expectGolden("confirm-known-station")
  }

  @Test func aHostThatAnswersNoEchoIsBelievedAfterAWhile() throws {
    var machine = machine(control: .v4(Self.control))
    let transcript = Transcript(of: &machine, responder: gateway { _ in false })
    try transcript.expectGolden("confirm-no-echo")
  }

  @Test func aHostThatSendsElsewhereIsNot() throws {
    var machine = machine(control: .v4(Self.control)) { $0.timeLimit = .seconds(2) }
    let transcript = Transcript(
      of: &machine, responder: gateway { $0 == .v4(Self.control) })
    try transcript.expectGolden("confirm-sent-elsewhere")
  }

  @Test func withoutAControlTheAnswerIsTheProof() {
    var machine = machine()
    let transcript = Transcript(of: &machine, responder: gateway { _ in false })
    #expect(transcript.text.contains("proof: AnnouncementConfirmation.Proof.resolution"))
    #expect(echoes(transcript.frames.map(\.frame)).count == 5)
  }

  @Test func anEchoToAnotherAnnouncedAddressIsAControlToo() {
    let healthy = IPAddress.v4(IPv4Address(192, 0, 2, 12))
    var machine = machine(of: [.v4(Stations.service), healthy]) { $0.timeLimit = .seconds(3) }
    let transcript = Transcript(of: &machine, responder: gateway { $0 == healthy })
    #expect(transcript.text.contains("# unconfirmed("))
    #expect(transcript.text.contains("Cause.sentElsewhere"))
  }

  /// Not even when it is slow, and the control was quick.
  @Test(arguments: [1, 90, 700, 3000, 9000])
  func anEchoThatComesLateIsTaken(milliseconds: Int) {
    var machine = machine(control: .v4(Self.control))
    let quick = gateway { $0 == .v4(Self.control) }
    let slow = gateway(after: .milliseconds(milliseconds)) { $0 == .v4(Stations.service) }
    let transcript = Transcript(of: &machine) { frame in
      if case .arp = frame.payload { quick(frame) } else { quick(frame) + slow(frame) }
    }
    #expect(transcript.text.contains("proof: AnnouncementConfirmation.Proof.echo"))
    #expect(transcript.text.contains("# confirmed("))
  }

  @Test func anEchoMayOvertakeTheAnswer() {
    var machine = machine(station: Stations.gateway) { $0.ownerCheckWait = nil }
    let sent = machine.start(at: .origin).frames()
    let echo = echoes(sent).first.flatMap { Stations.echoReply(to: $0) }
    guard let echo else {
      Issue.record("no echo request")
      return
    }
    #expect(machine.receive(echo, at: .origin + .milliseconds(1)).isEmpty)
    let answer = Stations.arpReply(
      Stations.gateway4, by: Stations.gateway, to: Stations.service)
    let proof = proofs(machine.receive(answer, at: .origin + .milliseconds(2)).outcome())?.first
    #expect(proof?.proof == .echo && proof?.elapsed == .milliseconds(2))
  }

  /// The kernel's table had another station: the gateway itself has moved.
  @Test func anEchoFollowsTheHostToItsNewStation() {
    var machine = machine(station: Stations.other) { $0.ownerCheckWait = nil }
    #expect(echoes(machine.start(at: .origin).frames()).map(\.destination) == [Stations.other])
    let answer = Stations.arpReply(
      Stations.gateway4, by: Stations.gateway, to: Stations.service)
    let actions = machine.receive(answer, at: .origin + .milliseconds(1))
    #expect(echoes(actions.frames()).map(\.destination) == [Stations.gateway])
  }

  @Test func anIPv6HostWhoseTableIsPinnedIsToldFromADeadOne() {
    var machine = machine(
      of: [.v6(Stations.service6)], at: .v6(Stations.gateway6), station: Stations.gateway,
      control: .v6(Stations.linkLocal)
    ) { $0.timeLimit = .seconds(2) }
    let transcript = Transcript(
      of: &machine, responder: gateway { $0 == .v6(Stations.linkLocal) })
    #expect(
      transcript.text.contains("cause: AnnouncementConfirmation.Doubt.Cause.unanswered"))
    #expect(transcript.text.contains("hostAnswersEcho: true"))
  }

  @Test func theVirtualAddressAsksAndTheControlIsTheHosts() {
    var machine = machine(
      station: Stations.gateway, control: .v4(Self.control), sender: Self.virtual)
    let sent = echoes(machine.start(at: .origin).frames())
    #expect(sent.map(\.source) == [Self.virtual, Stations.own])
    #expect(sent.allSatisfy { $0.destination == Stations.gateway })
  }

  /// In the order in which they were given, whichever answer came first.
  @Test func addressesThatAreProvenAtOnceAreToldInOrder() {
    let addresses = (0..<9).map { IPAddress.v4(IPv4Address(rawValue: 0xc000_0264 + $0)) }
    for seed in 0..<10 as Range<UInt64> {
      var random = MachineRandom(seed: seed)
      var machine = machine(of: addresses) { $0.echoWait = nil }
      _ = machine.start(at: .origin)
      for case .v4(let address) in addresses.shuffled(using: &random) {
        let answer = Stations.arpReply(
          Stations.gateway4, by: Stations.gateway, to: address)
        _ = machine.receive(answer, at: .origin + .milliseconds(1))
      }
      let told = machine.passTime(to: .origin + .milliseconds(100)).reports().compactMap { report in
        if case .confirmed(let proof) = report { proof.address } else { nil }
      }
      #expect(told == addresses)
    }
  }

  // MARK: Time

  @Test func theWaitIsHalfOfAShortDeadline() {
    var machine = machine { $0.timeLimit = .milliseconds(600) }
    let transcript = Transcript(of: &machine, responder: gateway { _ in false })
    #expect(transcript.text.contains("t=+0.300800 # confirmed("))
  }

  @Test func anAnswerInTheLastMomentIsTooLate() {
    var machine = machine { $0.timeLimit = .milliseconds(600) }
    _ = machine.start(at: .origin)
    _ = machine.fire(at: .origin + .milliseconds(50))
    let answer = Stations.arpReply(
      Stations.gateway4, by: Stations.gateway, to: Stations.service)
    _ = machine.receive(answer, at: .origin + .milliseconds(400))
    let causes = doubts(end(&machine)).map { $0.map(\.cause) }
    #expect(causes == [.outOfTime])
  }

  @Test func aClaimUndoesTheEchoToo() {
    var machine = machine(station: Stations.gateway)
    let first = echoes(machine.start(at: .origin).frames()).first
    let answer = Stations.arpReply(
      Stations.gateway4, by: Stations.gateway, to: Stations.service)
    let claim = Stations.arpReply(Stations.service, by: Stations.other, to: .unspecified)
    _ = machine.receive(answer, at: .origin + .milliseconds(1))
    _ = machine.receive(claim, at: .origin + .milliseconds(2))
    var quietFrames: [LinkFrame] = []
    while let deadline = machine.deadline, deadline < .origin + .milliseconds(1500) {
      let frames = machine.fire(at: deadline).frames()
      // Only what is asked a second after the claim counts.
      if deadline >= .origin + .milliseconds(1002) { quietFrames += frames }
    }
    _ = machine.receive(answer, at: .origin + .milliseconds(1501))
    guard let old = first.flatMap({ Stations.echoReply(to: $0) }),
      let new = echoes(quietFrames).first.flatMap({ Stations.echoReply(to: $0) })
    else {
      Issue.record("no echo requests")
      return
    }
    #expect(machine.receive(old, at: .origin + .milliseconds(1502)).isEmpty)
    // Other owners have their time, too.
    #expect(machine.passTime(to: .origin + .milliseconds(1699)).outcome() == nil)
    let actions = machine.receive(new, at: .origin + .milliseconds(1700))
    #expect(proofs(actions.outcome())?.map(\.proof) == [.echo])
  }

  // MARK: What is no echo of ours

  private static let forgeries: [(String, @Sendable (inout Echo) -> Void)] = [
    ("of another identifier", { $0.identifier ^= 1 }),
    ("of a number that was not sent", { $0.number += 1 }),
    ("of number 0", { $0.number = 0 }),
    ("with another payload", { $0.payload[15] ^= 1 }),
    ("with a shorter payload", { $0.payload.removeLast() }),
    ("with a longer payload", { $0.payload.append(0) }),
    ("from another host", { $0.source = .v4(IPv4Address(192, 0, 2, 2)) }),
    ("from the address itself", { $0.source = $0.destination }),
    ("to another address", { $0.destination = .v4(IPv4Address(192, 0, 2, 13)) }),
    ("to the control", { $0.destination = .v4(control) }),
  ]

  /// A machine whose question was answered, with the echo request that it then put.
  private func awaiting(
    control: IPAddress? = nil
  ) -> (machine: AnnouncementConfirmation, request: LinkFrame)? {
    var machine = machine(control: control) { $0.ownerCheckWait = nil }
    _ = machine.start(at: .origin)
    let answer = Stations.arpReply(
      Stations.gateway4, by: Stations.gateway, to: Stations.service)
    let sent = echoes(machine.receive(answer, at: .origin + .milliseconds(1)).frames())
    return sent.first.map { (machine, $0) }
  }

  private func isConfirmed(_ actions: AnnouncementConfirmation.Actions) -> Bool {
    !actions.reports().isEmpty || actions.outcome() != nil
  }

  @Test(arguments: forgeries.indices)
  func believesNoForgery(index: Int) throws {
    var (machine, request) = try #require(awaiting())
    let forged = try #require(Stations.echoReply(to: request, Self.forgeries[index].1))
    let genuine = try #require(Stations.echoReply(to: request))
    #expect(
      !isConfirmed(machine.receive(forged, at: .origin + .milliseconds(2))),
      "\(Self.forgeries[index].0)")
    #expect(isConfirmed(machine.receive(genuine, at: .origin + .milliseconds(3))))
    #expect(machine.receive(genuine, at: .origin + .milliseconds(4)).isEmpty)
  }

  @Test func believesNoFrameThatIsNotForThisHost() throws {
    var (machine, request) = try #require(awaiting())
    let replies = [
      Stations.echoReply(to: request, at: Stations.other),
      Stations.echoReply(to: request, at: Stations.broadcast),
      Stations.echoReply(to: request, by: Stations.own),
      Stations.echoReply(to: request, by: Stations.second),
      // A detour by the former owner, which forwards what the host still sends it.
      Stations.echoReply(to: request, by: Stations.other, hopLimit: 63),
      request,
    ].compactMap(\.self)
    #expect(replies.count == 6)
    for reply in replies {
      #expect(!isConfirmed(machine.receive(reply, at: .origin + .milliseconds(2))))
    }
  }

  @Test(arguments: [(Stations.gateway, 63), (Stations.third, 64), (Stations.third, 255)])
  func believesAGatewayThatSendsFromAnotherPort(station: HardwareAddress, hopLimit: Int) throws {
    var (machine, request) = try #require(awaiting())
    let reply = try #require(
      Stations.echoReply(to: request, by: station, hopLimit: UInt8(hopLimit)))
    #expect(isConfirmed(machine.receive(reply, at: .origin + .milliseconds(2))))
  }

  /// Frames of all kinds with random fields, replies to echoes among them that are wrong in one.
  @Test(arguments: 0..<40 as Range<UInt64>)
  func randomFramesNeverConfirm(seed: UInt64) throws {
    var (machine, request) = try #require(awaiting(control: .v4(Self.control)))
    var random = MachineRandom(seed: seed)
    let genuine = try #require(Stations.echoReply(to: request))
    var now = Instant.origin + .milliseconds(2)
    for _ in 0..<300 {
      now = now + .microseconds(10)
      for frame in Self.randomFrames(request, genuine, &random) {
        #expect(!isConfirmed(machine.receive(frame, at: now)), "\(frame)")
      }
    }
    #expect(isConfirmed(machine.receive(genuine, at: now)))
  }

  private static func randomFrames(
    _ request: LinkFrame, _ genuine: LinkFrame, _ random: inout MachineRandom
  ) -> [LinkFrame] {
    let noise = (0..<Int.random(in: 14...120, using: &random)).map { _ in
      UInt8.random(in: .min ... .max, using: &random)
    }
    var bytes = genuine.bytes(framing: .ethernet)
    // The first twelve say where it goes and who sends it: another sender is no forgery.
    bytes[Int.random(in: 12..<bytes.count, using: &random)] ^= UInt8.random(
      in: 1...255, using: &random)
    let types: [[UInt8]] = [[0x08, 0x06], [0x08, 0x00], [0x86, 0xdd]]
    let type = types.randomElement(using: &random) ?? [8, 0]
    let typed = noise.prefix(12) + type + noise.dropFirst(14)
    let damaged = [noise, bytes, Array(typed)].compactMap {
      try? LinkFrame(parsing: $0.rawBytes, framing: .ethernet)
    }
    let forgery = forgeries.randomElement(using: &random).flatMap {
      Stations.echoReply(to: request, $0.1)
    }
    return damaged + [forgery].compactMap(\.self)
  }
}
