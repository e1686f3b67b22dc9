import LinkLayer
import Machines
import MonotonicTime
import Testing

@Suite struct DuplicateAddressDetectionTests {
  private func detection(
    seed: UInt64 = 1, timing: DuplicateAddressDetection.Timing = .rfc4862, usesNonce: Bool = true
  ) -> DuplicateAddressDetection {
    DuplicateAddressDetection(
      address: Stations.service6, identity: Stations.identity, timing: timing, usesNonce: usesNonce,
      random: MachineRandom(seed: seed))
  }

  /// A detection with its first solicitation out, and that solicitation.
  private func asked(
    usesNonce: Bool = true
  ) throws -> (DuplicateAddressDetection, LinkFrame) {
    var machine = detection(timing: .init(maximumDelay: .zero), usesNonce: usesNonce)
    _ = machine.start(at: .origin)
    let frame = try #require(machine.fire(at: .origin).frames().last)
    return (machine, frame)
  }

  @Test func findsAFreeAddress() throws {
    var machine = detection()
    try Transcript(of: &machine).expectGolden("dad-free")
  }

  @Test func findsTheOwner() throws {
    var machine = detection()
    let transcript = Transcript(of: &machine) { frame in
      guard case .ndp = frame.payload else { return [] }
      return [(.milliseconds(2), Stations.advertisement(of: Stations.service6, by: Stations.other))]
    }
    try transcript.expectGolden("dad-in-use")
  }

  /// RFC 4862, section 5.4.2; RFC 7527: from `::`, to the solicited-node group, no link-layer
  /// address, a nonce. Linux' own is the same frame of 86 bytes.
  @Test func asksAsTheRFCSays() throws {
    let (_, frame) = try asked()
    guard case .ndp(let packet) = frame.payload,
      case .neighborSolicitation(let solicitation) = packet.message
    else {
      Issue.record("no solicitation")
      return
    }
    #expect(packet.source.isUnspecified && packet.hopLimit == 255)
    #expect(packet.destination == Stations.service6.solicitedNodeMulticast)
    #expect(frame.destination.description == "33:33:ff:00:00:10")
    #expect(solicitation.nonce?.count == 6 && solicitation.options.count == 1)
    #expect(frame.bytes(framing: .ethernet).count == 86)
  }

  @Test func sendsAsManyAsAsked() {
    var machine = detection(timing: .init(transmits: 3, maximumDelay: .zero))
    let transcript = Transcript(of: &machine)
    #expect(transcript.frames.map { $0.at - .origin } == [.zero, .zero, .seconds(1), .seconds(2)])
  }

  @Test func takesTheDetectionOfAnotherForAConflict() throws {
    var (machine, _) = try asked()
    let frame = Stations.solicitation(
      for: Stations.service6, from: .unspecified, by: Stations.other,
      options: [.nonce([1, 2, 3, 4, 5, 6])])
    let conflict = AddressConflict(
      address: .v6(Stations.service6), owner: Stations.other, kind: .simultaneousProbe)
    #expect(machine.receive(frame, at: .origin).outcome() == .conflict(conflict))
  }

  @Test func knowsItsOwnSolicitationByTheNonce() throws {
    var (machine, own) = try asked()
    // A repeater may put its own address on what it sends back.
    own.source = Stations.other
    #expect(machine.receive(own, at: .origin).reports() == [.loopedBack])
    let transcript = continueToEnd(&machine)
    #expect(transcript.frames == 3, "RFC 7527: MAX_MULTICAST_SOLICIT more")
    #expect(transcript.isFree)
  }

  private func continueToEnd(
    _ machine: inout DuplicateAddressDetection
  ) -> (frames: Int, isFree: Bool) {
    var frames = 0
    while let deadline = machine.deadline {
      let actions = machine.fire(at: deadline)
      frames += actions.frames().count
      if case .free = actions.outcome() { return (frames, true) }
    }
    return (frames, false)
  }

  @Test func knowsItsOwnSolicitationWithoutANonce() throws {
    var (machine, own) = try asked(usesNonce: false)
    #expect(machine.receive(own, at: .origin).isEmpty)
  }

  /// Resolution by a neighbour, other addresses, own advertisements, packets that a router forwarded
  /// or that RFC 4861, section 7.1, calls invalid.
  @Test(arguments: [
    Stations.solicitation(
      for: Stations.service6, from: Stations.gateway6, by: Stations.gateway,
      options: [.sourceLinkLayerAddress(Stations.gateway)]),
    Stations.solicitation(
      for: Stations.service6, from: .unspecified, by: Stations.other,
      options: [.sourceLinkLayerAddress(Stations.other)]),
    Stations.solicitation(for: Stations.gateway6, from: .unspecified, by: Stations.other),
    Stations.advertisement(of: Stations.gateway6, by: Stations.other),
    Stations.advertisement(of: Stations.service6, by: Stations.own),
    Stations.advertisement(of: Stations.service6, by: Stations.second),
    Stations.advertisement(of: Stations.service6, by: Stations.other, hopLimit: 64),
    Stations.advertisement(of: Stations.service6, by: Stations.other, isSolicited: true),
    Stations.announcement(of: Stations.service, by: Stations.other),
  ])
  func passesOverWhatIsNoConflict(frame: LinkFrame) throws {
    var (machine, _) = try asked()
    #expect(machine.receive(frame, at: .origin).isEmpty)
    #expect(machine.state == .tentative)
  }

  @Test func hearsNothingBeforeTheStartAndAfterTheEnd() {
    var machine = detection()
    let frame = Stations.advertisement(of: Stations.service6, by: Stations.other)
    #expect(machine.receive(frame, at: .origin).isEmpty)
    _ = Transcript(of: &machine)
    #expect(machine.receive(frame, at: .origin + .seconds(9)).isEmpty)
  }

  @Test func listensWhereAnswersGo() {
    #expect(
      detection().multicastGroups == [.allNodes, Stations.service6.solicitedNodeMulticast])
  }
}
