import BMCSimulator
import IPMI
import Machines
import MonotonicTime
import Testing

/// Steps of a login that nobody authenticates, forged: the true answer comes a moment later.
@Suite("Forged steps")
struct ForgedStepTests {
  @Test("another session than the one that was opened", arguments: [true, false])
  func openedSession(_ isStronger: Bool) throws {
    var options = Opening.suite3.options
    options.suites = [.suite3, .suite17]
    var conversation = try Conversation(options)
    conversation.toConsole = { datagram in
      guard datagram[5] == 0x11 else { return [(.zero, datagram)] }
      // With another number the controller knows no such session; with another suite its proof is wrong.
      var forged = datagram
      if isStronger {
        forged[28 + 4] = 3
        forged[36 + 4] = 4
      } else {
        forged[24] ^= 1
      }
      return [(.zero, forged), (.milliseconds(1), datagram)]
    }
    let answer = try conversation.ask(GetChassisStatus())
    #expect(answer.completionCode == .completed)
    #expect(conversation.facts.map(\.suite) == [.suite3])
    #expect(conversation.controller.activeSessionCount == 1)
    #expect(conversation.now < .origin + .milliseconds(20))
  }

  @Test("another challenge than the controller's")
  func challenge() throws {
    var conversation = try Conversation(Opening.md5.options)
    conversation.toConsole = { datagram in
      // RMCP and session header, then the message: command 39h.
      guard datagram.count > 19, datagram[4] == 0, datagram[19] == 0x39 else {
        return [(.zero, datagram)]
      }
      var forged = datagram
      forged[21] ^= 1
      forged[forged.count - 1] &-= forged[21] &- datagram[21]
      return [(.zero, forged), (.milliseconds(1), datagram)]
    }
    let answer = try conversation.ask(GetChassisStatus())
    #expect(answer.completionCode == .completed)
    #expect(conversation.now < .origin + .milliseconds(400), "the first wait was enough")
  }

  @Test("a console knows its own line when the answer that gave it was lost")
  func ownLine() throws {
    var conversation = try Conversation(Opening.suite17.options)
    _ = try conversation.ask(GetChassisStatus())
    var count = 0
    conversation.toConsole = { datagram in
      defer { count += 1 }
      // The first answers Set Session Privilege Level, the second Activate Payload.
      return count == 1 ? [] : [(.zero, datagram)]
    }
    conversation.onLine { $0.start(at: $1) }
    conversation.run(for: .seconds(5)) { $0.lineReports == [.attached] }
    conversation.onLine { $0.type(Array("hello".utf8), at: $1) }
    conversation.run(for: .seconds(1))
    #expect(conversation.printed == Array("hello".utf8))
  }

  @Test("the line of another console is not taken for the own")
  func othersLine() throws {
    let cases: [SessionOptions] = [Opening.suite17.options, Opening.suite3.options]
    for options in cases {
      var conversation = try Conversation(options)
      conversation.onLine { $0.start(at: $1) }
      conversation.run(for: .seconds(1)) { $0.lineReports == [.attached] }
      // The session is lost on this side alone; the controller's still has the line.
      conversation.line = SerialOverLANSession()
      conversation.console = try Conversation(options, seed: 5).console
      conversation.onLine { $0.start(at: $1) }
      conversation.run(for: .seconds(1)) { $0.lineOutcome != nil }
      #expect(conversation.lineOutcome == .inUse)
    }
  }
}
