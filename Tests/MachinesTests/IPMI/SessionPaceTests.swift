import IPMI
import MonotonicTime
import Testing

@testable import Machines

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
    #expect(talk.attempts == [.origin, .origin + .seconds(5)])
    var slow = try slowTalk(.milliseconds(4900)) { $0.pace(.seconds(5)) }
    slow.submit()
    try slow.run()
    #expect(slow.answers.count == 1 && slow.sent.count == 4)
  }
}
