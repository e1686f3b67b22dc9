/// Three algorithms that are chosen together. IPMI 2.0, table 22-20.
public struct CipherSuite: Hashable, Sendable {
  /// How the two sides prove themselves.
  public var authentication: AuthenticationAlgorithm
  /// How packets are authenticated.
  public var integrity: IntegrityAlgorithm
  /// How payloads are encrypted.
  public var confidentiality: ConfidentialityAlgorithm

  /// A suite of these algorithms, whether the specification has a number for it or not.
  public init(
    authentication: AuthenticationAlgorithm, integrity: IntegrityAlgorithm,
    confidentiality: ConfidentialityAlgorithm
  ) {
    self.authentication = authentication
    self.integrity = integrity
    self.confidentiality = confidentiality
  }

  /// The suite of this number; nil when the specification has none.
  public init?(id: UInt8) {
    guard id < Self.algorithms.count else { return nil }
    let (authentication, integrity, confidentiality) = Self.algorithms[Int(id)]
    self.init(
      authentication: AuthenticationAlgorithm(rawValue: authentication),
      integrity: IntegrityAlgorithm(rawValue: integrity),
      confidentiality: ConfidentialityAlgorithm(rawValue: confidentiality))
  }

  /// The algorithms of suites 0 to 19.
  private static let algorithms: [(UInt8, UInt8, UInt8)] = [
    (0, 0, 0),
    (1, 0, 0), (1, 1, 0), (1, 1, 1), (1, 1, 2), (1, 1, 3),
    (2, 0, 0), (2, 2, 0), (2, 2, 1), (2, 2, 2), (2, 2, 3),
    (2, 3, 0), (2, 3, 1), (2, 3, 2), (2, 3, 3),
    (3, 0, 0), (3, 4, 0), (3, 4, 1), (3, 4, 2), (3, 4, 3),
  ]

  /// The suite's number; nil when the specification has none for these algorithms.
  public var id: UInt8? {
    Self.algorithms.firstIndex { algorithms in
      algorithms
        == (authentication.rawValue, integrity.rawValue, confidentiality.rawValue)
    }.map { UInt8($0) }
  }

  /// Nothing is proved, authenticated or encrypted: suite 0.
  public static let suite0 = CipherSuite(
    authentication: .none, integrity: .none, confidentiality: .none)
  /// SHA-1 and AES: suite 3, which every controller of IPMI 2.0 must have.
  public static let suite3 = CipherSuite(
    authentication: .hmacSHA1, integrity: .hmacSHA196, confidentiality: .aesCBC128)
  /// SHA-256 and AES: suite 17, the strongest.
  public static let suite17 = CipherSuite(
    authentication: .hmacSHA256, integrity: .hmacSHA256128, confidentiality: .aesCBC128)

  /// All that are spoken here, by their numbers: 0 to 3, 6 to 8, 11, 12, 15 to 17.
  public static let supported: [CipherSuite] = (UInt8(0)..<20)
    .compactMap { CipherSuite(id: $0) }
    .filter(\.isSupported)

  /// Whether the algorithms are spoken here, and may stand together: nothing is authenticated by a
  /// key that nobody proved, and nothing encrypted that is not authenticated. IPMI 2.0, section
  /// 13.28.
  public var isSupported: Bool {
    guard authentication.isKnown, integrity.isKnown, confidentiality.isKnown else { return false }
    if authentication == .none { return integrity == .none && confidentiality == .none }
    return confidentiality == .none || integrity != .none
  }
}

extension CipherSuite: Comparable {
  /// Whether `left` protects less than `right`: first by encryption, then by what authenticates the
  /// packets, then by what authenticates the user.
  public static func < (left: CipherSuite, right: CipherSuite) -> Bool {
    left.strength.lexicographicallyPrecedes(right.strength)
  }

  private var strength: [Int] {
    let encryption = [0, 3, 2, 1]
    let packets = [0, 3, 2, 1, 4]
    let user = [0, 2, 1, 3]
    return [
      rank(confidentiality.rawValue, encryption), rank(integrity.rawValue, packets),
      rank(authentication.rawValue, user),
    ]
  }

  /// An algorithm that nobody knows here ranks as none.
  private func rank(_ number: UInt8, _ ranks: [Int]) -> Int {
    Int(number) < ranks.count ? ranks[Int(number)] : 0
  }
}

extension CipherSuite: CustomStringConvertible {
  /// The number, such as `17`, or the algorithms' numbers, such as `1/0/1`.
  public var description: String {
    if let id { return String(id) }
    return "\(authentication.rawValue)/\(integrity.rawValue)/\(confidentiality.rawValue)"
  }
}
