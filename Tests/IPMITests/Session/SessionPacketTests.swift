import IPMI
import OpenSSL
import Support
import Testing

@Suite("Packets of IPMI 1.5")
struct SessionPacketTests {
  private let cryptography: OpenSSLCryptography

  init() throws {
    cryptography = try OpenSSLCryptography()
  }

  /// Activate Session with the password `test`, captured between a console and OpenIPMI's simulator.
  @Test(arguments: ["activate-md5", "activate-md2"])
  func codesOfCapturedPacketsAreRight(_ name: String) throws {
    let datagram = try Fixture.hex("Fixtures/ipmi/\(name).hex")
    let packet = try packet(datagram)
    let authentication = try SessionAuthentication(
      type: packet.authenticationType, password: try Secret("test", atMost: 16))
    #expect(verifies(authentication, datagram))
    #expect(
      authentication.seal(
        packet.message, sessionID: packet.sessionID, sequenceNumber: packet.sequenceNumber,
        using: cryptography) == datagram)
  }

  /// python-ipmi, tests/interfaces/test_rmcp.py: an MD5 code with the password `admin`.
  @Test func codeOfPythonIPMI() throws {
    let vector = try FixtureVector("Fixtures/ipmi/python-ipmi-md5.txt")
    let authentication = try SessionAuthentication(
      type: .md5, password: try Secret("admin", atMost: 16))
    let id = try parse(vector.bytes("session-id")) { bytes in
      var reader = MessageReader(bytes, as: .session)
      return try reader.u32()
    }
    let code = try parse(vector.bytes("message")) { message in
      authentication.code(
        sessionID: id, sequenceNumber: 0, message: message, using: cryptography)
    }
    let expected = try vector.bytes("code")
    #expect(code?.bytes == expected)
  }

  /// ipmitool's `-o supermicro`: MD5(challenge xor MD5(password)), computed with md5sum.
  @Test func codeOfSupermicro() throws {
    let challenge = Octets16(padding: [UInt8](0..<16).messageBytes)
    let authentication = try SessionAuthentication(
      type: .oem, password: try Secret("ADMIN", atMost: 16), challenge: challenge)
    let message: [UInt8] = [1, 2, 3]
    let code = authentication.code(
      sessionID: 1, sequenceNumber: 2, message: message.messageBytes, using: cryptography)
    let expected = try FixtureVector("Fixtures/ipmi/supermicro.txt").bytes("code")
    #expect(code?.bytes == expected)
  }

  @Test(arguments: [AuthenticationType.md2, .md5, .straightPassword, .oem, .none])
  func verifiesWhatItSeals(_ type: AuthenticationType) throws {
    var generator = SeededGenerator(seed: UInt64(type.rawValue))
    for count in [0, 1, 7, 8, 55, 255] {
      let authentication = try SessionAuthentication(
        type: type, password: try Secret("a password of 16", atMost: 16),
        challenge: Octets16(using: &generator))
      let message = [UInt8].random(count: count, using: &generator)
      let datagram = authentication.seal(
        message, sessionID: .random(in: 1 ... .max, using: &generator),
        sequenceNumber: .random(in: 1 ... .max, using: &generator), using: cryptography)
      #expect(verifies(authentication, datagram))
      #expect(try packet(datagram).message == message)
      #expect(try packet(datagram + [0]).message == message, "a legacy pad is no part of it")
      let other = try SessionAuthentication(
        type: type, password: try Secret("a password of 17", atMost: 16))
      #expect(verifies(other, datagram) == (type == .none))
    }
  }

  @Test(arguments: [AuthenticationType.md2, .md5])
  func refusesEveryTurnedBit(_ type: AuthenticationType) throws {
    let authentication = try SessionAuthentication(
      type: type, password: try Secret("test", atMost: 16))
    let datagram = authentication.seal(
      IPMIMessage(networkFunction: .chassis, sequenceNumber: 3, command: 1).bytes,
      sessionID: 0x0102_0304, sequenceNumber: 9, using: cryptography)
    // The header of RMCP, and the reserved bits of the type, are not hashed.
    let covered = 5..<datagram.count
    for turned in oneBitTurned(in: datagram)
    where turned[covered] != datagram[covered] || turned[4] & 0x0f != datagram[4] {
      #expect(!verifies(authentication, turned))
    }
  }

  @Test func aPacketWithoutACodeIsNotLetThroughWhenOneIsAskedFor() throws {
    let authentication = try SessionAuthentication(type: .md5, password: .empty)
    let datagram = SessionPacket(sequenceNumber: 1, sessionID: 2, message: [1]).datagram
    #expect(!verifies(authentication, datagram))
  }

  @Test func unknownTypesNeverVerifyAndNeverTrap() throws {
    for number in UInt8(7)...15 {
      let authentication = try SessionAuthentication(
        type: AuthenticationType(rawValue: number), password: .empty)
      let datagram = authentication.seal(
        [1, 2, 3], sessionID: 1, sequenceNumber: 1, using: cryptography)
      #expect(!verifies(authentication, datagram))
    }
  }

  @Test func refusesAPasswordThatDoesNotFit() {
    #expect(throws: SecretTooLong(byteCount: 17, limit: 16)) {
      let password = Secret(copying: [UInt8](repeating: 65, count: 17).messageBytes)
      _ = try SessionAuthentication(type: .md5, password: password)
    }
  }

  @Test func refusesWhatIsCut() throws {
    let datagram = try Fixture.hex("Fixtures/ipmi/activate-md5.hex")
    for beginning in beginnings(of: datagram) {
      #expect(throws: IPMIError.self) { _ = try packet(beginning) }
    }
    #expect(
      throws: IPMIError.truncated(
        layer: .session, needed: 55, available: 54, lengthFrom: .field(offset: 25))
    ) { _ = try packet(datagram.dropLast()) }
  }

  private func packet(_ datagram: some Sequence<UInt8>) throws -> SessionPacket {
    try parse(Array(datagram)) { bytes in
      let message = try RMCPMessage(bytes)
      return try SessionPacket(parsing: message.body)
    }
  }

  private func verifies(_ authentication: SessionAuthentication, _ datagram: [UInt8]) -> Bool {
    do {
      return try parse(datagram) { bytes in
        let message = try RMCPMessage(bytes)
        let packet = try SessionPacketView(message.body)
        return authentication.verifies(packet, using: cryptography)
      }
    } catch {
      return false
    }
  }
}
