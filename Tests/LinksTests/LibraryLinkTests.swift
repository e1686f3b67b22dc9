import CaptureFile
import EventLoop
import LinkLayer
import Links
import Testing

/// Need root, iproute2, libpcap0.8 and libnet1.
@Suite(
  "Links by libpcap and libnet", .serialized,
  .enabled(if: isRoot, "needs root (CAP_NET_RAW, namespaces)"))
struct LibraryLinkTests {
  let cable: VethPair

  init() throws { cable = try VethPair() }

  private func listener(_ filter: String = "") throws -> LibpcapLink {
    try cable.inside { try LibpcapLink(cable.left, filter: filter) }
  }

  private func sender() throws -> PacketSocketLink {
    try cable.inside { try PacketSocketLink(cable.right, .sendOnly) }
  }

  @Test("libpcap carries frames unchanged, tags included, with nanoseconds")
  func receives() throws {
    let (left, right) = (try listener(), try sender())
    let frames = [frame(payload: [1]), frame(tags: [tag(257)], payload: [2, 0])]
    let before = CaptureTimestamp.now
    for frame in frames { try right.send(frame) }
    let received = try left.receive(count: 2)
    let after = CaptureTimestamp.now
    #expect(received.map(\.bytes) == frames)
    #expect(received.map(\.information.tag) == [nil, VLANTag(identifier: 257)])
    #expect(
      received.allSatisfy {
        before <= $0.information.timestamp && $0.information.timestamp <= after
      })
  }

  @Test("libpcap's language knows VLANs on a live interface")
  func filters() throws {
    let (left, right) = (try listener("vlan 5 and arp"), try sender())
    let wanted = frame(tags: [tag(5)], type: 0x0806, payload: arpPayload())
    try right.send(frame(type: 0x0806, payload: arpPayload()))
    try right.send(frame(tags: [tag(6)], type: 0x0806, payload: arpPayload()))
    try right.send(wanted)
    #expect(try left.receive(count: 1).map(\.bytes) == [wanted])
    #expect(try left.receiveAll().isEmpty)
  }

  @Test("a program for VLANs compiled for the interface works on a packet socket too")
  func compiled() throws {
    let filter = try cable.inside {
      try FilterCompiler.compile("vlan 5 and arp", forInterface: cable.left)
    }
    let left = try cable.inside { try PacketSocketLink(cable.left, .sendAndReceive(filter)) }
    let right = try sender()
    let wanted = frame(tags: [tag(5)], type: 0x0806, payload: arpPayload())
    try right.send(frame(type: 0x0806, payload: arpPayload()))
    try right.send(wanted)
    #expect(try left.receive(count: 1).map(\.bytes) == [wanted])
    #expect(filter.accepts(wanted))
  }

  @Test("libpcap sends, and tells frames with its own address apart")
  func sends() throws {
    let left = try listener()
    let other = try cable.inside {
      try PacketSocketLink(cable.right, .sendAndReceive(.everything))
    }
    let speaker = try cable.inside { try PacketSocketLink(cable.left, .sendOnly) }
    let own = frame(from: cable.left.hardwareAddress.bytes, payload: [4])
    try left.send(own)
    try speaker.send(own)
    #expect(try other.receive(count: 2).map(\.bytes) == [own, own])
    let seen = try left.receive(count: 1)
    #expect(seen.map(\.information.direction) == [.outbound])
    #expect(throws: LinkError.frameTooLong(byteCount: 1515, limit: 1514)) {
      try left.send(frame(payload: [UInt8](repeating: 0, count: 1501)))
    }
  }

  @Test("libpcap is told by the loop, and drained to the last frame")
  func loopAndDrain() throws {
    let loop = try EventLoop()
    let (left, right) = (try listener(), try sender())
    var count = 0
    try left.start(on: loop) {
      count += (try? left.receiveAll().count) ?? 0
      if count >= 3 { loop.stop() }
    }
    loop.schedule(after: .zero) { for _ in 0..<3 { try? right.send(frame()) } }
    loop.schedule(after: .seconds(5)) { loop.stop() }
    loop.runUntilStopped()
    #expect(count == 3)
    for _ in 0..<20 { try right.send(frame()) }
    #expect(try left.drained().count == 20)
    try right.send(frame())
    #expect(try left.drained().isEmpty)
    #expect(try left.statistics().dropped == 0)
  }

  @Test("libpcap's refusals are typed")
  func refusals() throws {
    var absent = cable.left
    absent.name = "absent0"
    #expect(throws: LinkError.noSuchInterface("absent0")) {
      try cable.inside { try LibpcapLink(absent) }
    }
    #expect {
      try listener("no such words")
    } throws: { error in
      guard case .badFilter = error as? LinkError else { return false }
      return true
    }
    try cable.inside("link", "set", "left", "down")
    #expect(throws: LinkError.interfaceDown("left")) { try listener() }
  }

  @Test("libnet puts the same bytes on the wire")
  func libnet() throws {
    let left = try cable.inside { try PacketSocketLink(cable.left, .sendAndReceive(.everything)) }
    let right = try cable.inside { try LibnetLink(cable.right) }
    let frames = [
      frame(), frame(type: 0x0806, payload: arpPayload()), frame(tags: [tag(3)], payload: [1, 0]),
      frame(payload: [UInt8](repeating: 7, count: 1500)),
    ]
    for frame in frames { try right.send(frame) }
    #expect(try left.receive(count: frames.count).map(\.bytes) == frames)
    #expect(try right.receiveAll().isEmpty)
    #expect(throws: LinkError.frameTooLong(byteCount: 1515, limit: 1514)) {
      try right.send(frame(payload: [UInt8](repeating: 0, count: 1501)))
    }
    try cable.inside("link", "set", "left", "down")
    #expect(throws: LinkError.noCarrier("right")) { try right.send(frame()) }
    #expect(throws: LinkError.noCarrier("right")) {
      try cable.inside { try LibnetLink(cable.right) }
    }
  }
}
