import BMCSimulator
import IPMI
import MonotonicTime
import Support
import Testing

/// What real controllers do wrong, each by its switch.
@Suite("Misbehaviours")
struct MisbehaviorTests {
  private func bench(_ misbehaviors: Misbehavior...) throws -> Bench {
    try Bench { $0.misbehaviors = Set(misbehaviors) }
  }

  @Test("the initial sequence number comes twice")
  func repeatedInitialSequence() throws {
    let console = try Console15(try bench(.repeatedInitialSequence), .md5).logIn()
    _ = try console.call(GetChassisStatus())
    _ = try console.call(GetChassisStatus())
    let initial = Console15.initialOutbound
    #expect(console.inbound == [initial, initial, initial + 1])
  }

  @Test("silence where an answer is due")
  func silence() throws {
    let bench = try bench(
      .silentCipherSuites, .silentClose, .silentWrongPassword, .silentPing)
    let asked = RMCPPlusPacket.unprotected(
      .ipmi, payload: GetChannelCipherSuites(index: 0).message().bytes)
    #expect(bench.exchange(asked).isEmpty)
    #expect(bench.exchange(PresencePing(tag: 1).datagram).isEmpty)
    let console = try Console20(bench).logIn()
    let close = CloseSession(.sessionID(console.controllerID))
    #expect(console.exchange(try console.seal(close.message())).isEmpty)
    let sessions = bench.bmc.activeSessionCount
    #expect(sessions == 0, "it was done all the same")
    let other = Console20(bench, port: 40001)
    _ = try other.open()
    let keys = try other.exchange(after: other.prove(other.firstMessage()), password: "wrong")
    #expect(other.exchange(other.thirdMessage(keys).datagram).isEmpty)
  }

  @Test("an unknown user gets a code that nobody can have made")
  func unknownUser() throws {
    let console = Console20(try bench(.unknownUserAsWrongCode))
    _ = try console.open()
    let second = try console.prove(console.firstMessage("nobody"))
    guard case .proof(let proof) = second.outcome else {
      Issue.record("refused")
      return
    }
    let keys = try console.exchange(after: second)
    #expect(keys.secondCode(using: console.bench.cryptography) != proof.keyExchangeCode)
    #expect(try console.accept(console.thirdMessage(keys)).status != .noErrors)
  }

  @Test("busy at first; no cycle when off; no extended capabilities")
  func completionCodes() throws {
    let bench = try bench(.busyFirst, .refusedCycleWhenOff, .refusedExtendedCapabilities)
    let console = try Console20(bench).logIn()
    #expect(throws: CompletionCode.nodeBusy) { try console.raiseToAdministrator() }
    try console.raiseToAdministrator()
    _ = try console.call(ChassisControl(.powerDown))
    #expect(throws: CompletionCode.notSupportedInState) {
      try console.call(ChassisControl(.powerCycle))
    }
    let ask = GetChannelAuthenticationCapabilities(privilege: PrivilegeLimit(.user))
    #expect(try bench.ask(ask.message())?.completionCode == .invalidDataField)
    var old = ask
    old.asksForExtendedData = false
    #expect(try bench.ask(old.message())?.completionCode == .completed)
  }

  @Test("Open Session is answered with less than was asked for")
  func weakerSuite() throws {
    let console = Console20(try bench(.weakerSuite, .unnamedPrivilege))
    guard case .opened(let opened) = try console.open().outcome else {
      Issue.record("refused")
      return
    }
    #expect(opened.suite == .suite0 && opened.role == .highest)
  }

  @Test("answers without protection, which a console must refuse")
  func plainAnswers() throws {
    let console = try Console20(try bench(.plainAnswers)).logIn()
    let answers = console.exchange(try console.seal(GetChassisStatus().message()))
    #expect(answers.count == 1)
    #expect(throws: PacketRefusal.unauthenticated) { try console.opened(answers[0]) }
  }

  @Test("a forged copy, and the answer before, come first")
  func forgedAndStale() throws {
    let console = try Console20(try bench(.forgedAnswers, .staleAnswers)).logIn()
    let first = console.exchange(try console.seal(GetChassisStatus().message(1)))
    #expect(first.count == 2)
    #expect(throws: PacketRefusal.wrongCode) { try console.opened(first[0]) }
    #expect(try console.opened(first[1]).sequenceNumber == 1)
    let second = console.exchange(try console.seal(GetChassisStatus().message(2)))
    #expect(second.count == 3 && second[1] == first[1])
    #expect(try console.opened(second[2]).sequenceNumber == 2)
  }

  @Test("everything twice")
  func duplicates() throws {
    let answers = try bench(.duplicateAnswers).exchange(PresencePing(tag: 9).datagram)
    #expect(answers.count == 2 && answers[0] == answers[1])
  }

  @Test("a refusal that ends after its status")
  func shortRefusal() throws {
    let bench = try Bench {
      $0.misbehaviors = [.shortRefusals]
      $0.suites = [.suite3]
    }
    let answer = try #require(bench.exchange(Console20(bench).openRequest).first)
    // 16 bytes of headers, tag and status.
    #expect(answer.count == 18 && answer[17] != 0)
  }

  @Test("messages that are addressed or summed wrongly")
  func messages() throws {
    let addressed = try Console20(try bench(.wrongRequesterAddress)).logIn()
    let response = try addressed.call(GetChassisStatus().message())
    #expect(response.requesterAddress == 0x20)
    let summed = try Console20(try bench(.wrongChecksum)).logIn()
    #expect(throws: IPMIError.self) { try summed.call(GetChassisStatus()) }
  }

  @Test("suite 0 with a check value that it should not have")
  func needlessCheckValue() throws {
    let console = Console20(try bench(.needlessCheckValue), suite: .suite0)
    _ = try console.open()
    let keys = try console.exchange(after: console.prove(console.firstMessage()))
    #expect(try console.accept(console.thirdMessage(keys)).integrityCheckValue.byteCount == 16)
  }

  @Test("latency, loss and reordering are what they are set to")
  func conditions() throws {
    let slow = try Bench {
      $0.conditions = NetworkConditions(
        shortestDelay: .milliseconds(5), longestDelay: .milliseconds(20))
    }
    for _ in 0..<200 { slow.exchange(PresencePing(tag: 1).datagram) }
    #expect(slow.delays.count == 200)
    #expect(slow.delays.allSatisfy { (.milliseconds(5) ... .milliseconds(20)).contains($0) })
    #expect(Set(slow.delays).count > 100)

    let lossy = try Bench { $0.conditions = NetworkConditions(loss: 0.1) }
    let answered = (0..<10000).count { _ in !lossy.exchange(PresencePing(tag: 1).datagram).isEmpty }
    // Each way one in ten is lost: 8,100 come through, give or take 5 standard deviations.
    #expect((7900...8300).contains(answered))

    let reordering = try Bench { $0.conditions = NetworkConditions(reordering: 0.5) }
    for _ in 0..<100 { reordering.exchange(PresencePing(tag: 1).datagram) }
    let late = reordering.delays.count { $0 >= .milliseconds(20) }
    #expect((20...80).contains(late) && reordering.delays.contains(.zero))
  }
}
