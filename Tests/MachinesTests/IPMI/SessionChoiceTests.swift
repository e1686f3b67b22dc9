import IPMI
import MonotonicTime
import Testing

@testable import Machines

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
