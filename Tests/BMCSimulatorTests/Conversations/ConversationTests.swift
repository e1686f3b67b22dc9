import BMCSimulator
import IPMI
import Machines
import MonotonicTime
import Testing

/// Our console and our controller: every way to have a session, to its end.
@Suite("Our console and our controller")
struct ConversationTests {
  private func expectAll(_ conversation: inout Conversation) throws {
    #expect(try conversation.ask(GetChassisStatus(), as: 1).data.first.map { $0 & 1 } == 1)
    #expect(try conversation.ask(ChassisControl(.powerDown), as: 2).completionCode == .completed)
    #expect(try conversation.ask(GetChassisStatus(), as: 3).data.first.map { $0 & 1 } == 0)
    #expect(conversation.controller.activeSessionCount == 1)
    conversation.close()
    conversation.run()
    #expect(conversation.controller.activeSessionCount == 0)
    #expect(conversation.now == .origin, "nothing had to be waited for")
    #expect(conversation.powerChanges == [.off])
  }

  @Test("speak each suite", arguments: CipherSuite.supported)
  func suites(_ suite: CipherSuite) throws {
    var options = SessionOptions()
    options.version = .version20
    options.suites = [suite]
    var conversation = try Conversation(options)
    try expectAll(&conversation)
    #expect(conversation.facts.map(\.suite) == [suite])
  }

  @Test("speak each suite with two keys", arguments: CipherSuite.supported)
  func twoKeys(_ suite: CipherSuite) throws {
    let key = "the controller's key"
    var options = SessionOptions()
    options.version = .version20
    options.suites = [suite]
    func conversation(_ key: String?) throws -> Conversation {
      try Conversation(options, key: key) {
        $0.key = try Secret("the controller's key", atMost: 20)
      }
    }
    var right = try conversation(key)
    try expectAll(&right)
    // Without an authentication algorithm there is nothing to prove.
    guard suite != .suite0 else { return }
    for wrong in [nil, "another key"] {
      var conversation = try conversation(wrong)
      #expect(throws: BMCFailure.wrongKey) { try conversation.ask(GetChassisStatus()) }
    }
  }

  @Test(
    "speak IPMI 1.5, each authentication",
    arguments: [AuthenticationType.none, .md2, .md5, .straightPassword, .oem], [false, true])
  func authentications(_ type: AuthenticationType, _ isPerMessageOff: Bool) throws {
    var options = SessionOptions()
    options.version = .version15
    options.authenticationTypes = [type]
    var conversation = try Conversation(options) {
      $0.isMessageAuthenticationDisabled = isPerMessageOff
      $0.authenticationTypes.insert(.oem)
    }
    try expectAll(&conversation)
    #expect(conversation.facts.map(\.authenticationType) == [isPerMessageOff ? .none : type])
  }

  @Test("take 9 datagrams for a status in a fresh session of each suite, and 2 in a kept one")
  func datagrams() throws {
    for suite in CipherSuite.supported {
      var options = SessionOptions()
      options.suites = [suite]
      var conversation = try Conversation(options)
      _ = try conversation.ask(GetChassisStatus(), as: 1)
      #expect(conversation.datagramCount == 8)
      _ = try conversation.ask(GetChassisStatus(), as: 2)
      #expect(conversation.datagramCount == 10)
      // Nobody waits for the answer to Close Session.
      conversation.close()
      #expect(conversation.datagramCount == 11)
    }
  }

  @Test("tell a wrong password, an unknown user, too high a level and a full table apart")
  func refusals() throws {
    for version in [SessionVersion.version20, .version15] {
      var options = SessionOptions()
      options.version = version
      options.deadline = .seconds(5)
      func failure(
        user: String = "admin", password: String = Bench.password, slots: Int = 4
      ) throws -> BMCFailure? {
        var conversation = try Conversation(options, user: user, password: password) {
          $0.slots = slots
        }
        conversation.submit(GetChassisStatus())
        conversation.run()
        return conversation.failures[1]
      }
      let is20 = version == .version20
      #expect(try failure() == nil)
      #expect(
        try failure(password: "wrong") == (is20 ? .wrongUserOrPassword : .passwordNotConfirmed))
      #expect(try failure(user: "nobody") == .wrongUser)
      #expect(try failure(user: "user") == .privilegeTooLow)
      #expect(try failure(slots: 0) == .noSessionSlot)
    }
  }
}
