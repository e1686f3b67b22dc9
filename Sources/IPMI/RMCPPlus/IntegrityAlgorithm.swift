/// How packets of a session are authenticated: 6 bits. IPMI 2.0, table 13-18.
public struct IntegrityAlgorithm: RawRepresentable, Hashable, Sendable {
  /// The 6 bits.
  public let rawValue: UInt8

  /// The algorithm of these bits, of which the low 6 count.
  @inlinable public init(rawValue: UInt8) {
    self.rawValue = rawValue & 0x3f
  }

  /// Not at all.
  public static let none = IntegrityAlgorithm(rawValue: 0)
  /// HMAC-SHA1-96.
  public static let hmacSHA196 = IntegrityAlgorithm(rawValue: 1)
  /// HMAC-MD5-128.
  public static let hmacMD5128 = IntegrityAlgorithm(rawValue: 2)
  /// MD5-128: a digest over password and packet.
  public static let md5128 = IntegrityAlgorithm(rawValue: 3)
  /// HMAC-SHA256-128.
  public static let hmacSHA256128 = IntegrityAlgorithm(rawValue: 4)

  /// How many bytes a packet's authentication code has.
  public var codeByteCount: Int {
    switch self {
    case .none: 0
    case .hmacSHA196: 12
    default: 16
    }
  }

  var isKnown: Bool { rawValue <= Self.hmacSHA256128.rawValue }
}
