import CaptureFile
import EventLoop
import LinkLayer
import Links
import MonotonicTime
import Testing

@Suite("A pair in memory")
struct MemoryLinkTests {
  @Test("carries frames both ways, in order and unchanged")
  func carries() throws {
    let (left, right) = MemoryLink.pair()
    let frames = (0..<5).map { frame(payload: [UInt8($0)]) }
    for frame in frames { try left.send(frame) }
    try right.send(frame(payload: [9]))
    #expect(try right.receiveAll().map(\.bytes) == frames)
    #expect(try left.receiveAll().map(\.bytes) == [frame(payload: [9])])
  }

  @Test("tells the tag, the direction and to whom a frame is addressed")
  func informs() throws {
    let (left, right) = MemoryLink.pair()
    try left.send(frame(tags: [tag(7, priority: 5)], type: 0x0806))
    try left.send(frame(to: right.properties.hardwareAddress.bytes))
    try left.send(frame(to: [0x33, 0x33, 0, 0, 0, 1]))
    try left.send(frame(to: [2, 9, 9, 9, 9, 9]))
    let received = try right.receiveAll().map(\.information)
    #expect(received.map(\.packetType) == [.broadcast, .host, .multicast, .otherHost])
    #expect(received.map(\.tag) == [VLANTag(priority: 5, identifier: 7), nil, nil, nil])
    #expect(received.allSatisfy { $0.direction == .inbound })
    #expect(received[0].originalLength == 18)
  }

  @Test("calls once a turn for as long as frames wait")
  func callsAgain() throws {
    let loop = try EventLoop(clock: .virtual)
    let (left, right) = MemoryLink.pair()
    for _ in 0..<3 { try left.send(frame()) }
    var calls = 0
    try right.start(on: loop) {
      calls += 1
      _ = try? right.receive(limit: 1) { _, _ in }
    }
    loop.run(for: .seconds(1))
    #expect(calls == 3)
  }

  @Test("delivers after its latency, to the nanosecond of virtual time")
  func latency() throws {
    let loop = try EventLoop(clock: .virtual)
    let (left, right) = MemoryLink.pair(latency: .microseconds(1500))
    var arrivals: [Instant] = []
    try left.start(on: loop) {}
    try right.start(on: loop) {
      arrivals.append(loop.now)
      _ = try? right.receiveAll()
    }
    loop.schedule(after: .seconds(1)) { try? left.send(frame()) }
    loop.run(for: .seconds(2))
    #expect(arrivals == [.origin + .seconds(1) + .microseconds(1500)])
  }

  @Test("stamps frames with virtual time")
  func stamps() throws {
    let loop = try EventLoop(clock: .virtual)
    let (left, right) = MemoryLink.pair()
    try left.start(on: loop) {}
    try right.start(on: loop) {}
    loop.schedule(after: .milliseconds(1250)) { try? left.send(frame()) }
    loop.run(for: .seconds(2))
    let received = try right.receiveAll()
    #expect(received.first?.information.timestamp == .init(seconds: 1, nanoseconds: 250_000_000))
  }

  @Test("refuses the lengths that the kernel refuses", arguments: [0, 13, 1515])
  func lengths(count: Int) throws {
    let (left, _) = MemoryLink.pair()
    let bytes = [UInt8](repeating: 0, count: count)
    let expected =
      count < 14
      ? LinkError.frameTooShort(byteCount: count, minimum: 14)
      : LinkError.frameTooLong(byteCount: count, limit: 1514)
    #expect(throws: expected) { try left.send(bytes) }
  }

  @Test("has room for an 802.1Q tag beyond the MTU")
  func taggedLength() throws {
    let (left, right) = MemoryLink.pair()
    try left.send(frame(tags: [tag(5)], payload: [UInt8](repeating: 1, count: 1500)))
    #expect(throws: LinkError.frameTooLong(byteCount: 1519, limit: 1518)) {
      try left.send(frame(tags: [tag(5)], payload: [UInt8](repeating: 1, count: 1501)))
    }
    #expect(try right.receiveAll().count == 1)
  }

  @Test("says that it is closed; what a closed end is sent is lost")
  func closed() throws {
    let (left, right) = MemoryLink.pair()
    right.close()
    try left.send(frame())
    #expect(throws: LinkError.closed) { try right.receiveAll() }
    #expect(throws: LinkError.closed) { try right.send(frame()) }
  }

  @Test("stops a batch before the frame that it refuses, and throws at the first")
  func batch() throws {
    let (left, right) = MemoryLink.pair()
    var batch = FrameBatch()
    batch.append(frame(payload: [1]))
    batch.append(capacity: 20) { output in
      for byte in frame(payload: [2]) { output.append(byte) }
    }
    batch.append([1, 2, 3])
    #expect(batch.count == 3)
    #expect(try left.send(batch) == 2)
    batch.removeFirst(2)
    #expect(batch.count == 1)
    #expect(throws: LinkError.frameTooShort(byteCount: 3, minimum: 14)) { try left.send(batch) }
    #expect(try right.receiveAll().map { $0.bytes.last } == [1, 2])
  }
}
