import Drivers
import EventLoop
import Glibc
import Laboratory
import LinkLayer
import Links
import Machines
import MonotonicTime
import Support
import Testing

/// What only an interface of the kernel shows. Needs root and iproute2.
@Suite(
  "A conversation on the kernel's interface", .serialized,
  .enabled(if: geteuid() == 0, "needs root (CAP_NET_RAW, namespaces)"))
struct KernelTests {
  private static let address = IPv4Address(192, 0, 2, 77)
  private static let address6 = IPv6Address(high: 0x2001_0db8_0000_0000, low: 0x77_1234)

  private let network: LaboratoryNetwork
  private let properties: LinkProperties
  private let loop: EventLoop
  private let link: PacketSocketLink
  private let conversation: Conversation

  init() throws {
    let network = try LaboratoryNetwork(usesIPv6: false)
    let properties = LinkProperties(try network.ownerB.interface())
    var options = PacketSocketLink.Options()
    options.seesOwnFrames = true
    link = try network.ownerB.run {
      try PacketSocketLink(
        properties,
        .sendAndReceive(.addressResolution(tag: .untagged, framing: properties.framing)),
        options: options)
    }
    self.network = network
    self.properties = properties
    loop = try EventLoop()
    conversation = try Conversation(link: link, loop: loop)
  }

  /// Probes for an address while `host` claims it from an address that is nobody's.
  private func probe(claimedBy host: LaboratoryHost) throws -> AddressProbe.Outcome {
    let stranger = HardwareAddress(MACAddress(rawValue: 0x0200_0000_00aa))
    let claim = LinkFrame(
      destination: properties.broadcastAddress, source: stranger,
      payload: .arp(
        ARPPacket(
          operation: .reply, senderHardwareAddress: stranger, senderProtocolAddress: Self.address,
          targetHardwareAddress: stranger, targetProtocolAddress: Self.address)))
    let interface = LinkProperties(try host.interface())
    let claimant = try host.run { try PacketSocketLink(interface, .sendOnly) }
    let probing = conversation.begin(
      AddressProbe(
        address: Self.address, identity: properties.identity,
        timing: .scaled(.milliseconds(200)), random: MachineRandom(seed: 1)))
    try claimant.send(claim.bytes(framing: .ethernet))
    return try loop.run { () async throws(ConversationFailure) in try await probing.outcome() }
  }

  @Test("hears what others send, and not what this host sends")
  func ownFrames() throws {
    defer { network.remove() }
    guard case .free = try probe(claimedBy: network.ownerB) else {
      Issue.record("this host's own frame was taken for another's")
      return
    }
    guard case .conflict = try probe(claimedBy: network.client) else {
      Issue.record("the client's claim was not heard")
      return
    }
  }

  @Test("listens to a machine's groups for as long as the link is open")
  func groups() throws {
    defer { network.remove() }
    let group = MACAddress.multicast(for: Self.address6.solicitedNodeMulticast)
    let isJoined = {
      try runTool(
        "ip", ["-n", network.ownerB.namespaceName, "maddr", "show", "dev", properties.name]
      ).outputText.contains("\(group)")
    }
    #expect(try !isJoined())
    let detection = DuplicateAddressDetection(
      address: Self.address6, identity: properties.identity,
      timing: .scaled(.milliseconds(50)), random: MachineRandom(seed: 1))
    let running = conversation.begin(detection)
    #expect(try isJoined())
    _ = try loop.run { () async throws(ConversationFailure) in try await running.outcome() }
    #expect(try isJoined())
    link.close()
    // A child that another test has just started holds the socket until it is another program.
    for _ in 0..<1000 where try isJoined() { usleep(1000) }
    #expect(try !isJoined())
  }

  @Test("a round that an outage takes is not reported as sent, and ends unsent when it is over")
  func outage() throws {
    defer { network.remove() }
    conversation.outlastsOutages = true
    try network.ownerB.setUp(properties.name, false)
    var plan = AnnouncementPlan(addresses: [.v4(Self.address)], schedule: .once)
    plan.carrierPatience = .milliseconds(50)
    var reports: [AddressAnnouncement.Report] = []
    let running = conversation.begin(
      AddressAnnouncement(plan, identity: properties.identity),
      onReport: { reports.append($0) }, onOutage: { $0.loseCarrier(at: $1) })
    let outcome = try loop.run { () async throws(ConversationFailure) in
      try await running.outcome()
    }
    #expect(reports == [.roundHeld(1)])
    #expect(outcome.heldRound == 1 && outcome.frames == 0)
  }

  @Test("ends every machine when the interface goes down, those too that only listen")
  func interfaceDown() throws {
    defer { network.remove() }
    let defense = conversation.begin(
      AddressDefense(addresses: [.v4(Self.address)], policy: .once, identity: properties.identity))
    try network.ownerB.setUp(properties.name, false)
    #expect(throws: ConversationFailure.link(.interfaceDown(properties.name))) {
      try loop.run { () async throws(ConversationFailure) in _ = try await defense.outcome() }
    }
  }
}
