import IPMI
import OpenSSL
import Support
import Testing

@Suite("Packets of an RMCP+ session")
struct SessionSecurityTests {
  private let cryptography: OpenSSLCryptography

  init() throws {
    cryptography = try OpenSSLCryptography()
  }

  @Test(arguments: CipherSuite.supported)
  func opensWhatItSeals(_ suite: CipherSuite) throws {
    var generator = SeededGenerator(seed: UInt64(suite.id ?? 0xff))
    let security = try security(suite, using: &generator)
    for count in Array(0...66) + [255, 1000] {
      let payload = [UInt8].random(count: count, using: &generator)
      let datagram = security.seal(
        payload, as: .ipmi, sessionID: 0x0102_0304, sequenceNumber: 7,
        initializationVector: Octets16(using: &generator), using: cryptography)
      #expect(try open(datagram, security) == payload)
      let isAuthenticated = suite.integrity != .none
      // The authenticated part is filled to a multiple of 4 bytes.
      if isAuthenticated {
        #expect((datagram.count - 4 - suite.integrity.codeByteCount) % 4 == 0)
      }
      try parse(datagram) { bytes in
        let message = try RMCPMessage(bytes)
        let packet = try RMCPPlusPacket(message.body)
        #expect(packet.isAuthenticated == isAuthenticated)
        #expect(packet.isEncrypted == (suite.confidentiality != .none))
        #expect(packet.sessionID == 0x0102_0304 && packet.sequenceNumber == 7)
        #expect(packet.isEncrypted || packet.payload.copied == payload)
      }
    }
  }

  @Test(arguments: CipherSuite.supported.filter { $0.integrity != .none })
  func refusesEveryTurnedBit(_ suite: CipherSuite) throws {
    var generator = SeededGenerator(seed: 5)
    let security = try security(suite, using: &generator)
    let datagram = security.seal(
      IPMIMessage(networkFunction: .chassis, sequenceNumber: 3, command: 1).bytes, as: .ipmi,
      sessionID: 1, sequenceNumber: 7, initializationVector: Octets16(using: &generator),
      using: cryptography)
    // The header of RMCP is not hashed; all that follows is.
    for turned in oneBitTurned(in: datagram) where turned[4...] != datagram[4...] {
      #expect(throws: (any Error).self) { _ = try open(turned, security) }
    }
  }

  @Test(arguments: CipherSuite.supported)
  func refusesWhatIsCutAndWhatIsLonger(_ suite: CipherSuite) throws {
    var generator = SeededGenerator(seed: 6)
    let security = try security(suite, using: &generator)
    let datagram = security.seal(
      [UInt8](1...21), as: .serialOverLAN, sessionID: 1, sequenceNumber: 7,
      initializationVector: Octets16(using: &generator), using: cryptography)
    for beginning in beginnings(of: datagram) {
      #expect(throws: (any Error).self) { _ = try open(beginning, security) }
    }
    if suite.integrity != .none {
      #expect(throws: PacketRefusal.wrongCode) { _ = try open(datagram + [0], security) }
    }
  }

  /// A packet that drops its protection could come from anyone.
  @Test(arguments: CipherSuite.supported)
  func refusesLessProtectionThanWasAgreed(_ suite: CipherSuite) throws {
    var generator = SeededGenerator(seed: 8)
    let security = try security(suite, using: &generator)
    let payload: [UInt8] = IPMIMessage(networkFunction: .chassis, sequenceNumber: 3, command: 1)
      .bytes
    let plain = RMCPPlusPacket.unprotected(
      .ipmi, sessionID: 1, sequenceNumber: 7, payload: payload)
    var claimed = plain
    for flags in [0x40, 0x80, 0xc0] as [UInt8] {
      claimed[5] = flags
      if flags != (suite.integrity == .none ? 0 : 0x40)
        | (suite.confidentiality == .none ? 0 : 0x80)
      {
        #expect(throws: PacketRefusal.self) { _ = try open(claimed, security) }
      }
    }
    if suite.integrity == .none {
      #expect(try open(plain, security) == payload)
    } else {
      #expect(throws: PacketRefusal.unauthenticated) { _ = try open(plain, security) }
    }
    guard suite.confidentiality != .none else { return }
    // Authenticated with the right key, but not encrypted.
    let authenticated = try #require(
      SessionSecurity(
        suite: CipherSuite(
          authentication: suite.authentication, integrity: suite.integrity,
          confidentiality: .none),
        integrityKey: key(1, suite), cipherKey: .empty))
    let unencrypted = authenticated.seal(
      payload, sessionID: 1, sequenceNumber: 7, initializationVector: .zero, using: cryptography)
    #expect(throws: PacketRefusal.unencrypted) { _ = try open(unencrypted, security) }
  }

  @Test func refusesAnotherSessionsKey() throws {
    let suite = CipherSuite.suite17
    let one = try #require(
      SessionSecurity(suite: suite, integrityKey: key(1, suite), cipherKey: key(2, suite)))
    let other = try #require(
      SessionSecurity(suite: suite, integrityKey: key(3, suite), cipherKey: key(2, suite)))
    let datagram = one.seal(
      [1, 2, 3], sessionID: 1, sequenceNumber: 1, initializationVector: .zero, using: cryptography)
    #expect(throws: PacketRefusal.wrongCode) { _ = try open(datagram, other) }
  }

  /// gebn/bmc, pkg/ipmi/aes_128_cbc_test.go, and go-ipmi, pkg/crypto/aes_rc4_test.go.
  @Test(arguments: ["gebn-aes", "go-ipmi-aes"])
  func encryptsAsOthersDo(_ name: String) throws {
    let vector = try FixtureVector("Fixtures/ipmi/\(name).txt")
    let cipherKey = try parse(vector.bytes("key")) { Secret(copying: $0) }
    let security = try #require(
      SessionSecurity(
        suite: .suite3, integrityKey: key(1, .suite3), cipherKey: cipherKey))
    let initial = try vector.bytes("initialization-vector")
    let message = try vector.bytes("message")
    let encrypted = try vector.bytes("encrypted")
    let datagram = security.seal(
      message, sessionID: 1, sequenceNumber: 1,
      initializationVector: Octets16(padding: initial.messageBytes), using: cryptography)
    #expect(Array(datagram[16..<(32 + encrypted.count)]) == initial + encrypted)
    #expect(try open(datagram, security) == message)
  }

  @Test func acceptsABlockOfPaddingAndNoMore() throws {
    let security = try #require(
      SessionSecurity(
        suite: .suite3, integrityKey: key(1, .suite3), cipherKey: key(2, .suite3)))
    let message = [UInt8](0x20...0x2e)
    #expect(try open(encrypted(message + [UInt8](1...16) + [16], security), security) == message)
    #expect(try open(encrypted(message + [0], security), security) == message)
    #expect(try open(encrypted([UInt8](1...15) + [15], security), security) == [])
    for wrong in [
      message + [UInt8](1...15) + [17, 17],
      message + [UInt8](1...16) + [15],
      message + [1],
      [UInt8](1...15) + [16],
      [UInt8](repeating: 0xff, count: 16),
    ] where wrong.count % 16 == 0 {
      #expect(throws: PacketRefusal.self) { _ = try open(encrypted(wrong, security), security) }
    }
  }

  @Test func refusesEncryptedPayloadsOfOddSizes() throws {
    let security = try #require(
      SessionSecurity(
        suite: .suite3, integrityKey: key(1, .suite3), cipherKey: key(2, .suite3)))
    for count in [0, 1, 15, 16, 17, 31, 33, 47] {
      let payload = [UInt8](repeating: 0x55, count: count)
      #expect(throws: PacketRefusal.self) {
        _ = try open(authenticated(payload, flags: 0xc0), security)
      }
    }
  }

  /// The test suite of Intel's consortium fills the packet without counting the last two bytes.
  @Test func acceptsEitherWayOfFilling() throws {
    let suite = CipherSuite(
      authentication: .hmacSHA1, integrity: .hmacSHA196, confidentiality: .none)
    let security = try #require(
      SessionSecurity(suite: suite, integrityKey: key(1, suite), cipherKey: .empty))
    for padding in 0...3 as ClosedRange<UInt8> {
      let datagram = authenticated([1, 2, 3, 4, 5, 6, 7, 8], flags: 0x40, padding: padding)
      #expect(try open(datagram, security) == [1, 2, 3, 4, 5, 6, 7, 8])
    }
    let wrong = authenticated([1, 2, 3, 4, 5, 6, 7, 8], flags: 0x40, padding: 2, said: 3)
    #expect(throws: PacketRefusal.self) { _ = try open(wrong, security) }
  }

  @Test func keysThatCannotBeAreRefused() {
    #expect(SessionSecurity(suite: .suite3, integrityKey: .empty, cipherKey: .empty) == nil)
    let suite = CipherSuite(id: 4)
    #expect(
      suite.flatMap { SessionSecurity(suite: $0, integrityKey: key(1, $0), cipherKey: key(2, $0)) }
        == nil)
  }

  @Test func namesAManufacturersPayload() throws {
    let datagram: [UInt8] =
      [
        0x06, 0, 0xff, 0x07, 0x06, 0x02, 0x57, 0x01, 0, 0, 0x34, 0x12, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0,
        9,
      ]
    try parse(datagram) { bytes in
      let message = try RMCPMessage(bytes)
      let packet = try RMCPPlusPacket(message.body)
      #expect(packet.oemPayload == .init(enterpriseNumber: 0x157, payloadID: 0x1234))
      #expect(packet.sessionID == 1 && packet.sequenceNumber == 2)
      #expect(packet.payload.copied == [9])
    }
  }

  // MARK: - What the other side could send

  private func key(_ seed: UInt8, _ suite: CipherSuite) -> Secret {
    let count = suite.integrity == .md5128 ? 9 : suite.authentication.hash?.byteCount ?? 0
    let bytes = (0..<count).map { seed &* 16 &+ UInt8($0) }
    return Secret(copying: bytes.messageBytes)
  }

  private func security(
    _ suite: CipherSuite, using generator: inout SeededGenerator
  ) throws -> SessionSecurity {
    try #require(
      SessionSecurity(
        suite: suite, integrityKey: key(1, suite),
        cipherKey: suite.confidentiality == .none ? .empty : cipherKey()))
  }

  private func cipherKey() -> Secret {
    Secret(copying: [UInt8](0x20..<0x30).messageBytes)
  }

  private func open(_ datagram: [UInt8], _ security: SessionSecurity) throws -> [UInt8] {
    try parse(datagram) { bytes in
      let message = try RMCPMessage(bytes)
      let packet = try RMCPPlusPacket(message.body)
      return try security.open(packet, using: cryptography)
    }
  }

  /// A datagram of suite 3 whose encrypted bytes decrypt to `plain`, whatever that is.
  private func encrypted(_ plain: [UInt8], _ security: SessionSecurity) -> [UInt8] {
    var blocks = plain
    let secret = key(2, .suite3)
    cryptography.encryptAES128CBC(
      key: secret.bytes.extracting(first: 16), initializationVector: .zero, &blocks, from: 0)
    return authenticated([UInt8](repeating: 0, count: 16) + blocks, flags: 0xc0)
  }

  /// A datagram authenticated by HMAC-SHA1-96 with key 1 of suite 3, its payload as it is.
  private func authenticated(
    _ payload: [UInt8], flags: UInt8, padding: UInt8? = nil, said: UInt8? = nil
  ) -> [UInt8] {
    var bytes = RMCPPlusPacket.unprotected(
      .ipmi, sessionID: 1, sequenceNumber: 7, payload: payload)
    bytes[5] = flags
    let padding = padding ?? UInt8((4 - (bytes.count + 2) % 4) % 4)
    bytes += [UInt8](repeating: 0xff, count: Int(padding)) + [said ?? padding, 7]
    let secret = key(1, .suite3)
    let code = cryptography.hmac(
      .sha1, key: secret.bytes, bytes.messageBytes.extracting(droppingFirst: 4))
    return bytes + code.prefix(12).bytes.copied
  }
}
