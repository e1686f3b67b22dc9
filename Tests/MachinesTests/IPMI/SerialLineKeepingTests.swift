import IPMI
import MonotonicTime
import Support
import Testing

@testable import Machines

/// How a console keeps its line, loses it, and takes it again.
@Suite struct `A line of a serial console` {
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
