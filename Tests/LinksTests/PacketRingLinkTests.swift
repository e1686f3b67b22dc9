import CaptureFile
import EventLoop
import Glibc
import LinkLayer
import Links
import Testing

/// Need root and iproute2: real rings on a cable in a namespace.
@Suite("A packet ring", .serialized, .enabled(if: isRoot, "needs root (CAP_NET_RAW, namespaces)"))
struct PacketRingLinkTests {
  let cable: VethPair

  init() throws { cable = try VethPair() }

  private func ring(
    _ filter: SocketFilter = .everything,
    _ change: (inout PacketRingLink.Options) -> Void = { _ in }
  ) throws -> PacketRingLink {
    var options = PacketRingLink.Options()
    change(&options)
    return try cable.inside { try PacketRingLink(cable.left, filter: filter, options: options) }
  }

  private func sender() throws -> PacketSocketLink {
    try cable.inside { try PacketSocketLink(cable.right, .sendOnly) }
  }

  @Test("loses none of the frames that came just before it was stopped", arguments: [1, 10, 5000])
  func drains(count: Int) throws {
    let (left, right) = (try ring(), try sender())
    for number in 0..<count {
      try right.send(frame(payload: [UInt8(number >> 8), UInt8(number & 0xff)]))
    }
    let frames = try left.drained()
    #expect(frames.count == count)
    #expect(frames.enumerated().allSatisfy { Int($1.bytes[14]) << 8 | Int($1.bytes[15]) == $0 })
    let statistics = try left.statistics()
    #expect(statistics.received == count)
    #expect(statistics.dropped == 0)
  }

  @Test("takes nothing more once it was stopped")
  func stopped() throws {
    let (left, right) = (try ring(), try sender())
    #expect(try left.drained().isEmpty)
    try right.send(frame())
    #expect(try left.drained().isEmpty)
  }

  @Test(
    "carries frames of all lengths, tags put back", arguments: [[], [tag(5)], [tag(0), tag(7)]])
  func lengths(tags: [[UInt8]]) throws {
    let (left, right) = (try ring(), try sender())
    // A tagged frame below 20 bytes is dropped by the kernel that receives it.
    let frames = [2, 3, 46, 1000, 1496].map { count in
      frame(tags: tags, payload: (0..<count).map { UInt8(truncatingIfNeeded: $0) })
    }
    for frame in frames { try right.send(frame) }
    let received = try left.drained()
    #expect(received.map(\.bytes) == frames)
    #expect(received.map(\.information.originalLength) == frames.map(\.count))
    #expect(received.allSatisfy { ($0.information.tag != nil) == !tags.isEmpty })
  }

  @Test("tells own frames apart, and filters")
  func directions() throws {
    let left = try ring(.accepting(.arp))
    let right = try sender()
    let speaker = try cable.inside { try PacketSocketLink(cable.left, .sendOnly) }
    try speaker.send(frame(type: 0x0806, payload: arpPayload()))
    try right.send(frame(type: 0x0806, payload: arpPayload()))
    try right.send(frame())
    let seen = try left.drained().map(\.information)
    #expect(seen.map(\.direction) == [.outbound, .inbound])
    #expect(seen.map(\.packetType) == [.outgoing, .broadcast])
    #expect(seen.allSatisfy { $0.interfaceIndex == cable.left.interfaceIndex })
  }

  @Test("counts what found no room as dropped, and nothing twice")
  func drops() throws {
    let left = try ring {
      $0.blockSize = 4096
      $0.blockCount = 2
    }
    let right = try sender()
    for _ in 0..<300 { try right.send(frame(payload: [UInt8](repeating: 1, count: 500))) }
    let received = try left.drained().count
    let statistics = try left.statistics()
    #expect(statistics.dropped > 0)
    #expect(statistics.received == received)
    #expect(statistics.received + statistics.dropped == 300)
  }

  @Test("goes round its blocks many times in order, told by the loop")
  func wraps() throws {
    let loop = try EventLoop()
    let left = try ring {
      $0.blockSize = 4096
      $0.blockCount = 4
      $0.retireTimeout = 1
    }
    let right = try sender()
    var numbers: [Int] = []
    var next = 0
    func sendSome() {
      for _ in 0..<5 {
        try? right.send(
          frame(
            payload: [UInt8(next >> 8), UInt8(next & 0xff)] + [UInt8](repeating: 0, count: 300)))
        next += 1
      }
    }
    try left.start(on: loop) {
      _ = try? left.receive(limit: 3) { bytes, _ in
        let bytes = bytes.withUnsafeBytes { Array($0) }
        numbers.append(Int(bytes[14]) << 8 | Int(bytes[15]))
      }
      if numbers.count == next { next < 500 ? sendSome() : loop.stop() }
    }
    loop.schedule(after: .zero) { sendSome() }
    loop.schedule(after: .seconds(20)) { loop.stop() }
    loop.runUntilStopped()
    #expect(numbers == Array(0..<500))
  }

  @Test("stamps frames in order, between their sending and their receipt")
  func timestamps() throws {
    let (left, right) = (try ring(), try sender())
    let before = CaptureTimestamp.now
    for _ in 0..<50 { try right.send(frame()) }
    let stamps = try left.drained().map(\.information.timestamp)
    let after = CaptureTimestamp.now
    #expect(stamps.count == 50)
    #expect(stamps == stamps.sorted())
    #expect(stamps.allSatisfy { before <= $0 && $0 <= after })
  }

  @Test("tells once that its interface went down")
  func down() throws {
    let left = try ring()
    try cable.inside("link", "set", "left", "down")
    #expect(throws: LinkError.interfaceDown("left")) { try left.receiveAll() }
    #expect(try left.receiveAll().isEmpty)
  }

  @Test("refuses sizes that the kernel has no ring for", arguments: [UInt32(0), 1000, 3072])
  func sizes(blockSize: UInt32) throws {
    #expect(throws: LinkError.self) { try ring { $0.blockSize = blockSize } }
  }
}
