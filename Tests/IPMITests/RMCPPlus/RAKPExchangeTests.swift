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

  @Test func refusesWhatCannotBe() throws {
    let long = Secret(copying: [UInt8](repeating: 65, count: 21).messageBytes)
    #expect(zeroExchange(.suite3, password: .empty) != nil)
    #expect(zeroExchange(.suite3, password: long) == nil)
    let unspoken = try #require(CipherSuite(id: 4))
    #expect(zeroExchange(unspoken, password: .empty) == nil)
  }

  private func zeroExchange(_ suite: CipherSuite, password: Secret) -> RAKPExchange? {
    RAKPExchange(
      suite: suite, consoleSessionID: 1,
      first: RAKPMessage1(
        messageTag: 0, controllerSessionID: 2, consoleRandom: .zero, role: .highest, userName: []),
      controllerRandom: .zero, controllerGUID: .zero, password: password)
  }

  @Test func theIntegrityAlgorithmMakesTheCheckValueWhereAControllerDoesSo() throws {
    let vector = try FixtureVector("Fixtures/ipmi/suite-3.txt")
    var first = RAKPMessage1(
      messageTag: 0, controllerSessionID: 2, consoleRandom: .zero,
      role: RequestedRole(.administrator, nameOnly: true), userName: [])
    let suite = CipherSuite(
      authentication: .hmacSHA256, integrity: .hmacSHA196, confidentiality: .none)
    let quirky = try #require(
      RAKPExchange(
        suite: suite, consoleSessionID: 1, first: first, controllerRandom: .zero,
        controllerGUID: .zero, password: .empty,
        quirks: [.checkValueByIntegrityAlgorithm, .nameOnlyBitIgnored]))
    let key = try secret(vector, "sik")
    #expect(quirky.integrityCheckValue(key, using: cryptography).byteCount == 12)
    // Bit 4 of the role makes no difference in RAKP 2 then, and does in RAKP 3.
    first.role = RequestedRole(.administrator)
    let plain = try #require(
      RAKPExchange(
        suite: suite, consoleSessionID: 1, first: first, controllerRandom: .zero,
        controllerGUID: .zero, password: .empty))
    #expect(plain.integrityCheckValue(key, using: cryptography).byteCount == 16)
    #expect(
      plain.secondCode(using: cryptography) == quirky.secondCode(using: cryptography))
    #expect(plain.thirdCode(using: cryptography) != quirky.thirdCode(using: cryptography))
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
