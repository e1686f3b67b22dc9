import BMCSimulator
import IPMI
import Machines
import MonotonicTime
import Support
import Testing

/// What a forged, late, repeated, reordered or downgraded datagram can do: nothing but delay.
@Suite("An adversary on the way")
struct AdversaryTests {
  /// Has the datagrams of a conversation go by way of an adversary.
  private func put(
    _ adversary: Adversary, between conversation: inout Conversation,
    toConsole: Adversary.Power, toController: Adversary.Power
  ) {
    conversation.toConsole = { adversary.take($0, toConsole: true, toConsole) }
    conversation.toController = { adversary.take($0, toConsole: false, toController) }
  }

  /// What another console and this controller say to each other.
  private func foreign(_ opening: Opening) throws -> [[UInt8]] {
    var conversation = try Conversation(opening.options, seed: 9)
    let answer = try conversation.ask(ChassisControl(.powerDown))
    #expect(answer.completionCode == .completed)
    return conversation.sent
  }

  /// Whatever the adversary does, both ways and without end: no answer is wrong, nothing is done that
  /// was not ordered, and no session is weaker than agreed. Orders may fail.
  @Test("makes no answer wrong, and has nothing done", arguments: Opening.allCases, 1...16)
  func safety(_ opening: Opening, _ seed: UInt64) throws {
    var options = opening.options
    options.deadline = .seconds(8)
    var conversation = try Conversation(options, seed: UInt8(seed)) { $0.slots = 63 }
    let adversary = Adversary(seed: seed, foreign: try foreign(opening))
    put(
      adversary, between: &conversation,
      toConsole: .init(loss: 0.25, delay: 900, forgeries: 4),
      toController: .init(loss: 0.2, delay: 400, isInOrder: true, forgeries: 4))
    var random = SeededGenerator(seed: seed)
    var possible: Set<Bool> = [true]
    for id in 1...6 as ClosedRange<UInt64> {
      let order = [nil, true, false].randomElement(using: &random) ?? nil
      do throws(BMCFailure) {
        let answer = try conversation.ordered(order, as: id)
        #expect(answer.completionCode == .completed)
        possible = [order ?? (answer.data.first.map { $0 & 1 } == 1)]
      } catch {
        if let order { possible.insert(order) }
        // What is on its way arrives.
        conversation.run(for: .seconds(1))
      }
      #expect(possible.contains(conversation.controller.isHostOn), "after \(id)")
    }
    #expect(conversation.facts.allSatisfy { $0.suite == opening.suite })
  }

  /// As long as the true answers come too, however late and after whatever else, every order is done and
  /// every answer is the controller's.
  @Test("changes nothing when the truth comes too", arguments: Opening.allCases, 1...16)
  func liveness(_ opening: Opening, _ seed: UInt64) throws {
    var options = opening.options
    options.deadline = .seconds(300)
    options.patience = .seconds(60)
    var conversation = try Conversation(options, seed: UInt8(seed)) { $0.slots = 63 }
    put(
      Adversary(seed: seed, foreign: try foreign(opening)), between: &conversation,
      toConsole: .init(loss: 0.1, delay: 250, forgeries: 3),
      toController: .init(loss: 0.1, delay: 50, isInOrder: true, forgeries: 0))
    for (id, order) in [nil, false, nil, true, nil].enumerated() {
      let answer = try conversation.ordered(order, as: UInt64(id) + 1)
      try #require(answer.completionCode == .completed)
      let isOn = conversation.controller.isHostOn
      #expect((order ?? (answer.data[0] & 1 == 1)) == isOn, "order \(id)")
    }
    #expect(conversation.powerChanges == [.off, .on])
    #expect(conversation.facts.allSatisfy { $0.suite == opening.suite })
  }

  /// The same with the patience that there is by default. What is lost it cannot wait for: a forged refusal
  /// stands until then.
  @Test(
    "changes nothing with the usual patience when nothing is lost", arguments: Opening.allCases,
    [(10, 40), (50, 50), (150, 100), (400, 300), (1000, 200)])
  func usualPatience(_ opening: Opening, _ delays: (there: Int, back: Int)) throws {
    for seed in 1...4 as ClosedRange<UInt64> {
      var options = opening.options
      options.deadline = .seconds(60)
      var conversation = try Conversation(options, seed: UInt8(seed)) { $0.slots = 63 }
      put(
        Adversary(seed: seed, foreign: try foreign(opening)), between: &conversation,
        toConsole: .init(loss: 0, delay: delays.back, forgeries: 3),
        toController: .init(loss: 0, delay: delays.there, isInOrder: true, forgeries: 0))
      for (id, order) in [nil, false, nil, true, nil].enumerated() {
        let answer = try conversation.ordered(order, as: UInt64(id) + 1)
        try #require(answer.completionCode == .completed)
        let isOn = conversation.controller.isHostOn
        #expect((order ?? (answer.data[0] & 1 == 1)) == isOn, "order \(id)")
      }
      #expect(conversation.powerChanges == [.off, .on])
      #expect(conversation.facts.allSatisfy { $0.suite == opening.suite })
    }
  }

  @Test("gets no session that is weaker than the least that is allowed", arguments: 1...40)
  func downgrade(_ seed: UInt64) throws {
    var options = SessionOptions()
    options.suites = CipherSuite.supported
    options.minimumSuite = .suite17
    options.authenticationTypes = [.none, .straightPassword, .md2, .md5]
    options.deadline = .seconds(20)
    var conversation = try Conversation(options, seed: UInt8(seed)) { $0.slots = 63 }
    put(
      Adversary(seed: seed), between: &conversation,
      toConsole: .init(loss: 0.3, delay: 500, forgeries: 6),
      toController: .init(loss: 0.1, delay: 100, forgeries: 2))
    do throws(BMCFailure) {
      let answer = try conversation.ordered(nil, as: 1)
      #expect(answer.completionCode == .completed && answer.data.first.map { $0 & 1 } == 1)
    } catch {
      #expect(error != .deadline)
    }
    #expect(conversation.facts.allSatisfy { $0.suite == .suite17 })
  }

  @Test("on a console's line loses, repeats and invents no character", arguments: 1...24)
  func serialLine(_ seed: UInt64) throws {
    var options = Opening.suite17.options
    options.deadline = .seconds(120)
    options.patience = .seconds(30)
    var conversation = try Conversation(options, seed: UInt8(seed)) { $0.slots = 63 }
    conversation.line = SerialOverLANSession()
    put(
      Adversary(seed: seed), between: &conversation,
      toConsole: .init(loss: 0.05, delay: 60, forgeries: 2),
      toController: .init(loss: 0.05, delay: 60, forgeries: 2))
    conversation.onLine { $0.start(at: $1) }
    conversation.run(for: .seconds(60)) { $0.lineReports.contains(.attached) }
    var random = SeededGenerator(seed: seed)
    var typed: [UInt8] = []
    while typed.count < 600 {
      let word = (0..<Int.random(in: 1...90, using: &random)).map { _ in
        UInt8.random(in: 0x20...0x7e, using: &random)
      }
      typed += word
      conversation.onLine { $0.type(word, at: $1) }
      let pause = Int.random(in: 0...400, using: &random)
      conversation.run(for: .milliseconds(pause))
    }
    let whole = typed
    conversation.run(for: .seconds(120)) { $0.printed.count >= whole.count }
    conversation.run(for: .seconds(10))
    #expect(conversation.printed == typed)
    #expect(conversation.lineReports.filter { $0 == .attached }.count == 1)
  }
}

extension Conversation {
  /// Has power switched, or looked at, and returns the answer.
  fileprivate mutating func ordered(
    _ isOn: Bool?, as id: UInt64
  ) throws(BMCFailure) -> BMCAnswer {
    if let isOn {
      submit(ChassisControl(isOn ? .powerUp : .powerDown), as: id)
    } else {
      submit(GetChassisStatus(), as: id)
    }
    run(until: { $0.answers[id] != nil || $0.failures[id] != nil })
    if let answer = answers[id] { return answer }
    throw failures[id] ?? .cancelled
  }
}
