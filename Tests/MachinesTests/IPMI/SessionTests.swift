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
