/// What both sides of an IPMI 2.0 session know after RAKP message 2, and the codes and keys that
/// follow from it. IPMI 2.0, sections 13.31 and 13.32.
///
///     RAKP 2   HMAC(password; SIDm ‖ SIDc ‖ Rm ‖ Rc ‖ GUIDc ‖ role ‖ length ‖ name)
///     RAKP 3   HMAC(password; Rc ‖ SIDm ‖ role ‖ length ‖ name)
///     SIK      HMAC(Kg, or else password; Rm ‖ Rc ‖ role ‖ length ‖ name)
///     RAKP 4   HMAC(SIK; Rm ‖ SIDc ‖ GUIDc), cut
///     K1, K2   HMAC(SIK; 20 times 01), HMAC(SIK; 20 times 02)
///
/// m is the console, c the controller; the numbers stand as on the wire. The constants of K1 and K2
/// have 20 bytes whatever the hash: the specification can be read otherwise, and nobody does.
public struct RAKPExchange: Sendable {
  /// How many bytes a password or the controller's key may have.
  public static let secretLimit = 20

  /// The algorithms that were agreed.
  public let suite: CipherSuite
  private let consoleSessionID: UInt32
  private let first: RAKPMessage1
  private let controllerRandom: Octets16
  private let controllerGUID: Octets16
  private let password: Secret
  private let controllerKey: Secret?
  private let quirks: Quirks

  /// Where controllers compute otherwise.
  public struct Quirks: OptionSet, Hashable, Sendable {
    /// The set's bits.
    public let rawValue: UInt8

    /// A set of these bits.
    public init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    /// The integrity check value is made with the integrity algorithm's hash, not with the
    /// authentication algorithm's: of the suites that are spoken here, 1, 6 and 15 have none then
    /// (Intel SE7520AF2 and others of its time).
    public static let checkValueByIntegrityAlgorithm = Quirks(rawValue: 1)
    /// Bit 4 of the role is taken as clear in RAKP 2 and the SIK (Intel 82571).
    public static let nameOnlyBitIgnored = Quirks(rawValue: 2)
  }

  /// The exchange of these messages; nil when the suite is not spoken here, or the password longer
  /// than ``secretLimit``.
  ///
  /// - Parameters:
  ///   - suite: the algorithms that were agreed.
  ///   - consoleSessionID: the console's number for the session.
  ///   - first: what the console sent.
  ///   - controllerRandom: from RAKP message 2.
  ///   - controllerGUID: from RAKP message 2.
  ///   - password: the user's, at most 20 bytes.
  ///   - controllerKey: Kg; nil when the controller has none, and the password stands for it.
  ///   - quirks: where the controller computes otherwise.
  public init?(
    suite: CipherSuite, consoleSessionID: UInt32, first: RAKPMessage1,
    controllerRandom: Octets16, controllerGUID: Octets16, password: Secret,
    controllerKey: Secret? = nil, quirks: Quirks = []
  ) {
    guard suite.isSupported, password.byteCount <= Self.secretLimit else { return nil }
    self.suite = suite
    self.consoleSessionID = consoleSessionID
    self.first = first
    self.controllerRandom = controllerRandom
    self.controllerGUID = controllerGUID
    self.password = password
    self.controllerKey = controllerKey
    self.quirks = quirks
  }

  /// The key exchange code of RAKP message 2; empty without an authentication algorithm.
  public func secondCode(using cryptography: some Cryptography) -> Digest {
    guard let hash = suite.authentication.hash else { return .empty }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(80)
    bytes.append(littleEndian: consoleSessionID)
    bytes.append(littleEndian: first.controllerSessionID)
    bytes.append(first.consoleRandom)
    bytes.append(controllerRandom)
    bytes.append(controllerGUID)
    appendUser(to: &bytes, quirks.contains(.nameOnlyBitIgnored))
    return cryptography.hmac(hash, key: password.bytes, bytes.messageBytes)
  }

  /// The key exchange code of RAKP message 3; empty without an authentication algorithm.
  public func thirdCode(using cryptography: some Cryptography) -> Digest {
    guard let hash = suite.authentication.hash else { return .empty }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(48)
    bytes.append(controllerRandom)
    bytes.append(littleEndian: consoleSessionID)
    appendUser(to: &bytes, false)
    return cryptography.hmac(hash, key: password.bytes, bytes.messageBytes)
  }

  /// The session integrity key; empty without an authentication algorithm.
  public func sessionIntegrityKey(using cryptography: some Cryptography) -> Secret {
    guard let hash = suite.authentication.hash else { return .empty }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(56)
    bytes.append(first.consoleRandom)
    bytes.append(controllerRandom)
    appendUser(to: &bytes, quirks.contains(.nameOnlyBitIgnored))
    let key = controllerKey ?? password
    return Secret(copying: cryptography.hmac(hash, key: key.bytes, bytes.messageBytes).bytes)
  }

  /// The integrity check value of RAKP message 4; empty without an authentication algorithm, and
  /// without an integrity algorithm where that makes it.
  public func integrityCheckValue(
    _ sessionIntegrityKey: Secret, using cryptography: some Cryptography
  ) -> Digest {
    let (hash, count) = checkValueAlgorithm
    guard let hash else { return .empty }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(36)
    bytes.append(first.consoleRandom)
    bytes.append(littleEndian: first.controllerSessionID)
    bytes.append(controllerGUID)
    return cryptography.hmac(hash, key: sessionIntegrityKey.bytes, bytes.messageBytes)
      .prefix(count)
  }

  private var checkValueAlgorithm: (HashAlgorithm?, Int) {
    if quirks.contains(.checkValueByIntegrityAlgorithm) {
      let integrity = suite.integrity
      switch integrity {
      case .hmacSHA196: return (.sha1, integrity.codeByteCount)
      case .hmacMD5128, .md5128: return (.md5, integrity.codeByteCount)
      case .hmacSHA256128: return (.sha256, integrity.codeByteCount)
      case .none: return (nil, 0)
      default: break
      }
    }
    return (suite.authentication.hash, suite.authentication.checkValueByteCount)
  }

  /// What protects the session's packets.
  public func security(
    _ sessionIntegrityKey: Secret, using cryptography: some Cryptography
  ) -> SessionSecurity {
    SessionSecurity(
      verified: suite,
      integrityKey: suite.integrity == .md5128
        ? password : key(1, sessionIntegrityKey, suite.integrity != .none, cryptography),
      cipherKey: key(2, sessionIntegrityKey, suite.confidentiality != .none, cryptography))
  }

  /// K1 or K2, computed when it is needed.
  private func key(
    _ constant: UInt8, _ sessionIntegrityKey: Secret, _ isNeeded: Bool,
    _ cryptography: some Cryptography
  ) -> Secret {
    guard isNeeded, let hash = suite.authentication.hash else { return .empty }
    let bytes = [UInt8](repeating: constant, count: 20)
    return Secret(
      copying: cryptography.hmac(
        hash, key: sessionIntegrityKey.bytes, bytes.messageBytes
      ).bytes)
  }

  private func appendUser(to bytes: inout [UInt8], _ ignoringNameOnly: Bool) {
    bytes.append((ignoringNameOnly ? first.role.withoutNameOnly : first.role).rawValue)
    bytes.append(UInt8(truncatingIfNeeded: first.userName.count))
    bytes.append(contentsOf: first.userName)
  }
}
