import CaptureFile
import IPMI
import OpenSSL
import Support
import Testing

/// Reads a recorded session as both of its sides would, and holds every code and every byte to what
/// this library makes itself.
struct RecordedSession {
  let cryptography: OpenSSLCryptography
  private let password: Secret
  var handshake = Handshake()
  private var security: SessionSecurity?
  /// How many messages were read in the session.
  var messages = 0
  var authenticationTypes: Set<AuthenticationType> = []

  /// What both sides know so far.
  struct Handshake {
    var suite: CipherSuite?
    var consoleSessionID: UInt32 = 0
    var first: RAKPMessage1?
    var proof: RAKPMessage2.Proof?
    var exchange: RAKPExchange?
  }

  init(cryptography: OpenSSLCryptography) {
    self.cryptography = cryptography
    password = Secret(copying: Array("test".utf8).messageBytes)
  }

  mutating func read(_ path: String) throws {
    let file = try Fixture.file(path)
    var reader = CaptureReader()
    reader.append(file.messageBytes)
    reader.finish()
    while let frame = try reader.next() {
      // Ethernet, IPv4 without options, UDP; the loopback interface pads nothing.
      let datagram = Array(frame.bytes.copied.dropFirst(42))
      try take(datagram)
    }
  }

  private mutating func take(_ datagram: [UInt8]) throws {
    let message = try RMCPMessage(datagram.messageBytes)
    switch message.kind {
    case .rmcpPlus: try take(try RMCPPlusPacket(message.body), datagram)
    case .session: try take(try SessionPacketView(message.body), datagram)
    case .asf: #expect(try ASFMessage(parsing: message.body).datagram == datagram)
    case .acknowledgement, .other: Issue.record("nobody should send this")
    }
  }

  // MARK: - 1.5

  private mutating func take(_ packet: SessionPacketView, _ datagram: [UInt8]) throws {
    let type = packet.authenticationType
    let authentication = try SessionAuthentication(type: type, password: password)
    let verifies = authentication.verifies(packet, using: cryptography)
    #expect(verifies)
    let again = authentication.seal(
      packet.message.copied, sessionID: packet.sessionID, sequenceNumber: packet.sequenceNumber,
      using: cryptography)
    // ipmitool adds a byte to packets of certain lengths.
    #expect(datagram.starts(with: again) && datagram.count <= again.count + 1)
    try check(packet.message.copied)
    guard packet.sessionID != 0 else { return }
    authenticationTypes.insert(type)
    messages += 1
  }

  private func check(_ bytes: [UInt8]) throws {
    let message = try IPMIMessage(parsing: bytes.messageBytes)
    #expect(message.bytes == bytes)
  }

  // MARK: - 2.0

  private mutating func take(_ packet: RMCPPlusPacket, _ datagram: [UInt8]) throws {
    let payload = packet.payload
    switch packet.payloadType {
    case .openSessionRequest:
      let request = try OpenSessionRequest(parsing: payload)
      #expect(request.datagram == datagram)
      handshake.suite = request.suite
      handshake.consoleSessionID = request.consoleSessionID
    case .openSessionResponse:
      let response = try OpenSessionResponse(parsing: payload)
      #expect(response.datagram == datagram)
      #expect(response.consoleSessionID == handshake.consoleSessionID)
    case .rakp1:
      let first = try RAKPMessage1(parsing: payload)
      #expect(first.datagram() == datagram)
      handshake.first = first
    case .rakp2: try take(try RAKPMessage2(parsing: payload), datagram)
    case .rakp3:
      let third = try RAKPMessage3(parsing: payload)
      #expect(third.datagram == datagram)
      let expected = handshake.exchange?.thirdCode(using: cryptography)
      #expect(expected == third.keyExchangeCode)
    case .rakp4: try take(try RAKPMessage4(parsing: payload), datagram)
    default: try takeInSession(packet, datagram)
    }
  }

  private mutating func take(_ second: RAKPMessage2, _ datagram: [UInt8]) throws {
    #expect(second.datagram == datagram)
    guard case .proof(let proof) = second.outcome else {
      Issue.record("the user is known")
      return
    }
    let suite = try #require(handshake.suite)
    let first = try #require(handshake.first)
    let exchange = RAKPExchange(
      suite: suite, consoleSessionID: handshake.consoleSessionID, first: first,
      controllerRandom: proof.controllerRandom, controllerGUID: proof.controllerGUID,
      password: password)
    handshake.exchange = exchange
    let expected = exchange?.secondCode(using: cryptography)
    #expect(expected == proof.keyExchangeCode)
  }

  private mutating func take(_ fourth: RAKPMessage4, _ datagram: [UInt8]) throws {
    #expect(fourth.datagram == datagram)
    let exchange = try #require(handshake.exchange)
    let key = exchange.sessionIntegrityKey(using: cryptography)
    #expect(
      exchange.integrityCheckValue(key, using: cryptography) == fourth.integrityCheckValue)
    security = exchange.security(key, using: cryptography)
  }

  private mutating func takeInSession(_ packet: RMCPPlusPacket, _ datagram: [UInt8]) throws {
    let security = try #require(self.security)
    let message = try security.open(packet, using: cryptography)
    try check(message)
    let again = security.seal(
      message, as: packet.payloadType, sessionID: packet.sessionID,
      sequenceNumber: packet.sequenceNumber,
      initializationVector: Octets16(padding: packet.payload), using: cryptography)
    #expect(again == datagram)
    messages += 1
  }
}
