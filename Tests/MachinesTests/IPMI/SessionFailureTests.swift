import IPMI
import MonotonicTime
import Testing

@testable import Machines

@Suite struct `Why a session cannot be had` {
  @Test func `a wrong password, and the controller's slot is given back`() throws {
    var talk = try SessionTalk(password: "wrong")
    talk.submit()
    try talk.run()
    #expect(talk.failures[1] == .wrongUserOrPassword)
    #expect(talk.controller.done == ["abandoned"])
  }

  @Test func `an unknown user`() throws {
    var talk = try SessionTalk(user: "nobody")
    talk.submit()
    try talk.run()
    #expect(talk.failures[1] == .wrongUser)
  }

  @Test func `a wrong password in IPMI 1.5, where the controller is silent`() throws {
    var options = SessionOptions()
    options.version = .version15
    options.deadline = .seconds(20)
    var talk = try SessionTalk(options, password: "wrong")
    talk.submit()
    try talk.run()
    #expect(talk.failures[1] == .passwordNotConfirmed)
  }

  @Test func `an unknown user in IPMI 1.5`() throws {
    var options = SessionOptions()
    options.version = .version15
    var talk = try SessionTalk(options, user: "nobody")
    talk.submit()
    try talk.run()
    #expect(talk.failures[1] == .wrongUser)
  }

  @Test func `a privilege level that the user does not have`() throws {
    var controller = try PaperController()
    controller.limit = .user
    var talk = try SessionTalk(controller: controller)
    talk.submit()
    try talk.run()
    #expect(talk.failures[1] == .privilegeTooLow)
  }

  @Test func `that nobody has said who asks`() throws {
    for version in [SessionVersion.version20, .version15] {
      var options = SessionOptions()
      options.version = version
      var talk = try SessionTalk(options, user: "", password: "")
      talk.submit()
      try talk.run()
      #expect(talk.failures[1] == .nullUserRefused)
    }
  }

  /// By 0Ah some controllers mean the suite. Where there is no other left, it is the level.
  @Test func `a privilege level that Open Session is refused for`() throws {
    var talk = try SessionTalk()
    talk.toConsole = { _, datagram in
      guard datagram[5] == 0x11 else { return [(.zero, datagram)] }
      let payload = Array(datagram.dropFirst(16))
      let refusal = OpenSessionResponse(
        messageTag: payload[0], consoleSessionID: nil, outcome: .refused(.unauthorizedRole))
      return [(.zero, refusal.datagram)]
    }
    talk.submit()
    try talk.run()
    #expect(talk.failures[1] == .privilegeTooLow)
  }

  @Test func `a password that is too long for IPMI 1.5`() throws {
    var options = SessionOptions()
    options.version = .version15
    var talk = try SessionTalk(options, password: "seventeen-letters")
    talk.submit()
    #expect(talk.failures[1] == .passwordTooLong(limit: 16))
    #expect(talk.sent.isEmpty)
  }

  @Test func `silence`() throws {
    var talk = try SessionTalk()
    talk.toController = { _, _ in [] }
    talk.submit(as: 1)
    talk.submit(as: 2)
    try talk.run()
    #expect(talk.failures[1] == .noAnswer(.openSession))
    #expect(talk.failures[2] == .deadline)
    #expect(talk.now == .origin + .seconds(10))
    #expect(talk.session.state == .idle)
  }

  @Test func `no more attempts than were asked for`() throws {
    var options = SessionOptions()
    options.version = .version20
    options.opening = Retransmission(first: .seconds(1), factor: 1, attempts: 3)
    var talk = try SessionTalk(options)
    talk.toController = { _, _ in [] }
    talk.submit()
    try talk.run()
    #expect(talk.attempts == [0, 1, 2].map { Instant.origin + .seconds($0) })
    #expect(talk.now == .origin + .seconds(3))
    #expect(talk.failures[1] == .noAnswer(.openSession))
  }

  /// The network's word comes before the last wait is over, and the patience with it ends after it.
  @Test(arguments: [SessionVersion.version15, .version20])
  func `the network's word, though the last attempt's time is over first`(
    _ version: SessionVersion
  ) throws {
    var options = SessionOptions()
    options.version = version
    options.pace(.seconds(1), attempts: 1)
    var talk = try SessionTalk(options)
    talk.toController = { _, _ in [] }
    talk.submit()
    try talk.run(for: .milliseconds(10))
    talk.perform { session, now in
      session.suspect(.portClosed, at: now)
      return []
    }
    try talk.run()
    #expect(talk.failures[1] == .portClosed)
  }

  @Test func `the network's word, when nothing better comes`() throws {
    var talk = try SessionTalk()
    talk.toController = { _, _ in [] }
    talk.submit()
    talk.perform { session, now in
      session.suspect(.unreachable(.deadNeighbor), at: now)
      return []
    }
    try talk.run()
    #expect(talk.failures[1] == .unreachable(.deadNeighbor))
    #expect(talk.now == .origin + .milliseconds(100))
  }

  @Test func `after a failure the next call tries again`() throws {
    var talk = try SessionTalk()
    talk.toController = { _, _ in [] }
    talk.submit(as: 1)
    try talk.run()
    talk.toController = { _, datagram in [(.zero, datagram)] }
    talk.submit(as: 2)
    try talk.run()
    #expect(talk.answers[2]?.completionCode == .completed)
  }
}
