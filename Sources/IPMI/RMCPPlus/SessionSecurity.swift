/// What protects the packets of an established IPMI 2.0 session: makes datagrams, and lets through
/// what the other side made and nothing else. IPMI 2.0, sections 13.28 to 13.31.
///
/// Which session a packet belongs to, and whether its number is new, is the session's to know.
public struct SessionSecurity: Sendable {
  /// The algorithms that were agreed.
  public let suite: CipherSuite
  private let integrityKey: Secret
  private let cipherKey: Secret

  /// What protects a session with these keys; nil when the suite is not spoken here or K2 is shorter
  /// than its cipher's key.
  ///
  /// - Parameters:
  ///   - suite: the algorithms.
  ///   - integrityKey: K1; for MD5-128 the password, at most 20 bytes.
  ///   - cipherKey: K2, of which the first 16 bytes are used.
  public init?(suite: CipherSuite, integrityKey: Secret, cipherKey: Secret) {
    guard suite.isSupported,
      suite.confidentiality == .none || cipherKey.byteCount >= Self.cipherKeyByteCount,
      suite.integrity != .md5128 || integrityKey.byteCount <= RAKPExchange.secretLimit
    else { return nil }
    self.init(verified: suite, integrityKey: integrityKey, cipherKey: cipherKey)
  }

  init(verified suite: CipherSuite, integrityKey: Secret, cipherKey: Secret) {
    self.suite = suite
    self.integrityKey = integrityKey
    self.cipherKey = cipherKey
  }

  /// What protects a session of suite 0: nothing.
  public static let none = SessionSecurity(
    verified: .suite0, integrityKey: .empty, cipherKey: .empty)

  static let cipherKeyByteCount = 16
  private static let blockByteCount = 16
  private static let nextHeader: UInt8 = 7

  /// The part of K2 that AES takes.
  private var aesKey: RawSpan {
    @_lifetime(borrow self)
    get { cipherKey.bytes.extracting(first: Self.cipherKeyByteCount) }
  }

  /// A payload's datagram, encrypted and authenticated as was agreed.
  ///
  /// - Parameters:
  ///   - payload: for ``PayloadType/ipmi`` the bytes of an ``IPMIMessage``; at most 64,000.
  ///   - payloadType: what it is.
  ///   - sessionID: the receiver's number for the session.
  ///   - sequenceNumber: the packet's number.
  ///   - initializationVector: 16 random bytes, never used before with this key.
  ///   - cryptography: what computes.
  public func seal(
    _ payload: [UInt8], as payloadType: PayloadType = .ipmi, sessionID: UInt32,
    sequenceNumber: UInt32, initializationVector: Octets16, using cryptography: some Cryptography
  ) -> [UInt8] {
    let isEncrypted = suite.confidentiality != .none
    let isAuthenticated = suite.integrity != .none
    let padding = Self.blockByteCount - 1 - payload.count % Self.blockByteCount
    let count = isEncrypted ? payload.count + padding + 1 + Octets16.byteCount : payload.count
    var bytes: [UInt8] = []
    bytes.reserveCapacity(RMCPPlusPacket.headerByteCount + count + 24)
    RMCPPlusPacket.appendHeader(
      to: &bytes,
      payloadType.rawValue | (isEncrypted ? 0x80 : 0) | (isAuthenticated ? 0x40 : 0),
      sessionID: sessionID, sequenceNumber: sequenceNumber, payloadByteCount: count)
    if isEncrypted {
      bytes.append(initializationVector)
      bytes.append(contentsOf: payload)
      for number in 0..<padding { bytes.append(UInt8(number + 1)) }
      bytes.append(UInt8(padding))
      cryptography.encryptAES128CBC(
        key: aesKey, initializationVector: initializationVector, &bytes,
        from: RMCPPlusPacket.headerByteCount + Octets16.byteCount)
    } else {
      bytes.append(contentsOf: payload)
    }
    if isAuthenticated { appendTrailer(to: &bytes, cryptography) }
    return bytes
  }

  private func appendTrailer(to bytes: inout [UInt8], _ cryptography: some Cryptography) {
    // Counted from the authentication type, which stands after a header of 4 bytes.
    let padding = (4 - (bytes.count + 2) % 4) % 4
    for _ in 0..<padding { bytes.append(0xff) }
    bytes.append(UInt8(padding))
    bytes.append(Self.nextHeader)
    let code = code(
      of: bytes.messageBytes.extracting(droppingFirst: RMCPHeader.byteCount), cryptography)
    bytes.append(contentsOf: code.bytes)
  }

  /// The authentication code of a packet, from its authentication type to its next header.
  private func code(of packet: RawSpan, _ cryptography: some Cryptography) -> Digest {
    let hash: HashAlgorithm
    switch suite.integrity {
    case .hmacSHA196: hash = .sha1
    case .hmacMD5128: hash = .md5
    case .hmacSHA256128: hash = .sha256
    default: return passwordCode(of: packet, cryptography)
    }
    return cryptography.hmac(hash, key: integrityKey.bytes, packet)
      .prefix(suite.integrity.codeByteCount)
  }

  /// MD5-128: the digest of password, packet and password, the password filled to 20 bytes.
  private func passwordCode(of packet: RawSpan, _ cryptography: some Cryptography) -> Digest {
    let fill = RAKPExchange.secretLimit - integrityKey.byteCount
    var bytes: [UInt8] = []
    bytes.reserveCapacity(packet.byteCount + 2 * RAKPExchange.secretLimit)
    defer { bytes.wipe() }
    bytes.append(contentsOf: integrityKey.bytes)
    bytes.append(contentsOf: repeatElement(0, count: fill))
    bytes.append(contentsOf: packet)
    bytes.append(contentsOf: integrityKey.bytes)
    bytes.append(contentsOf: repeatElement(0, count: fill))
    return cryptography.md5(bytes.messageBytes)
  }
}

extension SessionSecurity {
  /// The payload of a packet, decrypted.
  ///
  /// A packet that says that it is not authenticated, or not encrypted, in a session that agreed on
  /// it is refused: whoever can send a datagram could otherwise speak in the session.
  ///
  /// - Throws: `PacketRefusal`, which says why the packet is not one of this session's; it must
  ///   change nothing then.
  public func open(
    _ packet: RMCPPlusPacket, using cryptography: some Cryptography
  ) throws(PacketRefusal) -> [UInt8] {
    guard packet.isAuthenticated == (suite.integrity != .none) else {
      throw packet.isAuthenticated ? .unexpectedAuthentication : .unauthenticated
    }
    guard packet.isEncrypted == (suite.confidentiality != .none) else {
      throw packet.isEncrypted ? .unexpectedEncryption : .unencrypted
    }
    if packet.isAuthenticated { try verify(packet, cryptography) }
    guard packet.isEncrypted else { return packet.payload.copied }
    return try decrypt(packet, cryptography)
  }

  private func verify(
    _ packet: RMCPPlusPacket, _ cryptography: some Cryptography
  ) throws(PacketRefusal) {
    let codeStart = packet.bytes.byteCount - suite.integrity.codeByteCount
    // Whether the padding's length is right depends on the controller's idea of what is filled (the
    // test suite of Intel's consortium left out the last two bytes), so it only has to fit.
    guard codeStart >= packet.payloadEnd + 2 else {
      throw .malformed(
        .truncated(
          layer: .rmcpPlus, needed: packet.payloadEnd + 2 + suite.integrity.codeByteCount,
          available: packet.bytes.byteCount, lengthFrom: .format))
    }
    let expected = code(of: packet.bytes.extracting(first: codeStart), cryptography)
    guard
      expected.bytes.isEqualInConstantTime(
        to: packet.bytes.extracting(droppingFirst: codeStart))
    else { throw .wrongCode }
    let padding = packet.bytes.octet(at: codeStart - 2)
    guard packet.payloadEnd + Int(padding) + 2 == codeStart else {
      throw .malformed(
        .malformed(layer: .rmcpPlus, value: UInt64(padding), offset: codeStart - 2))
    }
  }

  private func decrypt(
    _ packet: RMCPPlusPacket, _ cryptography: some Cryptography
  ) throws(PacketRefusal) -> [UInt8] {
    let count = packet.payload.byteCount
    guard count >= 2 * Self.blockByteCount else {
      throw .malformed(
        .truncated(
          layer: .confidentiality, needed: 2 * Self.blockByteCount, available: count,
          lengthFrom: .format))
    }
    guard count % Self.blockByteCount == 0 else {
      throw .malformed(.malformed(layer: .confidentiality, value: UInt64(count), offset: 0))
    }
    var bytes = packet.payload.extracting(droppingFirst: Octets16.byteCount).copied
    cryptography.decryptAES128CBC(
      key: aesKey, initializationVector: Octets16(padding: packet.payload), &bytes, from: 0)
    try removePadding(from: &bytes)
    return bytes
  }

  /// Takes away the trailer 01 02 03 … n, n. IPMI 2.0, table 13-20, allows n up to 15; some
  /// controllers fill a whole block more.
  private func removePadding(from bytes: inout [UInt8]) throws(PacketRefusal) {
    let last = bytes.count - 1
    let padding = Int(bytes[last])
    guard padding <= Self.blockByteCount, padding <= last else {
      throw .malformed(
        .malformed(layer: .confidentiality, value: UInt64(padding), offset: last + 16))
    }
    for index in 0..<padding where bytes[last - padding + index] != index + 1 {
      throw .malformed(
        .malformed(
          layer: .confidentiality, value: UInt64(bytes[last - padding + index]),
          offset: last - padding + index + 16))
    }
    bytes.removeLast(padding + 1)
  }
}
