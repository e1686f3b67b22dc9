import IPMI
import MonotonicTime
import Testing

@testable import Machines

@Suite struct `A session with a controller` {
  private let on = BMCAnswer(.completed, [1, 0, 0])

  @Test func `takes 9 datagrams for one status, and 2 for the next`() throws {
    var talk = try SessionTalk()
    talk.submit()
    try talk.run()
    #expect(talk.answers[1] == on)
    #expect(talk.sent.count + talk.answered.count == 8)
    talk.submit(as: 2)
    try talk.run()
    #expect(talk.answers[2] == on)
    #expect(talk.sent.count + talk.answered.count == 10)
    talk.close()
    #expect(talk.sent.count + talk.answered.count == 11)
    #expect(talk.now == .origin)
    #expect(talk.session.deadline == nil)
  }

  @Test(arguments: CipherSuite.supported)
  func `is opened in each suite`(_ suite: CipherSuite) throws {
    var options = SessionOptions()
    options.suites = [suite]
    options.version = .version20
    var controller = try PaperController()
    controller.suites = [suite]
    var talk = try SessionTalk(options, controller: controller)
    talk.submit(BMCCall(ChassisControl(.powerUp)))
    try talk.run()
    talk.close()
    try talk.run()
    #expect(talk.controller.done == ["raise 3", "control 1", "close"])
    #expect(talk.facts.first?.suite == suite)
    #expect(talk.facts.first?.controllerGUID == PaperController.guid)
  }

  @Test(arguments: [AuthenticationType.none, .md2, .md5, .straightPassword])
  func `is opened in each authentication type of IPMI 1.5`(_ type: AuthenticationType) throws {
    var options = SessionOptions()
    options.version = .version15
    options.authenticationTypes = [type]
    var controller = try PaperController()
    controller.types = [type]
    var talk = try SessionTalk(options, controller: controller)
    talk.submit()
    try talk.run()
    talk.close()
    try talk.run()
    #expect(talk.answers[1] == on)
    #expect(talk.controller.done == ["status", "close"])
    #expect(talk.sent.count == 5)
    #expect(talk.facts.first?.authenticationType == type)
  }

  @Test func `of two keys needs both`() throws {
    var controller = try PaperController()
    controller.key = "0123456789abcdefghij"
    var right = try SessionTalk(key: "0123456789abcdefghij", controller: controller)
    right.submit()
    try right.run()
    #expect(right.answers[1] == on)
    var wrong = try SessionTalk(key: "another", controller: controller)
    wrong.submit()
    try wrong.run()
    #expect(wrong.failures[1] == .wrongKey)
  }

  @Test func `asks for one thing at a time, in the order of the calls`() throws {
    var talk = try SessionTalk()
    talk.submit(as: 1)
    talk.submit(BMCCall(ChassisControl(.powerDown)), as: 2)
    talk.submit(as: 3)
    try talk.run()
    #expect(talk.controller.done == ["status", "raise 3", "control 0", "status"])
    #expect(talk.answers.count == 3)
  }

  /// Found by the fuzzer: a packet of IPMI 1.5 tells its message's length in a byte.
  @Test(arguments: [(SessionVersion.version15, 249), (.version20, 65_000)])
  func `answers itself what no packet can carry, and goes on`(
    _ version: SessionVersion, _ count: Int
  ) throws {
    var options = SessionOptions()
    options.version = version
    var talk = try SessionTalk(options)
    let data = [UInt8](repeating: 0, count: count)
    talk.submit(BMCCall(networkFunction: .chassis, command: 0x7f, data: data), as: 1)
    talk.submit(as: 2)
    try talk.run()
    #expect(talk.answers[1] == BMCAnswer(.lengthLimitExceeded))
    #expect(talk.answers[2] == on)
  }

  @Test func `goes on when a call before is given up`() throws {
    var talk = try SessionTalk()
    talk.submit(as: 1)
    talk.submit(as: 2)
    talk.perform { $0.cancel(1, at: $1) }
    try talk.run()
    #expect(talk.answers[1] == nil && talk.failures[1] == nil)
    #expect(talk.answers[2] == on)
  }

  @Test func `is raised when the controller wants more than the specification`() throws {
    var controller = try PaperController()
    controller.statusLevel = .operator
    var talk = try SessionTalk(controller: controller)
    talk.submit()
    try talk.run()
    #expect(talk.answers[1] == on)
    #expect(talk.controller.done == ["raise 4", "status"])
  }

  @Test func `is not raised above what was asked for`() throws {
    var options = SessionOptions()
    options.privilege = .user
    var talk = try SessionTalk(options)
    talk.submit(BMCCall(ChassisControl(.powerUp)))
    try talk.run()
    #expect(talk.answers[1] == BMCAnswer(.insufficientPrivilege))
    #expect(talk.controller.done.isEmpty)
  }

  @Test func `waits for a busy controller`() throws {
    var controller = try PaperController()
    controller.busyAnswers = 2
    var talk = try SessionTalk(controller: controller)
    talk.submit()
    try talk.run()
    #expect(talk.answers[1] == on)
    #expect(talk.now > .origin)
  }

  @Test func `tells when a controller stays busy`() throws {
    var controller = try PaperController()
    controller.busyAnswers = .max
    var talk = try SessionTalk(controller: controller)
    talk.submit()
    try talk.run()
    #expect(talk.answers[1] == BMCAnswer(.nodeBusy))
  }

  @Test func `is opened anew when it was not used for long`() throws {
    var talk = try SessionTalk()
    talk.submit(as: 1)
    try talk.run(for: .seconds(51))
    talk.controller.reset()
    talk.submit(as: 2)
    try talk.run()
    #expect(talk.answers[2] == on)
    #expect(talk.controller.sessionsOpened == 2)
    // Without a wait: into the session that may be gone, nothing was sent but its end.
    #expect(talk.sent.count == 9)
    #expect(talk.now == .origin + .seconds(51))
  }

  @Test func `is opened anew when the controller has forgotten it`() throws {
    var talk = try SessionTalk()
    talk.submit(as: 1)
    try talk.run(for: .seconds(5))
    talk.controller.reset()
    talk.submit(as: 2)
    try talk.run()
    #expect(talk.answers[2] == on)
    #expect(talk.controller.sessionsOpened == 2)
  }

  @Test func `that is lost under a command that must not be repeated says that nobody knows`()
    throws
  {
    var talk = try SessionTalk()
    talk.submit(as: 1)
    try talk.run(for: .seconds(5))
    talk.controller.reset()
    talk.submit(BMCCall(ChassisControl(.powerCycle), isRepeatable: false), as: 2)
    try talk.run()
    // The session was raised first, and that may be repeated: the cycle is done once.
    #expect(talk.controller.done == ["status", "raise 3", "control 2"])
    talk.controller.reset()
    talk.submit(BMCCall(ChassisControl(.powerCycle), isRepeatable: false), as: 3)
    try talk.run()
    #expect(talk.failures[3] == .outcomeUnknown)
    #expect(talk.controller.done == ["status", "raise 3", "control 2"])
  }

  @Test func `bears with the initial number that is used twice`() throws {
    var options = SessionOptions()
    options.version = .version15
    var controller = try PaperController()
    controller.repeatsInitialNumber = true
    var talk = try SessionTalk(options, controller: controller)
    talk.submit(as: 1)
    talk.submit(as: 2)
    try talk.run()
    #expect(talk.answers.count == 2)
    #expect(talk.now == .origin)
  }

  @Test(arguments: [false, true])
  func `goes on without codes when the controller says that none are needed`(
    _ authenticatesEveryPacket: Bool
  ) throws {
    var options = SessionOptions()
    options.version = .version15
    if authenticatesEveryPacket { options.quirks = [.authenticatesEveryPacket] }
    var controller = try PaperController()
    controller.typeAfterActivation = authenticatesEveryPacket ? nil : AuthenticationType.none
    var talk = try SessionTalk(options, controller: controller)
    talk.submit()
    try talk.run()
    #expect(talk.answers[1] == on)
  }
}

@Suite struct `Which session is opened` {
  @Test func `suite 3 at once when 17 is refused`() throws {
    var controller = try PaperController()
    controller.suites = [.suite3]
    var talk = try SessionTalk(controller: controller)
    talk.submit()
    try talk.run()
    #expect(talk.facts.first?.suite == .suite3)
    #expect(talk.facts.first?.refusedSuites == [.suite17])
    #expect(talk.now == .origin)
    #expect(talk.sent.count == 5)
    // Whoever remembers it saves a round trip.
    let facts = try #require(talk.facts.first)
    var again = try SessionTalk(SessionOptions().preferring(facts), controller: controller)
    again.submit()
    try again.run()
    #expect(again.sent.count == 4)
  }

  @Test func `none weaker than the minimum`() throws {
    var options = SessionOptions()
    options.minimumSuite = .suite17
    var controller = try PaperController()
    controller.suites = [.suite3]
    var talk = try SessionTalk(options, controller: controller)
    talk.submit()
    try talk.run()
    #expect(talk.failures[1] == .noCipherSuite(.noCipherSuiteMatch))
    #expect(talk.facts.isEmpty)
  }

  @Test func `of IPMI 1.5 when the controller knows nothing else`() throws {
    var controller = try PaperController()
    controller.suites = []
    var talk = try SessionTalk(controller: controller)
    talk.submit()
    try talk.run()
    #expect(talk.facts.first?.authenticationType == .md5)
    #expect(talk.answers[1]?.completionCode == .completed)
    let facts = try #require(talk.facts.first)
    var again = try SessionTalk(SessionOptions().preferring(facts), controller: controller)
    again.submit()
    try again.run()
    #expect(again.now == .origin)
    #expect(again.facts.first?.isFallback == true)
    // What is remembered may be long gone.
    var renewed = try SessionTalk(SessionOptions().preferring(facts))
    renewed.controller.types = []
    renewed.submit()
    try renewed.run()
    #expect(renewed.facts.first?.suite == .suite17 && renewed.now == .origin)
  }

  @Test func `never of IPMI 1.5 when 2.0 was asked for`() throws {
    var options = SessionOptions()
    options.version = .version20
    var controller = try PaperController()
    controller.suites = []
    var talk = try SessionTalk(options, controller: controller)
    talk.submit()
    try talk.run()
    #expect(talk.failures[1] == .versionNotOffered(.version20))
    #expect(talk.facts.isEmpty)
    #expect(talk.now < .origin + .seconds(10))
  }

  /// A minimum suite forbids 1.5 whoever asks for it: nothing is sent.
  @Test func `never of IPMI 1.5 under a minimum suite`() throws {
    for version in [SessionVersion.version15, .automatic] {
      var options = SessionOptions()
      options.version = version
      options.minimumSuite = .suite17
      var controller = try PaperController()
      controller.suites = []
      var talk = try SessionTalk(options, controller: controller)
      talk.submit()
      try talk.run()
      let isForbidden = version == .version15
      let expected: BMCFailure =
        isForbidden ? .versionForbidden : .versionNotOffered(.version20)
      #expect(talk.failures[1] == expected)
      #expect(talk.sent.isEmpty == isForbidden && talk.facts.isEmpty)
    }
  }

  @Test func `of IPMI 2.0 when the first datagrams are lost`() throws {
    var talk = try SessionTalk()
    talk.toController = { index, datagram in index < 2 ? [] : [(.zero, datagram)] }
    talk.submit()
    try talk.run()
    #expect(talk.facts.first?.suite == .suite17)
    #expect(talk.answers.count == 1)
  }

  @Test func `never with a straight password that nobody asked for`() throws {
    var options = SessionOptions()
    options.version = .version15
    var controller = try PaperController()
    controller.types = [.none, .straightPassword]
    var talk = try SessionTalk(options, controller: controller)
    talk.submit()
    try talk.run()
    #expect(
      talk.failures[1]
        == .noAuthenticationType(offered: [.none, .straightPassword, .init(rawValue: 0)])
        || talk.failures[1]?.description.contains("NONE PASSWORD") == true)
    let secret = [UInt8]("secret".utf8)
    #expect(!talk.sent.contains { $0.bytes.firstRange(of: secret) != nil })
  }
}

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
    #expect(attempts(of: talk) == [0, 1, 2].map { Instant.origin + .seconds($0) })
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

@Suite struct `A quick controller` {
  private func lossyTalk(_ losing: Set<Int>, delay: Duration = .zero) throws -> SessionTalk {
    var talk = try SessionTalk()
    talk.toConsole = { index, datagram in losing.contains(index) ? [] : [(delay, datagram)] }
    return talk
  }

  private func timeWithout(_ answers: Set<Int>) throws -> Duration {
    var talk = try lossyTalk(answers)
    talk.submit()
    try talk.run()
    #expect(talk.answers.count == 1)
    return .nanoseconds(talk.now.nanoseconds - Instant.origin.nanoseconds)
  }

  @Test func `is asked again early when answers are lost, then as a slow one is`() throws {
    // The second answer is RAKP message 2, the fourth the command's.
    #expect(try timeWithout([1]) == .milliseconds(100))
    #expect(try timeWithout([1, 2]) == .milliseconds(100 + 200))
    #expect(try timeWithout([1, 2, 3]) == .milliseconds(100 + 200 + 300))
    #expect(try timeWithout([3]) == .milliseconds(100))
    #expect(try timeWithout([3, 4, 5, 6]) == .milliseconds(100 + 200 + 400 + 500))
  }

  @Test func `is known by others of its fleet, also while it is waited for`() throws {
    for isWaiting in [false, true] {
      var talk = try lossyTalk([0, 1])
      if isWaiting { talk.submit() }
      talk.session.expectAnswers(within: .milliseconds(70))
      if !isWaiting { talk.submit() }
      try talk.run()
      // Only once: each question of that kind takes a session of the controller's.
      #expect(talk.now == .origin + .milliseconds(140 + 300))
    }
  }

  @Test func `that is known, and its fleet, is asked again by what is known of both`() throws {
    // Of 20 ms alone it would be 160; where others take 60 it is 120, and for one of 50 three times that.
    for (own, others, wait) in [(20, 60, 120), (20, 10, 100), (50, 60, 150), (20, 90, 160)] {
      var talk = try lossyTalk([3], delay: .milliseconds(own))
      talk.session.expectAnswers(within: .milliseconds(others))
      talk.submit()
      try talk.run()
      #expect(talk.now == .origin + .milliseconds(3 * own + wait + own))
    }
  }

  @Test func `cannot be expected where others are slow`() throws {
    var talk = try lossyTalk([0])
    talk.session.expectAnswers(within: .milliseconds(170))
    talk.submit()
    try talk.run()
    #expect(talk.now == .origin + .milliseconds(300))
  }

  @Test func `is not known as long as it has answered nothing`() throws {
    var talk = try lossyTalk([0])
    talk.submit()
    try talk.run()
    #expect(talk.now == .origin + .milliseconds(300))
  }

  @Test func `that is slow is not hurried`() throws {
    var talk = try lossyTalk([3], delay: .milliseconds(70))
    talk.submit()
    try talk.run()
    // Three round trips, the wait for the lost one, and the one that answers.
    #expect(talk.now == .origin + .milliseconds(3 * 70 + 500 + 70))
  }

  @Test func `is never asked twice for what must not be done twice`() throws {
    var talk = try lossyTalk([4])
    talk.submit(BMCCall(ChassisControl(.powerCycle), isRepeatable: false))
    try talk.run()
    #expect(talk.failures[1] == .outcomeUnknown)
    #expect(talk.controller.done == ["raise 3", "control 2"])
    #expect(talk.sent.count == 5)
  }
}

@Suite struct `A slow controller` {
  private func slowTalk(
    _ delay: Duration, _ change: (inout SessionOptions) -> Void = { _ in }
  ) throws -> SessionTalk {
    var options = SessionOptions()
    change(&options)
    var talk = try SessionTalk(options)
    talk.toConsole = { _, datagram in [(delay, datagram)] }
    return talk
  }

  @Test(arguments: [300, 700, 1500, 3000, 5000], [SessionVersion.automatic, .version15])
  func `is reached, and asked no more often than it must`(
    _ milliseconds: Int, _ version: SessionVersion
  ) throws {
    var talk = try slowTalk(.milliseconds(milliseconds)) { $0.version = version }
    talk.submit(as: 1)
    talk.submit(as: 2)
    try talk.run()
    #expect(talk.answers.count == 2, "\(talk.failures)")
    // Three steps and two commands: only the first step's time is not known.
    #expect(talk.now == .origin + .milliseconds(5 * milliseconds))
    #expect(talk.controller.done == ["status", "status"])
  }

  @Test(arguments: [700, 3000])
  func `is ordered once what must be done once`(_ milliseconds: Int) throws {
    var talk = try slowTalk(.milliseconds(milliseconds))
    talk.submit(BMCCall(ChassisControl(.powerCycle), isRepeatable: false))
    try talk.run()
    #expect(talk.answers[1]?.completionCode == .completed)
    #expect(talk.controller.done == ["raise 3", "control 2"])
  }

  @Test func `whose one step takes longer than the first is waited for then`() throws {
    var talk = try SessionTalk()
    talk.toConsole = { _, datagram in
      [(datagram[5] == 0x13 ? .milliseconds(700) : .milliseconds(10), datagram)]
    }
    talk.submit()
    try talk.run()
    #expect(talk.answers.count == 1)
    #expect(talk.now < .origin + .seconds(2))
  }

  @Test func `has its time anew with each step, unless somebody wants it otherwise`() throws {
    var talk = try slowTalk(.seconds(4))
    talk.submit()
    try talk.run()
    #expect(talk.answers.count == 1 && talk.now == .origin + .seconds(16))
    var strict = try slowTalk(.seconds(4)) { $0.renewsDeadline = false }
    strict.submit()
    try strict.run()
    #expect(strict.failures[1] != nil && strict.answers.isEmpty)
  }

  @Test func `is asked at the pace that was named`() throws {
    var options = SessionOptions()
    options.version = .version20
    options.pace(.seconds(5), attempts: 2)
    var talk = try SessionTalk(options)
    talk.toController = { _, _ in [] }
    talk.submit()
    try talk.run()
    #expect(attempts(of: talk) == [.origin, .origin + .seconds(5)])
    var slow = try slowTalk(.milliseconds(4900)) { $0.pace(.seconds(5)) }
    slow.submit()
    try slow.run()
    #expect(slow.answers.count == 1 && slow.sent.count == 4)
  }
}

/// When a session of 2.0 was asked for. Beside the second attempt the controller is asked which versions it
/// speaks: that is none.
private func attempts(of talk: SessionTalk) -> [Instant] {
  talk.sent.filter { $0.bytes[4] == AuthenticationType.rmcpPlus.rawValue }.map(\.at)
}
