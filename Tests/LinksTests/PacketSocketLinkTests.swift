import CaptureFile
import EventLoop
import Glibc
import LinkLayer
import Links
import Synchronization
import Testing

/// Need root and iproute2: real sockets on a cable in a namespace.
@Suite("A packet socket", .serialized, .enabled(if: isRoot, "needs root (CAP_NET_RAW, namespaces)"))
struct PacketSocketLinkTests {
  let cable: VethPair

  init() throws { cable = try VethPair() }

  private func listener(
    _ filter: SocketFilter = .everything,
    _ change: (inout PacketSocketLink.Options) -> Void = { _ in }
  ) throws -> PacketSocketLink {
    var options = PacketSocketLink.Options()
    change(&options)
    return try cable.inside {
      try PacketSocketLink(cable.left, .sendAndReceive(filter), options: options)
    }
  }

  private func sender() throws -> PacketSocketLink {
    try cable.inside { try PacketSocketLink(cable.right, .sendOnly) }
  }

  @Test("opens on what the kernel's tables say of an interface, and refuses a tunnel")
  func fromTables() throws {
    try cable.inside("tuntap", "add", "dev", "tunnel", "mode", "tun")
    try cable.inside {
      let tables = try KernelTables()
      let right = LinkProperties(try tables.interface(named: "right"))
      #expect(right == cable.right)
      try PacketSocketLink(right, .sendOnly).send(frame())
      let tunnel = LinkProperties(try tables.interface(named: "tunnel"))
      #expect(throws: LinkError.unsupportedHardware("tunnel")) {
        try PacketSocketLink(tunnel, .sendOnly)
      }
    }
  }

  @Test("carries frames of all lengths unchanged")
  func lengths() throws {
    let (left, right) = (try listener(), try sender())
    let frames = [0, 1, 28, 46, 100, 1499, 1500].map { count in
      frame(payload: (0..<count).map { UInt8(truncatingIfNeeded: $0) })
    }
    for frame in frames { try right.send(frame) }
    #expect(try left.receive(count: frames.count).map(\.bytes) == frames)
  }

  @Test("refuses what is too short or too long, and has room for a tag")
  func limits() throws {
    let right = try sender()
    #expect(throws: LinkError.frameTooShort(byteCount: 13, minimum: 14)) {
      try right.send([UInt8](repeating: 0, count: 13))
    }
    #expect(throws: LinkError.frameTooLong(byteCount: 1515, limit: 1514)) {
      try right.send(frame(payload: [UInt8](repeating: 0, count: 1501)))
    }
    try right.send(frame(tags: [tag(5)], payload: [UInt8](repeating: 0, count: 1500)))
    #expect(throws: LinkError.frameTooLong(byteCount: 1519, limit: 1518)) {
      try right.send(frame(tags: [tag(5)], payload: [UInt8](repeating: 0, count: 1501)))
    }
  }

  @Test(
    "puts the tag back that the kernel takes out",
    arguments: [
      [tag(5)], [tag(257, priority: 7)], [tag(0, priority: 6)], [tag(100, tpid: 0x88a8)],
      [tag(100, tpid: 0x88a8), tag(5)],
    ])
  func tags(tags: [[UInt8]]) throws {
    let (left, right) = (try listener(), try sender())
    let sent = frame(tags: tags, type: 0x0806, payload: arpPayload())
    try right.send(sent)
    let received = try #require(try left.receive(count: 1).first)
    #expect(received.bytes == sent)
    #expect(received.information.originalLength == sent.count)
    let number = UInt16(tags[0][2]) << 8 | UInt16(tags[0][3])
    let tpid = UInt16(tags[0][0]) << 8 | UInt16(tags[0][1])
    #expect(received.information.tag == VLANTag(tpid: EtherType(rawValue: tpid), tci: number))
  }

  @Test("filters by the tag that the kernel holds beside the frame")
  func tagFilter() throws {
    let right = try sender()
    let links = [
      try listener(.accepting(.arp)), try listener(.accepting(.arp, tag: .identifier(257))),
      try listener(.accepting(.arp, tag: .any)),
    ]
    let tags: [[[UInt8]]] = [[], [tag(0, priority: 3)], [tag(257)], [tag(5)]]
    let frames = tags.map { frame(tags: $0, type: 0x0806, payload: arpPayload()) }
    for frame in frames { try right.send(frame) }
    #expect(try links[2].receive(count: 4).map(\.bytes) == frames)
    #expect(try links[0].receiveAll().map(\.bytes) == Array(frames[0...1]))
    #expect(try links[1].receiveAll().map(\.bytes) == [frames[2]])
  }

  @Test("tells own frames apart, and does not see them unless asked")
  func ownFrames() throws {
    let quiet = try listener()
    let curious = try listener { $0.seesOwnFrames = true }
    let speaker = try cable.inside { try PacketSocketLink(cable.left, .sendOnly) }
    let right = try sender()
    try speaker.send(frame(from: cable.left.hardwareAddress.bytes, payload: [1]))
    try right.send(frame(payload: [2]))
    let seen = try curious.receive(count: 2)
    #expect(seen.map(\.information.direction) == [.outbound, .inbound])
    #expect(seen.map(\.information.packetType) == [.outgoing, .broadcast])
    #expect(seen.allSatisfy { $0.information.interfaceIndex == cable.left.interfaceIndex })
    #expect(try quiet.receiveAll().map { $0.bytes.last } == [2])
  }

  @Test("never sees a frame that its filter does not take, however busy the link is")
  func noStrayFrame() throws {
    try withTraffic(try sender()) {
      for _ in 0..<20 {
        let left = try listener(.accepting(.arp))
        for _ in 0..<5 {
          #expect(try left.receiveAll().isEmpty)
          usleep(200)
        }
        try left.setFilter(.everything)
        #expect(try !left.receive(count: 1).isEmpty)
        try left.setFilter(.accepting(.arp))
        #expect(try left.receiveAll().isEmpty)
      }
    }
  }

  /// Runs `body` while another thread sends IPv4 frames as fast as it can.
  private func withTraffic(
    _ link: PacketSocketLink, _ body: () throws -> Void
  ) throws {
    final class Traffic: @unchecked Sendable {
      let link: PacketSocketLink
      let stop = Atomic(false)
      init(_ link: PacketSocketLink) { self.link = link }
    }
    let traffic = Traffic(link)
    var thread = pthread_t()
    let context = Unmanaged.passRetained(traffic)
    pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        let traffic = Unmanaged<Traffic>.fromOpaque(context).takeRetainedValue()
        let bytes = SocketFilterTests.ipv4
        while !traffic.stop.load(ordering: .relaxed) { try? traffic.link.send(bytes) }
        return nil
      }, context.toOpaque())
    defer {
      traffic.stop.store(true, ordering: .relaxed)
      pthread_join(thread, nil)
    }
    try body()
  }

  @Test("stamps frames in order, between their sending and their receipt")
  func timestamps() throws {
    let (left, right) = (try listener(), try sender())
    let before = CaptureTimestamp.now
    for number in 0..<50 { try right.send(frame(payload: [UInt8(number)])) }
    let stamps = try left.receive(count: 50).map(\.information.timestamp)
    let after = CaptureTimestamp.now
    #expect(stamps.count == 50)
    #expect(stamps == stamps.sorted())
    #expect(stamps.allSatisfy { before <= $0 && $0 <= after })
  }

  @Test("sends a batch in order, whatever its length")
  func batch() throws {
    let (left, right) = (try listener(), try sender())
    var batch = FrameBatch()
    let frames = (0..<150).map { frame(payload: [UInt8($0), 1]) }
    for frame in frames { batch.append(frame) }
    #expect(try right.send(batch) == 150)
    #expect(try left.receive(count: 150).map(\.bytes) == frames)
  }

  @Test("stops a batch before the frame that it refuses")
  func batchStops() throws {
    let right = try sender()
    var batch = FrameBatch()
    batch.append(frame())
    batch.append([1, 2, 3])
    batch.append(frame())
    #expect(try right.send(batch) == 1)
    batch.removeFirst(1)
    #expect(throws: LinkError.frameTooShort(byteCount: 3, minimum: 14)) { try right.send(batch) }
  }

  @Test("receives nothing when it was opened for sending only")
  func sendOnly() throws {
    let (left, right) = (try listener(), try sender())
    try left.send(frame())
    #expect(try right.receiveAll().isEmpty)
    #expect(throws: LinkError.cannotReceive("right")) { try right.setFilter(.everything) }
  }

  @Test("is told of frames by the loop")
  func loop() throws {
    let loop = try EventLoop()
    let (left, right) = (try listener(), try sender())
    var frames: [Received] = []
    try left.start(on: loop) {
      frames += (try? left.receiveAll()) ?? []
      if frames.count >= 3 { loop.stop() }
    }
    loop.schedule(after: .milliseconds(1)) {
      for number in 0..<3 { try? right.send(frame(payload: [UInt8(number)])) }
    }
    loop.schedule(after: .seconds(5)) { loop.stop() }
    loop.runUntilStopped()
    #expect(frames.map { $0.bytes.last } == [0, 1, 2])
  }

  @Test("counts what was lost as lost, not as received")
  func statistics() throws {
    let left = try listener { $0.receiveBufferSize = 4096 }
    let right = try sender()
    for _ in 0..<500 { try right.send(frame(payload: [UInt8](repeating: 0, count: 1000))) }
    let received = try left.receiveAll().count
    let statistics = try left.statistics()
    #expect(statistics.dropped > 0)
    #expect(statistics.received == received)
    #expect(statistics.received + statistics.dropped == 500)
    #expect(try left.statistics() == statistics)
  }

  @Test("lends at the end all that came before it was stopped")
  func drains() throws {
    let (left, right) = (try listener(), try sender())
    for number in 0..<100 { try right.send(frame(payload: [UInt8(number)])) }
    let first = try left.drained()
    try right.send(frame(payload: [200]))
    #expect(first.count == 100)
    #expect(try left.receiveAll().isEmpty)
  }

  @Test("refuses an interface that is down, has no carrier, or is not there")
  func states() throws {
    let open = try sender()
    var absent = cable.left
    absent.interfaceIndex = 9999
    #expect(throws: LinkError.noSuchInterface("left")) {
      try cable.inside { try PacketSocketLink(absent, .sendOnly) }
    }
    try cable.inside("link", "set", "left", "down")
    #expect(throws: LinkError.interfaceDown("left")) {
      try cable.inside { try PacketSocketLink(cable.left, .sendOnly) }
    }
    #expect(throws: LinkError.noCarrier("right")) { try sender() }
    #expect(throws: LinkError.noCarrier("right")) { try open.send(frame()) }
    try cable.inside("link", "set", "right", "down")
    #expect(throws: LinkError.interfaceDown("right")) { try open.send(frame()) }
  }

  @Test("tells once that its interface went down, and works again when it is up")
  func downAndUp() throws {
    let (left, right) = (try listener(), try sender())
    try cable.inside("link", "set", "left", "down")
    #expect(throws: LinkError.interfaceDown("left")) { try left.receiveAll() }
    #expect(try left.receiveAll().isEmpty)
    try cable.inside("link", "set", "left", "up")
    for _ in 0..<1000 {
      do throws(LinkError) {
        try right.send(frame(payload: [7]))
        break
      } catch {
        usleep(1000)
      }
    }
    #expect(try left.receive(count: 1).map { $0.bytes.last } == [7])
  }

  @Test("cuts a frame at the snap length and tells how long it was")
  func snapLength() throws {
    let left = try listener { $0.snapLength = 64 }
    let right = try sender()
    try right.send(frame(tags: [tag(9)], payload: [UInt8](repeating: 3, count: 1000)))
    let received = try #require(try left.receive(count: 1).first)
    #expect(received.bytes.count == 68)
    #expect(received.information.originalLength == 1018)
    #expect(received.information.tag?.identifier == 9)
  }

  @Test("says that it is closed")
  func closed() throws {
    let right = try sender()
    right.close()
    right.close()
    #expect(throws: LinkError.closed) { try right.send(frame()) }
  }
}
