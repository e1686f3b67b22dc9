import BMCSimulator
import IPMI
import MonotonicTime
import Support
import Testing

/// Sessions of IPMI 2.0, from the controller's side.
@Suite("Sessions of IPMI 2.0")
struct Session20Tests {
  @Test("every suite logs in and has a command done", arguments: CipherSuite.supported)
  func suites(_ suite: CipherSuite) throws {
    let bench = try Bench()
    let console = try Console20(bench, suite: suite).logIn()
    #expect(try console.call(GetChassisStatus()).isPowerOn)
    try console.raiseToAdministrator()
    _ = try console.call(ChassisControl(.powerDown))
    #expect(try console.call(GetChassisStatus()).isPowerOn == false)
    _ = try console.call(CloseSession(.sessionID(console.controllerID)))
    let sessions = bench.bmc.activeSessionCount
    #expect(sessions == 0)
  }

  @Test("a login with two keys needs the second")
  func twoKeys() throws {
    let key = try Secret("the controller's key", atMost: 20)
    let bench = try Bench { $0.key = key }
    #expect(try Console20(bench, key: key).logIn().call(GetChassisStatus()).isPowerOn)
    let other = Console20(bench, port: 40001)
    #expect(throws: Console20.Refused(status: .invalidIntegrityCheckValue)) { try other.logIn() }
  }

  @Test("an unknown user, too high a level and a wrong password are told apart")
  func refusals() throws {
    let bench = try Bench()
    #expect(throws: Console20.Refused(status: .unauthorizedName)) {
      try Console20(bench).logIn("nobody")
    }
    #expect(throws: Console20.Refused(status: .unauthorizedRole)) {
      try Console20(bench, role: .administrator, port: 40001).logIn("operator")
    }
    let console = Console20(bench, port: 40002)
    _ = try console.open()
    let keys = try console.exchange(
      after: console.prove(console.firstMessage()), password: "another")
    let fourth = try console.accept(console.thirdMessage(keys))
    #expect(fourth.status == .invalidIntegrityCheckValue)
    // None of them keeps its slot.
    for port in 0..<UInt16(4) {
      #expect(try Console20(bench, port: 41000 + port).open().status == .noErrors)
    }
  }

  @Test("algorithms that are not accepted are refused by their own status")
  func algorithms() throws {
    let bench = try Bench { $0.suites = [.suite3] }
    func status(_ id: UInt8) throws -> RMCPPlusStatus {
      try Console20(bench, suite: try #require(CipherSuite(id: id))).open().status
    }
    #expect(try status(17) == .invalidAuthenticationAlgorithm)
    #expect(try status(1) == .invalidIntegrityAlgorithm)
    #expect(try status(2) == .invalidConfidentialityAlgorithm)
    #expect(try status(3) == .noErrors)
    let two = try Bench { $0.suites = [.suite3, .suite0] }
    let one = Console20(two, suite: try #require(CipherSuite(id: 1)))
    #expect(try one.open().status == .noCipherSuiteMatch)
  }

  @Test("half-open sessions take slots until their time is over")
  func slots() throws {
    let bench = try Bench()
    for port in 0..<UInt16(4) {
      #expect(try Console20(bench, port: 41000 + port).open().status == .noErrors)
    }
    #expect(try Console20(bench, port: 42000).open().status == .insufficientResources)
    bench.wait(.seconds(59))
    #expect(try Console20(bench, port: 42000).open().status == .insufficientResources)
    bench.wait(.seconds(1))
    #expect(try Console20(bench, port: 42000).open().status == .noErrors)
  }

  @Test("a step that comes again is answered again, alike, and takes nothing")
  func repeated() throws {
    let bench = try Bench { $0.slots = 1 }
    let console = Console20(bench)
    let opened = console.exchange(console.openRequest)
    #expect(console.exchange(console.openRequest) == opened)
    _ = try console.open()
    let first = console.firstMessage()
    let proof = console.exchange(first.datagram())
    #expect(console.exchange(first.datagram()) == proof)
    let third = console.thirdMessage(try console.exchange(after: console.prove(first)))
    let fourth = console.exchange(third.datagram)
    #expect(console.exchange(third.datagram) == fourth)
    // Consoles that number what they repeat look for that number.
    var again = third
    again.messageTag &+= 1
    let answer = try console.accept(again)
    #expect(answer.messageTag == again.messageTag && answer.status == .noErrors)
    let sessions = bench.bmc.activeSessionCount
    #expect(sessions == 1)
  }

  @Test("a packet that is old, forged, unprotected or another's is not answered")
  func strangers() throws {
    let bench = try Bench()
    let console = try Console20(bench).logIn()
    let message = GetChassisStatus().message()
    let packet = try console.seal(message)
    #expect(console.exchange(packet).count == 1)
    #expect(console.exchange(packet).isEmpty, "the same packet again")
    let fresh = try console.seal(message)
    for index in 4..<fresh.count {
      var forged = fresh
      forged[index] ^= 0x10
      #expect(console.exchange(forged).isEmpty, "byte \(index) changed")
    }
    #expect(bench.exchange(fresh, from: Bench.peer(1)).isEmpty, "from somewhere else")
    let plain = RMCPPlusPacket.unprotected(
      .ipmi, sessionID: console.controllerID, sequenceNumber: 9, payload: message.bytes)
    #expect(console.exchange(plain).isEmpty)
    #expect(console.exchange(fresh).count == 1, "none of these moved the session")
  }

  @Test("a session does what its level allows")
  func privileges() throws {
    let bench = try Bench()
    let console = try Console20(bench, role: .operator).logIn("operator")
    #expect(throws: CompletionCode.insufficientPrivilege) {
      try console.call(ChassisControl(.powerDown))
    }
    #expect(throws: CompletionCode(rawValue: 0x80)) { try console.raiseToAdministrator() }
    _ = try console.call(SetSessionPrivilegeLevel(.operator))
    _ = try console.call(ChassisControl(.powerDown))
    let isOn = bench.bmc.isHostOn
    #expect(!isOn)
    #expect(throws: CompletionCode.insufficientPrivilege) { try console.call(ColdReset()) }
  }

  @Test("a session without packets ends, and its slot is free")
  func timeout() throws {
    let bench = try Bench { $0.slots = 1 }
    let console = try Console20(bench).logIn()
    bench.wait(.seconds(40))
    #expect(try console.call(GetChassisStatus()).isPowerOn)
    bench.wait(.seconds(40))
    #expect(try console.call(GetChassisStatus()).isPowerOn, "the clock began anew")
    bench.wait(.seconds(61))
    #expect(console.exchange(try console.seal(GetChassisStatus().message())).isEmpty)
    #expect(try Console20(bench, port: 40001).logIn().call(GetChassisStatus()).isPowerOn)
  }

  @Test("sessions know of each other; an administrator ends another's")
  func others() throws {
    let bench = try Bench()
    let user = try Console20(bench, role: .user).logIn("user")
    let admin = try Console20(bench, port: 40001).logIn()
    let own = try admin.call(GetSessionInfo(.current))
    #expect(own.activeSessions == 2 && own.possibleSessions == 4)
    #expect(own.session?.lanConsole?.port == 40001)
    #expect(own.session?.userID == 2 && own.session?.sessionProtocol == 1)
    #expect(throws: CompletionCode.insufficientPrivilege) {
      try user.call(CloseSession(.sessionID(admin.controllerID)))
    }
    try admin.raiseToAdministrator()
    _ = try admin.call(CloseSession(.sessionID(user.controllerID)))
    #expect(user.exchange(try user.seal(GetChassisStatus().message())).isEmpty)
  }
}
