import Drivers
import EventLoop
import LinkLayer
import Links
import Machines
import MonotonicTime
import Testing

/// Announcements on IP over InfiniBand, from the machine to the wire: RFC 4391, sections 6 and 9.1,
/// by hand.
@Suite("On InfiniBand")
struct InfiniBandTests {
  /// Reserved or flags, queue pair number, GID.
  private static let own: [UInt8] = [
    0x80, 0x00, 0x04, 0x8a, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0x00, 0x02, 0xc9, 0x03, 0x00, 0x00, 0x00,
    1,
  ]
  private static let other: [UInt8] = own.dropLast() + [2]
  /// The broadcast group of partition ffff, link-local scope (RFC 4391, section 4).
  private static let broadcast: [UInt8] = [
    0x00, 0xff, 0xff, 0xff, 0xff, 0x12, 0x40, 0x1b, 0xff, 0xff, 0, 0, 0, 0, 0, 0,
    0xff, 0xff, 0xff, 0xff,
  ]
  private static let service: [UInt8] = [192, 0, 2, 10]

  private func properties(_ name: String, _ address: [UInt8]) throws -> LinkProperties {
    LinkProperties(
      name: name, hardwareType: .infiniBand,
      hardwareAddress: try #require(HardwareAddress(bytes: address)),
      broadcastAddress: try #require(HardwareAddress(bytes: Self.broadcast)), mtu: 2044)
  }

  private func cable() throws -> Cable {
    try Cable(try properties("ib0", Self.own), try properties("ib1", Self.other))
  }

  /// What one round puts on the wire.
  private func announced(_ address: IPAddress, _ forms: AnnouncementForms) throws -> [[UInt8]] {
    let cable = try cable()
    let conversation = try Conversation(link: cable.near, loop: cable.loop)
    let plan = AnnouncementPlan(addresses: [address], forms: forms, schedule: .once)
    try cable.loop.run { () async throws(ConversationFailure) in
      _ = try await conversation.run(AddressAnnouncement(plan, identity: cable.identity))
      try? await cable.loop.sleep(for: .milliseconds(1))
    }
    return cable.far.heardBytes
  }

  /// ar$hrd 32, ar$pro IPv4, ar$hln 20, ar$pln 4.
  private func arp(_ operation: UInt8, target: [UInt8]) -> [UInt8] {
    Self.broadcast + [0x08, 0x06, 0, 0]
      + [0x00, 0x20, 0x08, 0x00, 20, 4, 0, operation] + Self.own + Self.service + target
      + Self.service
  }

  @Test("an announcement in request form asks all ones of the link, and is not padded")
  func request() throws {
    let frames = try announced(.v4(Cable.address), .gratuitousRequest)
    #expect(frames == [arp(1, target: Self.broadcast)])
    #expect(frames.first?.count == 24 + 56)
  }

  @Test("an announcement in reply form names its own address as the target's")
  func reply() throws {
    #expect(try announced(.v4(Cable.address), .gratuitousReply) == [arp(2, target: Self.own)])
  }

  @Test("an advertisement goes to the group of all nodes, with an option of three units")
  func advertisement() throws {
    let frames = try announced(.v6(Cable.address6), .neighborAdvertisement)
    let frame = try #require(frames.first)
    // ff12:601b:ffff::1, the group of ff02::1 (RFC 4391, section 4).
    let group: [UInt8] = [
      0x00, 0xff, 0xff, 0xff, 0xff, 0x12, 0x60, 0x1b, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
    ]
    #expect(Array(frame.prefix(24)) == group + [0x86, 0xdd, 0, 0])
    // IPv6 40, advertisement 24, option 24: type 2, length 3, two reserved bytes, 20 of address.
    #expect(frame.count == 24 + 40 + 24 + 24)
    #expect(Array(frame.suffix(24)) == [2, 3, 0, 0] + Self.own)
    let parsed = try LinkFrame(parsing: frame.span.bytes, framing: .ipoib)
    guard case .ndp(let packet) = parsed.payload else {
      Issue.record("\(parsed)")
      return
    }
    #expect(packet.hopLimit == 255)
  }

  @Test("a ping is answered")
  func ping() throws {
    let cable = try cable()
    cable.far.answersAsOwner()
    let conversation = try Conversation(link: cable.near, loop: cable.loop)
    let statistics = try cable.loop.run { () async throws(ConversationFailure) in
      try await conversation.run(cable.ping())
    }
    #expect(statistics.received == 3)
    #expect(statistics.owners == [cable.far.station])
  }
}
