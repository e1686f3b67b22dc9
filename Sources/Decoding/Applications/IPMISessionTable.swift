import IPMI

/// The IPMI 2.0 sessions of a capture whose handshakes were seen: their keys are worked out from the
/// messages and the password, as both sides do it.
struct IPMISessionTable: Sendable {
  /// The most sessions that are remembered; then all are forgotten.
  static let capacity = 1 << 16

  private let keys: IPMIKeys
  /// Handshakes, by either side's number for the session.
  private var handshakes: [Place: Handshake] = [:]
  /// What protects the packets that carry a number.
  private var sessions: [Place: SessionSecurity] = [:]

  /// A table of no sessions.
  init(_ keys: IPMIKeys) {
    self.keys = keys
  }

  /// What came of a packet.
  enum Opened {
    /// It is right, and this is its payload, decrypted.
    case payload([UInt8])
    /// The handshake of its session was not seen, or was made with another password.
    case unknownSession
    /// It is none of the session's: forged or damaged.
    case refused(PacketRefusal)
  }

  /// Takes a message of a handshake into account.
  ///
  /// - Returns: whether the password is the user's, when the message tells.
  mutating func note(_ packet: RMCPPlusPacket, _ conversation: Conversation) -> Bool? {
    if handshakes.count > Self.capacity { handshakes.removeAll(keepingCapacity: true) }
    switch packet.payloadType {
    case .openSessionResponse: noteOpening(packet.payload, conversation)
    case .rakp1: noteUser(packet.payload, conversation)
    case .rakp2: return noteProof(packet.payload, conversation)
    default: break
    }
    return nil
  }

  /// Verifies and decrypts a packet of an established session.
  func open(_ packet: RMCPPlusPacket, _ conversation: Conversation) -> Opened {
    guard let session = sessions[Place(conversation, packet.sessionID)] else {
      return .unknownSession
    }
    return open(packet, session, keys.cryptography)
  }

  /// Whether the code of an IPMI 1.5 packet is that of the password; nil where that cannot be told.
  func verifies(_ packet: SessionPacketView) -> Bool? {
    guard packet.authenticationType == .md5 || packet.authenticationType == .md2,
      let authentication = try? SessionAuthentication(
        type: packet.authenticationType, password: keys.password)
    else { return nil }
    return authentication.verifies(packet, using: keys.cryptography)
  }

  private func open(
    _ packet: RMCPPlusPacket, _ session: SessionSecurity, _ cryptography: some Cryptography
  ) -> Opened {
    do throws(PacketRefusal) {
      return .payload(try session.open(packet, using: cryptography))
    } catch {
      return .refused(error)
    }
  }

  private mutating func noteOpening(_ payload: RawSpan, _ conversation: Conversation) {
    guard let response = try? OpenSessionResponse(parsing: payload),
      let console = response.consoleSessionID, case .opened(let opened) = response.outcome
    else { return }
    let handshake = Handshake(
      suite: opened.suite, consoleSessionID: console,
      controllerSessionID: opened.controllerSessionID)
    handshakes[Place(conversation, console)] = handshake
    handshakes[Place(conversation, opened.controllerSessionID)] = handshake
  }

  private mutating func noteUser(_ payload: RawSpan, _ conversation: Conversation) {
    guard let message = try? RAKPMessage1(parsing: payload),
      var handshake = handshakes[Place(conversation, message.controllerSessionID)]
    else { return }
    handshake.first = message
    handshakes[Place(conversation, handshake.consoleSessionID)] = handshake
  }

  private mutating func noteProof(_ payload: RawSpan, _ conversation: Conversation) -> Bool? {
    guard let message = try? RAKPMessage2(parsing: payload), let console = message.consoleSessionID,
      case .proof(let proof) = message.outcome,
      let handshake = handshakes[Place(conversation, console)], let first = handshake.first,
      let exchange = RAKPExchange(
        suite: handshake.suite, consoleSessionID: console, first: first,
        controllerRandom: proof.controllerRandom, controllerGUID: proof.controllerGUID,
        password: keys.password, controllerKey: keys.controllerKey)
    else { return nil }
    return agree(exchange, proof, handshake, conversation, keys.cryptography)
  }

  private mutating func agree(
    _ exchange: RAKPExchange, _ proof: RAKPMessage2.Proof, _ handshake: Handshake,
    _ conversation: Conversation, _ cryptography: some Cryptography
  ) -> Bool {
    let expected = exchange.secondCode(using: cryptography)
    guard expected.isEqualInConstantTime(to: proof.keyExchangeCode) else { return false }
    let security = exchange.security(
      exchange.sessionIntegrityKey(using: cryptography), using: cryptography)
    if sessions.count > Self.capacity { sessions.removeAll(keepingCapacity: true) }
    sessions[Place(conversation, handshake.consoleSessionID)] = security
    sessions[Place(conversation, handshake.controllerSessionID)] = security
    return true
  }

  /// A number of a session, between two ends.
  private struct Place: Hashable {
    var conversation: Conversation
    var sessionID: UInt32

    init(_ conversation: Conversation, _ sessionID: UInt32) {
      self.conversation = conversation
      self.sessionID = sessionID
    }
  }

  /// What is known of a session before RAKP message 2.
  private struct Handshake {
    var suite: CipherSuite
    var consoleSessionID: UInt32
    var controllerSessionID: UInt32
    var first: RAKPMessage1?
  }
}
