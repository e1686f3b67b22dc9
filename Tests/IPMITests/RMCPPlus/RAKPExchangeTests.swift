import IPMI
import OpenSSL
import Support
import Testing

@Suite("Codes and keys of the handshake")
struct RAKPExchangeTests {
  let cryptography: OpenSSLCryptography

  init() throws {
    cryptography = try OpenSSLCryptography()
  }

  @Test(arguments: ["suite-3", "suite-17", "controller-key"])
  func computesWhatTwoImplementationsAgreedOn(_ name: String) throws {
    let vector = try FixtureVector("Fixtures/ipmi/\(name).txt")
    let exchange = try exchange(of: vector)
    let key = exchange.sessionIntegrityKey(using: cryptography)
    #expect(key.bytes.copied == (try vector.bytes("sik")))
    let check = exchange.integrityCheckValue(key, using: cryptography)
    #expect(check.bytes.copied == (try vector.bytes("rakp4")))
    if vector.has("rakp2") {
      #expect(
        exchange.secondCode(using: cryptography).bytes.copied == (try vector.bytes("rakp2")))
      #expect(exchange.thirdCode(using: cryptography).bytes.copied == (try vector.bytes("rakp3")))
    }
  }

  @Test func opensAPacketOfTheSession() throws {
    let vector = try FixtureVector("Fixtures/ipmi/suite-3.txt")
    let exchange = try exchange(of: vector)
    let security = exchange.security(
      exchange.sessionIntegrityKey(using: cryptography), using: cryptography)
    let datagram = try vector.bytes("packet")
    let message = try RMCPMessage(datagram.messageBytes)
    let packet = try RMCPPlusPacket(message.body)
    #expect(packet.sequenceNumber == (try number(vector, "sequence-number")))
    #expect(packet.sessionID == (try number(vector, "controller-session-id")))
    #expect(try security.open(packet, using: cryptography) == (try vector.bytes("message")))
  }
}

private func exchange(of vector: FixtureVector) throws -> RAKPExchange {
  let id = try vector.bytes("suite")[0]
  let suite = try #require(CipherSuite(id: id))
  let first = RAKPMessage1(
    messageTag: 0, controllerSessionID: try number(vector, "controller-session-id"),
    consoleRandom: try octets(vector, "console-random"),
    role: RequestedRole(rawValue: try vector.bytes("role")[0]),
    userName: try vector.bytes("name"))
  let consoleSessionID =
    vector.has("console-session-id") ? try number(vector, "console-session-id") : 0
  let controllerKey = vector.has("controller-key") ? try secret(vector, "controller-key") : nil
  let exchange = RAKPExchange(
    suite: suite, consoleSessionID: consoleSessionID, first: first,
    controllerRandom: try octets(vector, "controller-random"),
    controllerGUID: try octets(vector, "controller-guid"),
    password: try secret(vector, "password"),
    controllerKey: controllerKey)
  return try #require(exchange)
}

private func secret(_ vector: FixtureVector, _ name: String) throws -> Secret {
  let bytes = try vector.bytes(name)
  return Secret(copying: bytes.messageBytes)
}

private func number(_ vector: FixtureVector, _ name: String) throws -> UInt32 {
  let bytes = try vector.bytes(name)
  var reader = MessageReader(bytes.messageBytes, as: .message)
  return try reader.u32()
}

private func octets(_ vector: FixtureVector, _ name: String) throws -> Octets16 {
  let bytes = try vector.bytes(name)
  var reader = MessageReader(bytes.messageBytes, as: .message)
  return try reader.octets16()
}
