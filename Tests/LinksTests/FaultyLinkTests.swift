import EventLoop
import LinkLayer
import Links
import MonotonicTime
import Testing

@Suite("A faulty link")
struct FaultyLinkTests {
  private func pair(_ rules: FaultRule..., seed: UInt64 = 1) -> (FaultyLink, MemoryLink) {
    let (left, right) = MemoryLink.pair()
    return (FaultyLink(wrapping: left, rules: rules, seed: seed), right)
  }

  private func numbers(_ frames: [Received]) -> [UInt8] { frames.compactMap(\.bytes.last) }

  @Test("without rules is no different from the link inside")
  func noRules() throws {
    let (left, right) = pair()
    try left.send(frame(payload: [1]))
    try right.send(frame(payload: [2]))
    #expect(numbers(try right.receiveAll()) == [1])
    #expect(numbers(try left.receiveAll()) == [2])
  }

  @Test("drops all that is sent and nothing that is received")
  func dropSent() throws {
    let (left, right) = pair(.dropAllSent)
    try left.send(frame())
    try right.send(frame(payload: [2]))
    #expect(try right.receiveAll().isEmpty)
    #expect(numbers(try left.receiveAll()) == [2])
    #expect(left.sentFaults.dropped == 1)
    #expect(throws: LinkError.frameTooShort(byteCount: 1, minimum: 14)) { try left.send([1]) }
  }

  @Test("drops ARP replies, tagged ones too, and lets requests pass")
  func dropReplies() throws {
    let (left, right) = pair(.dropARPReplies())
    let request = frame(type: 0x0806, payload: arpPayload(operation: 1))
    let reply = frame(type: 0x0806, payload: arpPayload(operation: 2))
    let tagged = frame(tags: [tag(5)], type: 0x0806, payload: arpPayload(operation: 2))
    for frame in [request, reply, tagged] { try right.send(frame) }
    #expect(try left.receiveAll().map(\.bytes) == [request])
    #expect(left.receivedFaults.dropped == 2)
  }

  @Test("begins and ends where a rule says")
  func skipAndLimit() throws {
    let (left, right) = pair(FaultRule(.sent, .drop, skip: 2, limit: 3))
    for number in 0..<8 { try left.send(frame(payload: [UInt8(number)])) }
    #expect(numbers(try right.receiveAll()) == [0, 1, 5, 6, 7])
  }

  @Test("duplicates")
  func duplicate() throws {
    let (left, right) = pair(FaultRule(.sent, .duplicate))
    try left.send(frame(payload: [1]))
    #expect(numbers(try right.receiveAll()) == [1, 1])
    #expect(left.sentFaults.duplicated == 1)
  }

  @Test("delays in both directions by virtual time")
  func delay() throws {
    let loop = try EventLoop(clock: .virtual)
    let (left, right) = pair(FaultRule(.both, .delay(.milliseconds(300)), limit: 1))
    var arrivals: [String] = []
    func note(_ name: String, _ link: any Link) {
      for number in numbers((try? link.receiveAll()) ?? []) {
        arrivals.append("\(name) \(number) \(loop.now.nanoseconds / 1_000_000)")
      }
    }
    try left.start(on: loop) { note("left", left) }
    try right.start(on: loop) { note("right", right) }
    loop.schedule(after: .seconds(1)) {
      for number in [1, 2] as [UInt8] {
        try? left.send(frame(payload: [number]))
        try? right.send(frame(payload: [number]))
      }
    }
    loop.run(for: .seconds(3))
    #expect(
      arrivals.sorted() == ["left 1 1300", "left 2 1000", "right 1 1300", "right 2 1000"])
  }

  @Test("lets later frames overtake, and sends the last one after a while all the same")
  func reorder() throws {
    let loop = try EventLoop(clock: .virtual)
    let (left, right) = pair(FaultRule(.sent, .reorder(past: 2), limit: 1))
    try left.start(on: loop) {}
    for number in 0..<4 { try left.send(frame(payload: [UInt8(number)])) }
    #expect(numbers(try right.receiveAll()) == [1, 2, 0, 3])

    let (other, end) = pair(FaultRule(.sent, .reorder(past: 2)))
    try other.start(on: loop) {}
    loop.schedule(after: .zero) { try? other.send(frame(payload: [9])) }
    loop.run(for: .seconds(1))
    #expect(numbers(try end.receiveAll()) == [9])
  }

  @Test("turns exactly one bit behind the addresses")
  func corrupt() throws {
    let (left, right) = pair(FaultRule(.sent, .corrupt))
    let sent = frame(payload: [UInt8](repeating: 0x5a, count: 40))
    try left.send(sent)
    let received = try #require(try right.receiveAll().first).bytes
    #expect(received.prefix(12) == sent.prefix(12))
    #expect(zip(received, sent).map { ($0 ^ $1).nonzeroBitCount }.reduce(0, +) == 1)
  }

  @Test("has the same luck with the same seed, and about the loss that it was given")
  func seeded() throws {
    func survivors(_ seed: UInt64) throws -> [Int] {
      let (left, right) = pair(.loss(0.3), seed: seed)
      for number in 0..<1000 {
        try left.send(frame(payload: [UInt8(number >> 8), UInt8(number & 0xff)]))
      }
      return try right.receiveAll().map { Int($0.bytes[14]) << 8 | Int($0.bytes[15]) }
    }
    let first = try survivors(7)
    #expect(try survivors(7) == first)
    #expect(try survivors(8) != first)
    #expect((600...800).contains(first.count))
  }

  @Test("lends held frames when it is drained")
  func drains() throws {
    let (left, right) = pair(FaultRule(.received, .reorder(past: 5)))
    try right.send(frame(payload: [4]))
    #expect(numbers(try left.drained()) == [4])
  }

  @Test("passes on that the link inside is closed")
  func closed() throws {
    let (left, _) = pair()
    try left.close()
    #expect(throws: LinkError.closed) { try left.send(frame()) }
    #expect(throws: LinkError.closed) { try left.receiveAll() }
  }
}
