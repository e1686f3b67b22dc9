import BMCSimulator
import IPMI
import Machines
import MonotonicTime
import Testing

/// What our console leaves in a controller's few slots.
@Suite("Our console in a controller's slots")
struct SlotTests {
  private func conversation(
    _ latency: Duration, slots: Int = 4, password: String = Bench.password, isFleet: Bool = false
  ) throws -> Conversation {
    var options = SessionOptions()
    options.version = .version20
    var conversation = try Conversation(options, password: password) { $0.slots = slots }
    conversation.toConsole = { [(latency, $0)] }
    // Others are quick: what is lost is sent again early.
    if isFleet { conversation.console.expectAnswers(within: .milliseconds(20)) }
    return conversation
  }

  @Test(
    "has one slot once its session stands, and none in the end",
    arguments: [10, 310, 700, 3000, 5000], [false, true])
  func session(_ milliseconds: Int, _ isFleet: Bool) throws {
    var conversation = try conversation(.milliseconds(milliseconds), isFleet: isFleet)
    _ = try conversation.ask(GetChassisStatus())
    #expect(conversation.controller.occupiedSlotCount == 1)
    conversation.close()
    conversation.run()
    #expect(conversation.controller.occupiedSlotCount == 0)
  }

  @Test("gets in where one slot is free", arguments: [10, 310, 700, 3000])
  func lastSlot(_ milliseconds: Int) throws {
    var conversation = try conversation(.milliseconds(milliseconds), slots: 1)
    let answer = try conversation.ask(GetChassisStatus())
    #expect(answer.completionCode == .completed)
  }

  @Test("takes one only, when answers to the first question are lost", arguments: 1...3)
  func lostAnswers(_ lost: Int) throws {
    var conversation = try conversation(.milliseconds(10), isFleet: true)
    var count = 0
    conversation.toConsole = { datagram in
      // What is answered beside, which versions it speaks, takes no slot.
      if datagram[4] == AuthenticationType.rmcpPlus.rawValue { count += 1 }
      return count <= lost ? [] : [(.milliseconds(10), datagram)]
    }
    _ = try conversation.ask(GetChassisStatus())
    // Of those whose number never came nobody can give anything back.
    #expect(conversation.controller.occupiedSlotCount == 1 + lost)
  }

  @Test("is out at once when its password is wrong", arguments: [10, 310, 700])
  func wrongPassword(_ milliseconds: Int) throws {
    var conversation = try conversation(.milliseconds(milliseconds), password: "wrong")
    #expect(throws: BMCFailure.wrongUserOrPassword) {
      try conversation.ask(GetChassisStatus())
    }
    conversation.run()
    #expect(conversation.controller.occupiedSlotCount == 0)
  }

  /// Ctrl-C, or the end of the time for all: at every moment of a login.
  @Test("is out when it is interrupted, or its only call is", arguments: [false, true], 1...7)
  func interruption(_ isCancelled: Bool, _ step: Int) throws {
    var conversation = try conversation(.milliseconds(100))
    conversation.submit(GetChassisStatus())
    conversation.run(for: .milliseconds(50 * step))
    if isCancelled {
      conversation.cancel(1)
    } else {
      conversation.close()
    }
    conversation.run()
    // What has not been answered yet cannot be given back.
    let isUnknown = step < 2
    let kept = isCancelled && conversation.console.state == .active
    #expect(conversation.controller.occupiedSlotCount == (isUnknown || kept ? 1 : 0))
    #expect(conversation.console.deadline == nil)
  }

  @Test("gives the old session's slot back when it opens another in its place")
  func anotherSession() throws {
    var conversation = try conversation(.milliseconds(10))
    _ = try conversation.ask(GetChassisStatus(), as: 1)
    var count = 0
    // The answers to six questions in a row are lost: the session seems to be.
    conversation.toConsole = { datagram in
      count += 1
      return count <= 6 ? [] : [(.milliseconds(10), datagram)]
    }
    _ = try conversation.ask(GetChassisStatus(), as: 2)
    #expect(conversation.facts.count == 2)
    #expect(conversation.controller.occupiedSlotCount == 1)
  }
}
