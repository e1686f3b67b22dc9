import IPMI
import MonotonicTime
import Support
import Testing

@testable import Machines

/// The controller's end of a serial line on paper: what was typed into the line, and what it says.
private struct PaperLine {
  private(set) var typed: [UInt8] = []
  /// How many characters of a packet are accepted.
  var acceptance = 255
  private var lastNumber: UInt8 = 0
  private var lastAccepted: UInt8 = 0
  private var number: UInt8 = 0
  private(set) var outstanding: SerialOverLANPacket?

  /// The acknowledgement of a packet; a repeated one is acknowledged and not typed again.
  mutating func receive(_ payload: [UInt8]) throws -> [[UInt8]] {
    let packet = try SerialOverLANPacket(parsing: payload.messageBytes)
    if packet.acknowledgedNumber != 0, packet.acknowledgedNumber == outstanding?.sequenceNumber {
      outstanding = nil
    }
    guard packet.sequenceNumber != 0 else { return [] }
    if packet.sequenceNumber != lastNumber {
      let accepted = packet.characters.prefix(acceptance)
      typed += accepted
      lastNumber = packet.sequenceNumber
      lastAccepted = UInt8(accepted.count)
    }
    return [
      SerialOverLANPacket(
        sequenceNumber: 0, acknowledgedNumber: lastNumber, acceptedCount: lastAccepted, status: []
      ).bytes
    ]
  }

  /// A packet with characters of the machine's.
  mutating func say(_ characters: [UInt8]) -> [UInt8] {
    number = number % 15 + 1
    let packet = SerialOverLANPacket(
      sequenceNumber: number, status: [], characters: characters)
    outstanding = packet
    return packet.bytes
  }
}

private let activated = BMCAnswer(
  .completed,
  ActivatePayload.Response(inboundByteCount: 24, outboundByteCount: 200).data)

/// Somebody has the line.
private let taken = BMCAnswer(CompletionCode(rawValue: 0x80))

/// The session of this number has the line.
private func owner(_ number: UInt32) -> BMCAnswer {
  BMCAnswer(.completed, GetPayloadInstanceInfo.Response(sessionID: number).data)
}

/// A console that has the line.
private func attached(
  _ change: (inout SerialOverLANOptions) -> Void = { _ in }
) -> SerialOverLANSession {
  var options = SerialOverLANOptions()
  change(&options)
  var console = SerialOverLANSession(options: options)
  _ = console.start(at: .origin)
  _ = console.answered(.success(activated), at: .origin)
  return console
}

extension [SerialOverLANSession.Action] {
  fileprivate var payloads: [[UInt8]] {
    compactMap { if case .send(let bytes) = $0 { bytes } else { nil } }
  }

  fileprivate var output: [UInt8] {
    flatMap { action -> [UInt8] in if case .output(let bytes) = action { bytes } else { [] } }
  }

  fileprivate var calls: [UInt8] {
    compactMap { if case .call(let call) = $0 { call.command } else { nil } }
  }
}

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

  @Test func `keeps a session alive on which nothing is said`() {
    var console = attached()
    let quiet = Instant.origin + .seconds(20)
    #expect(console.deadline == quiet)
    #expect(console.fire(at: quiet).calls == [0x4b])
    #expect(console.answered(.success(owner(7)), at: quiet).isEmpty)
    #expect(console.deadline == quiet + .seconds(20))
  }

  @Test func `keeps it by a harmless command when the controller does not tell who has the line`() {
    var console = attached()
    var now = Instant.origin + .seconds(20)
    #expect(console.fire(at: now).calls == [0x4b])
    #expect(console.answered(.success(BMCAnswer(.invalidCommand)), at: now).isEmpty)
    now = now + .seconds(20)
    #expect(console.fire(at: now).calls == [1])
    #expect(console.answered(.success(BMCAnswer(.completed)), at: now).isEmpty)
  }

  @Test func `keeps it by an empty packet, or not at all, when told so`() {
    let later = Instant.origin + .seconds(20)
    var console = attached { $0.keepAlive = .packet }
    #expect(console.fire(at: later).payloads == [[0, 0, 0, 0]])
    var silent = attached { $0.keepAlive = .nothing }
    #expect(silent.deadline == nil)
    #expect(silent.fire(at: later).isEmpty)
  }

  @Test func `finds out that another has the line, and does not fight for it`() {
    var console = attached()
    var now = Instant.origin + .seconds(20)
    _ = console.fire(at: now)
    _ = console.answered(.success(owner(7)), at: now)
    now = now + .seconds(20)
    _ = console.fire(at: now)
    let lost = console.answered(.success(owner(8)), at: now)
    #expect(lost == [.report(.detached(.deactivated, wait: .seconds(1), unconfirmed: 0))])
    now = now + .seconds(1)
    #expect(console.fire(at: now).calls == [0x48])
    #expect(console.answered(.success(taken), at: now).calls == [0x4b])
    #expect(console.answered(.success(owner(8)), at: now) == [.finish(.takenOver)])
  }

  @Test(arguments: [UInt32(7), 8])
  func `takes the line from its own lost session, and from no other`(_ present: UInt32) {
    var console = attached()
    var now = Instant.origin + .seconds(20)
    _ = console.fire(at: now)
    _ = console.answered(.success(owner(7)), at: now)
    _ = console.sessionRenewed(at: now)
    now = now + .seconds(1)
    #expect(console.fire(at: now).calls == [0x48])
    #expect(console.answered(.success(taken), at: now).calls == [0x4b])
    let next = console.answered(.success(owner(present)), at: now)
    if present == 7 {
      #expect(next.calls == [0x49])
    } else {
      #expect(next == [.finish(.takenOver)])
    }
  }

  @Test(arguments: [UInt32(5), 6])
  func `knows its own line when the answer that gave it was lost`(_ present: UInt32) {
    var console = SerialOverLANSession()
    console.sessionID = 5
    _ = console.start(at: .origin)
    #expect(console.answered(.success(taken), at: .origin).calls == [0x4b])
    let next = console.answered(.success(owner(present)), at: .origin)
    #expect(next == [present == 5 ? .report(.attached) : .finish(.inUse)])
  }

  @Test func `tries again at longer and longer intervals, as often as it may`() {
    var console = attached { $0.reattachment.attempts = 3 }
    var now = Instant.origin
    var waits: [Duration] = []
    var actions = console.sessionRenewed(at: now)
    for _ in 0..<3 {
      guard case .report(.detached(_, let wait, _)) = actions.first else {
        Issue.record("\(actions)")
        return
      }
      waits.append(wait)
      now = now + wait
      _ = console.fire(at: now)
      actions = console.answered(.failure(.noAnswer(.command)), at: now)
    }
    #expect(waits == [.seconds(1), .seconds(2), .seconds(4)])
    #expect(actions == [.finish(.failed(.noAnswer(.command)))])
  }

  @Test func `tells how much was on its way when the line was lost`() {
    var console = attached()
    _ = console.type([1, 2, 3], at: .origin)
    #expect(
      console.sessionRenewed(at: .origin)
        == [.report(.detached(.failed(.sessionLost), wait: .seconds(1), unconfirmed: 3))])
    #expect(console.pendingCount == 0)
  }

  @Test func `holds the handshake lines as they are set, in every packet`() {
    var console = attached()
    #expect(console.setLines(.pauses, at: .origin).payloads == [[1, 0, 0, 0x08]])
    // Said once; an acknowledgement says it again.
    #expect(console.setLines(.pauses, at: .origin).isEmpty)
    #expect(console.receive([1, 1, 0, 0, 65], at: .origin).payloads == [[0, 1, 1, 0x08]])
    #expect(console.perform([.ring, .flushInbound], at: .origin).payloads == [[2, 0, 0, 0x2a]])
    _ = console.receive([0, 2, 0, 0], at: .origin)
    #expect(console.setLines([], at: .origin).payloads == [[3, 0, 0, 0]])
  }

  @Test func `takes the line again when the controller lets go of it`() {
    var console = attached()
    let gone = SerialOverLANPacket(sequenceNumber: 0, status: .deactivated).bytes
    #expect(
      console.receive(gone, at: .origin)
        == [.report(.detached(.deactivated, wait: .seconds(1), unconfirmed: 0))])
    _ = console.type([1], at: .origin)
    let later = Instant.origin + .seconds(1)
    #expect(console.deadline == later)
    #expect(console.fire(at: later).calls == [0x48])
    let back = console.answered(.success(activated), at: later)
    #expect(back.first == .report(.attached))
    #expect(back.payloads == [[1, 0, 0, 0, 1]])
  }

  @Test func `takes the line again in another session`() {
    var console = attached()
    let lost = console.sessionRenewed(at: .origin)
    #expect(lost == [.report(.detached(.failed(.sessionLost), wait: .seconds(1), unconfirmed: 0))])
    #expect(console.state == .detached)
    let later = Instant.origin + .seconds(1)
    #expect(console.fire(at: later).calls == [0x48])
    // The controller still has this console's lost session down as the owner.
    #expect(console.answered(.success(taken), at: later).calls == [0x49])
    #expect(console.answered(.success(BMCAnswer(.completed)), at: later).calls == [0x48])
  }

  @Test func `tells that another console has the line, and takes it when told to`() {
    var polite = SerialOverLANSession()
    _ = polite.start(at: .origin)
    #expect(polite.answered(.success(taken), at: .origin) == [.finish(.inUse)])
    var options = SerialOverLANOptions()
    options.takesOver = true
    var bold = SerialOverLANSession(options: options)
    _ = bold.start(at: .origin)
    #expect(bold.answered(.success(taken), at: .origin).calls == [0x49])
    #expect(bold.answered(.success(BMCAnswer(.completed)), at: .origin).calls == [0x48])
  }

  @Test func `gives up when the line is taken back each time, or cannot be taken`() {
    var options = SerialOverLANOptions()
    options.takesOver = true
    var console = SerialOverLANSession(options: options)
    var actions = console.start(at: .origin)
    for _ in 0..<3 {
      #expect(console.answered(.success(taken), at: .origin).calls == [0x49])
      _ = console.answered(.success(BMCAnswer(.completed)), at: .origin)
    }
    #expect(console.answered(.success(taken), at: .origin) == [.finish(.inUse)])
    console = SerialOverLANSession(options: options)
    _ = console.start(at: .origin)
    _ = console.answered(.success(taken), at: .origin)
    actions = console.answered(.success(BMCAnswer(.insufficientPrivilege)), at: .origin)
    guard case .finish(.failed(.completion(.insufficientPrivilege, _, _))) = actions.first else {
      Issue.record("\(actions)")
      return
    }
  }

  @Test func `gives the line back`() {
    var console = attached()
    #expect(console.stop(at: .origin).calls == [0x49])
    #expect(console.answered(.failure(.noAnswer(.command)), at: .origin) == [.finish(.closed)])
    #expect(console.stop(at: .origin).isEmpty)
    #expect(console.type([1], at: .origin).isEmpty)
  }

  @Test func `ends when a controller does not give the line`() {
    var console = SerialOverLANSession()
    _ = console.start(at: .origin)
    let disabled = console.answered(
      .success(BMCAnswer(CompletionCode(rawValue: 0x81))), at: .origin)
    guard case .finish(.failed(.completion(let code, _, let meaning))) = disabled.first else {
      Issue.record("\(disabled)")
      return
    }
    #expect(code.rawValue == 0x81 && meaning == "the payload type is disabled")
  }

  @Test func `an acknowledgement of something else, and noise, change nothing`() {
    var console = attached()
    _ = console.type([1, 2, 3], at: .origin)
    for payload: [UInt8] in [[], [1], [0, 7, 3], [0, 7, 3, 0], [0, 0, 3, 0], [0, 2, 255, 0]] {
      #expect(console.receive(payload, at: .origin).isEmpty)
    }
    #expect(console.pendingCount == 3)
    // More accepted than there was is all of it.
    #expect(console.receive([0, 1, 255, 0], at: .origin).isEmpty)
    #expect(console.pendingCount == 0)
  }

  @Test func `sends a break`() {
    var console = attached()
    #expect(console.sendBreak(at: .origin).payloads == [[1, 0, 0, 0x10]])
  }
}
