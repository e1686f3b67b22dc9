import IPMI
import MonotonicTime
import Support
import Testing

@testable import Machines

@Suite struct `A serial console over LAN` {
  @Test func `asks for the line, protected, and says when it has it`() {
    var console = SerialOverLANSession()
    let first = console.start(at: .origin)
    guard case .call(let call) = first.first else {
      Issue.record("no call")
      return
    }
    #expect(call.command == 0x48)
    #expect(call.data == [1, 1, 0xc4, 0, 0, 0])
    let second = console.answered(.success(activated), at: .origin)
    #expect(second == [.report(.attached)])
    #expect(console.start(at: .origin).isEmpty)
  }

  @Test func `sends as much as the controller takes, and the next when it is acknowledged`() throws
  {
    var console = attached()
    var line = PaperLine()
    let text = [UInt8]("the quick brown fox jumps over the lazy dog".utf8)
    var way = console.type(text, at: .origin).payloads
    #expect(way.first?.count == 24)
    while !way.isEmpty {
      for answer in try line.receive(way.removeFirst()) {
        way += console.receive(answer, at: .origin).payloads
      }
    }
    #expect(line.typed == text)
    #expect(console.pendingCount == 0)
  }

  @Test func `sends again what a controller did not accept`() throws {
    var console = attached()
    var line = PaperLine()
    line.acceptance = 3
    let text = [UInt8]("login root".utf8)
    var way = console.type(text, at: .origin).payloads
    while !way.isEmpty {
      for answer in try line.receive(way.removeFirst()) {
        way += console.receive(answer, at: .origin).payloads
      }
    }
    #expect(line.typed == text)
  }

  @Test func `leaves a controller alone that took nothing`() throws {
    var console = attached()
    var line = PaperLine()
    line.acceptance = 0
    let sent = console.type([1, 2], at: .origin).payloads
    let full = try line.receive(try #require(sent.first))
    #expect(console.receive(try #require(full.first), at: .origin).isEmpty)
    let later = try #require(console.deadline)
    #expect(later == .origin + .milliseconds(500))
    line.acceptance = 255
    for payload in console.fire(at: later).payloads { _ = try line.receive(payload) }
    #expect(line.typed == [1, 2])
  }

  @Test func `shows what comes twice once, and of what has grown the rest`() {
    var console = attached()
    func packet(_ number: UInt8, _ text: String) -> [UInt8] {
      SerialOverLANPacket(
        sequenceNumber: number, status: [], characters: [UInt8](text.utf8)
      ).bytes
    }
    #expect(console.receive(packet(1, "abc"), at: .origin).output == [UInt8]("abc".utf8))
    let again = console.receive(packet(1, "abc"), at: .origin)
    #expect(again.output.isEmpty)
    #expect(again.payloads == [[0, 1, 3, 0]])
    #expect(console.receive(packet(1, "abcde"), at: .origin).output == [UInt8]("de".utf8))
    #expect(console.receive(packet(2, "abc"), at: .origin).output == [UInt8]("abc".utf8))
  }

  @Test func `takes the answer to a question of before for no other`() {
    var console = attached()
    let later = Instant.origin + .seconds(20)
    #expect(console.fire(at: later).calls == [0x4b])
    // The session is lost under the question, which is asked again in the next.
    _ = console.sessionRenewed(at: later)
    #expect(console.fire(at: later + .seconds(1)).calls == [0x48])
    let device = BMCAnswer(.completed, Array(repeating: 0, count: 15))
    #expect(console.answered(.success(device), at: later + .seconds(2)).isEmpty)
    #expect(console.state == .activating)
    #expect(console.answered(.success(activated), at: later + .seconds(2)) == [.report(.attached)])
    // Nor is it the end that is waited for.
    #expect(console.fire(at: later + .seconds(40)).calls == [0x4b])
    #expect(console.stop(at: later + .seconds(40)).calls == [0x49])
    #expect(console.answered(.success(device), at: later + .seconds(41)).isEmpty)
    #expect(
      console.answered(.success(BMCAnswer(.completed)), at: later + .seconds(41))
        == [.finish(.closed)])
  }

  @Test func `passes over a packet that the next one has overtaken`() {
    var console = attached()
    func packet(_ number: UInt8, _ text: String) -> [UInt8] {
      SerialOverLANPacket(
        sequenceNumber: number, status: [], characters: [UInt8](text.utf8)
      ).bytes
    }
    #expect(console.receive(packet(1, "abc"), at: .origin).output == [UInt8]("abc".utf8))
    #expect(console.receive(packet(2, "de"), at: .origin).output == [UInt8]("de".utf8))
    #expect(console.receive(packet(1, "abc"), at: .origin).output.isEmpty)
    #expect(console.receive(packet(3, "f"), at: .origin).output == [UInt8]("f".utf8))
    // The numbers of some controllers go back and forth: other characters are new ones.
    #expect(console.receive(packet(2, "gh"), at: .origin).output == [UInt8]("gh".utf8))
  }

  @Test func `acknowledges with what is typed, when there is something`() {
    var console = attached()
    _ = console.type([9], at: .origin)
    _ = console.type([8], at: .origin)
    let packet = SerialOverLANPacket(
      sequenceNumber: 5, acknowledgedNumber: 1, acceptedCount: 1, status: [], characters: [65, 66])
    let answer = console.receive(packet.bytes, at: .origin)
    #expect(answer.payloads == [[2, 5, 2, 0, 8]])
  }

  @Test(arguments: 1...20)
  func `loses and repeats nothing, whatever the network does`(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var console = attached { $0.retransmission.attempts = nil }
    var line = PaperLine()
    line.acceptance = Int.random(in: 1...20, using: &random)
    let typed = (0..<300).map { _ in UInt8.random(in: 32...126, using: &random) }
    let said = (0..<300).map { _ in UInt8.random(in: 32...126, using: &random) }
    var shown: [UInt8] = []
    var now = Instant.origin
    var way: [(at: Instant, isToLine: Bool, bytes: [UInt8])] = []
    func put(_ bytes: [UInt8], toLine: Bool) {
      // In order: a session drops what comes out of it. Lost or doubled it may be.
      let copies = [0, 1, 1, 1, 2].randomElement(using: &random) ?? 1
      for _ in 0..<copies { way.append((now + .milliseconds(20), toLine, bytes)) }
    }
    for payload in console.type(typed, at: now).payloads { put(payload, toLine: true) }
    var saidCount = 0
    var resayAt = Instant.origin
    for _ in 0..<20_000 {
      if line.outstanding == nil, saidCount < said.count {
        let part = Array(said[saidCount..<min(said.count, saidCount + 17)])
        saidCount += part.count
        put(line.say(part), toLine: false)
        resayAt = now + .milliseconds(300)
      } else if let packet = line.outstanding, resayAt <= now {
        put(packet.bytes, toLine: false)
        resayAt = now + .milliseconds(300)
      }
      let next = [way.map(\.at).min(), console.deadline, line.outstanding.map { _ in resayAt }]
        .compactMap { $0 }.min()
      guard let next, line.typed != typed || shown != said else { break }
      now = max(now, next)
      if let index = way.firstIndex(where: { $0.at <= now }) {
        let datagram = way.remove(at: index)
        if datagram.isToLine {
          for answer in try line.receive(datagram.bytes) { put(answer, toLine: false) }
        } else {
          let actions = console.receive(datagram.bytes, at: now)
          shown += actions.output
          for payload in actions.payloads { put(payload, toLine: true) }
        }
      } else {
        let actions = console.fire(at: now)
        for payload in actions.payloads { put(payload, toLine: true) }
        if !actions.calls.isEmpty { _ = console.answered(.success(owner(1)), at: now) }
      }
    }
    #expect(line.typed == typed)
    #expect(shown == said)
  }
}
