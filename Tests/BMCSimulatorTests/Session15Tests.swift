import BMCSimulator
import IPMI
import Support
import Testing

/// Sessions of IPMI 1.5, from the controller's side.
@Suite("Sessions of IPMI 1.5")
struct Session15Tests {
  static let authentications: [AuthenticationType] = [.none, .md2, .md5, .straightPassword]

  @Test("every authentication logs in and has commands done", arguments: authentications)
  func logsIn(_ type: AuthenticationType) throws {
    let bench = try Bench()
    let console = try Console15(bench, type).logIn()
    #expect(try console.call(GetChassisStatus()).isPowerOn)
    _ = try console.call(SetSessionPrivilegeLevel(.administrator))
    _ = try console.call(ChassisControl(.powerDown))
    #expect(try console.call(GetChassisStatus()).isPowerOn == false)
    // The activation itself has the initial number, then each packet one more.
    #expect(console.inbound == (0..<5).map { Console15.initialOutbound + $0 })
  }

  @Test("a wrong code is met with silence, an unknown user with a code")
  func refusals() throws {
    let bench = try Bench()
    let console = try Console15(bench, .md5, password: "another")
    let answer = try #require(try console.challenge())
    let challenge = try console.challenge(in: answer)
    #expect(bench.exchange(console.activation(challenge), from: console.peer).isEmpty)
    #expect(try console.challenge("nobody")?.completionCode?.rawValue == 0x81)
    #expect(try console.challenge("")?.completionCode?.rawValue == 0x82)
  }

  @Test("authentications that are switched off are refused")
  func switchedOff() throws {
    let bench = try Bench { $0.authenticationTypes = .md5 }
    #expect(try Console15(bench, .none).challenge()?.completionCode == .invalidDataField)
    #expect(try Console15(bench, .md5).logIn().call(GetChassisStatus()).isPowerOn)
  }

  @Test("packets that are old, forged or from elsewhere are not answered")
  func strangers() throws {
    let bench = try Bench()
    let console = try Console15(bench, .md5).logIn()
    let packet = console.seal(GetChassisStatus().message())
    #expect(bench.exchange(packet, from: console.peer).count == 1)
    #expect(bench.exchange(packet, from: console.peer).isEmpty)
    let fresh = console.seal(GetChassisStatus().message())
    for index in 4..<fresh.count {
      var forged = fresh
      forged[index] ^= 0x01
      #expect(bench.exchange(forged, from: console.peer).isEmpty, "byte \(index) changed")
    }
    #expect(bench.exchange(fresh, from: Bench.peer(1)).isEmpty)
    #expect(bench.exchange(fresh, from: console.peer).count == 1)
  }

  @Test("without authentication of every message, the session goes on without codes")
  func perMessage() throws {
    let bench = try Bench { $0.isMessageAuthenticationDisabled = true }
    let capabilities = try #require(
      try bench.ask(
        GetChannelAuthenticationCapabilities(privilege: PrivilegeLimit(.user)).message()))
    let body = Array(capabilities.body)
    let response = try GetChannelAuthenticationCapabilities.Response(parsing: body.messageBytes)
    #expect(response.status.contains(.perMessageUnauthenticated))
    let console = try Console15(bench, .md5).logIn()
    let plain = try Console15(bench, .none)
    plain.sessionID = console.sessionID
    plain.sequence = console.sequence
    #expect(try plain.call(GetChassisStatus()).isPowerOn)
  }

  @Test("a full table of slots is told by its own code")
  func slots() throws {
    let bench = try Bench { $0.slots = 1 }
    _ = try Console15(bench, .md5).logIn()
    #expect(throws: CompletionCode(rawValue: 0x81)) {
      try Console15(bench, .md5, port: 40001).logIn()
    }
  }

  @Test("challenges that nobody answers lock nobody out")
  func challenges() throws {
    let bench = try Bench()
    let impatient = try Console15(bench, .md5)
    for _ in 0..<1000 { _ = try impatient.challenge() }
    #expect(try Console15(bench, .md5, port: 40001).logIn().call(GetChassisStatus()).isPowerOn)
  }
}
