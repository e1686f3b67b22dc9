/// How one user's packets are authenticated in an IPMI 1.5 session: computes the code of a packet,
/// and checks one. IPMI 1.5, sections 18.15 and 18.17, figure 18-1 (multi-session).
///
///     MD2, MD5:  H(password ‖ session ID ‖ message ‖ sequence number ‖ password)
///     straight:  password
///     OEM:       MD5(challenge xor MD5(password))
///
/// The password is filled with zeros to 16 bytes, but not for the OEM type, which is Supermicro's
/// (ipmitool's `-o supermicro`).
public struct SessionAuthentication: Sendable {
  /// How many bytes a password of a 1.5 session may have.
  public static let passwordLimit = 16

  /// The way.
  public let type: AuthenticationType
  private let password: Secret
  private let challenge: Octets16

  /// A way of authenticating.
  ///
  /// - Parameters:
  ///   - type: the way. Of one that is not known here every code is zeros, and none is right.
  ///   - password: the user's.
  ///   - challenge: what the controller sent in Get Session Challenge; the OEM type needs it.
  /// - Throws: `SecretTooLong` when the password has more than 16 bytes.
  public init(
    type: AuthenticationType, password: Secret, challenge: Octets16 = .zero
  ) throws(SecretTooLong) {
    guard password.byteCount <= Self.passwordLimit else {
      throw SecretTooLong(byteCount: password.byteCount, limit: Self.passwordLimit)
    }
    self.init(type: type, verified: password, challenge)
  }

  /// The same user's packets in another way: a session may go on without codes.
  public func with(type: AuthenticationType) -> SessionAuthentication {
    SessionAuthentication(type: type, verified: password, challenge)
  }

  private init(type: AuthenticationType, verified password: Secret, _ challenge: Octets16) {
    self.type = type
    self.password = password
    self.challenge = challenge
  }

  /// The code of a packet; nil when the type is none, and for types that are not known here.
  ///
  /// - Parameters:
  ///   - sessionID: what the packet's header says.
  ///   - sequenceNumber: what the packet's header says.
  ///   - message: the IPMI message, with its checksums.
  public func code(
    sessionID: UInt32, sequenceNumber: UInt32, message: RawSpan,
    using cryptography: some Cryptography
  ) -> Octets16? {
    switch type {
    case .straightPassword: return Octets16(padding: password.bytes)
    case .oem: return challengeCode(cryptography)
    case .md2, .md5: break
    default: return nil
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(40 + message.byteCount)
    defer { bytes.wipe() }
    appendPassword(to: &bytes)
    bytes.append(littleEndian: sessionID)
    bytes.append(contentsOf: message)
    bytes.append(littleEndian: sequenceNumber)
    appendPassword(to: &bytes)
    if type == .md2 { return MD2.digest(bytes.messageBytes) }
    return Octets16(padding: cryptography.md5(bytes.messageBytes).bytes)
  }

  private func challengeCode(_ cryptography: some Cryptography) -> Octets16 {
    let hidden = challenge.xor(Octets16(padding: cryptography.md5(password.bytes).bytes))
    return Octets16(padding: cryptography.md5(hidden.bytes.messageBytes).bytes)
  }

  private func appendPassword(to bytes: inout [UInt8]) {
    bytes.append(contentsOf: password.bytes)
    bytes.append(
      contentsOf: repeatElement(0, count: Self.passwordLimit - password.byteCount))
  }

  /// A packet's datagram, its code computed.
  ///
  /// - Precondition: `message` has at most ``SessionPacket/messageLimit`` bytes.
  public func seal(
    _ message: [UInt8], sessionID: UInt32, sequenceNumber: UInt32,
    using cryptography: some Cryptography
  ) -> [UInt8] {
    let code = code(
      sessionID: sessionID, sequenceNumber: sequenceNumber, message: message.messageBytes,
      using: cryptography)
    return SessionPacket(
      authenticationType: type, sequenceNumber: sequenceNumber, sessionID: sessionID,
      authenticationCode: code, message: message
    ).datagram
  }

  /// Whether a packet is of this type and its code is right. Takes the same time for a wrong code
  /// as for the right one.
  public func verifies(
    _ packet: SessionPacketView, using cryptography: some Cryptography
  ) -> Bool {
    guard packet.authenticationType == type else { return false }
    guard type != .none else { return true }
    let expected = code(
      sessionID: packet.sessionID, sequenceNumber: packet.sequenceNumber, message: packet.message,
      using: cryptography)
    guard let expected, let found = packet.authenticationCode else { return false }
    return expected.isEqualInConstantTime(to: found)
  }
}
