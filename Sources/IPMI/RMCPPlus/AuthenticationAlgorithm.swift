/// How a session's two sides prove themselves: 6 bits. IPMI 2.0, table 13-17.
public struct AuthenticationAlgorithm: RawRepresentable, Hashable, Sendable {
  /// The 6 bits.
  public let rawValue: UInt8

  /// The algorithm of these bits, of which the low 6 count.
  @inlinable public init(rawValue: UInt8) {
    self.rawValue = rawValue & 0x3f
  }

  /// Not at all: whoever knows a user's name is let in.
  public static let none = AuthenticationAlgorithm(rawValue: 0)
  /// RAKP-HMAC-SHA1.
  public static let hmacSHA1 = AuthenticationAlgorithm(rawValue: 1)
  /// RAKP-HMAC-MD5.
  public static let hmacMD5 = AuthenticationAlgorithm(rawValue: 2)
  /// RAKP-HMAC-SHA256.
  public static let hmacSHA256 = AuthenticationAlgorithm(rawValue: 3)

  /// The hash that the codes and keys of the handshake are made with; nil for none, and for an
  /// algorithm that is not known here.
  public var hash: HashAlgorithm? {
    switch self {
    case .hmacSHA1: .sha1
    case .hmacMD5: .md5
    case .hmacSHA256: .sha256
    default: nil
    }
  }

  /// How many bytes the integrity check value of RAKP message 4 has. IPMI 2.0, section 13.28.
  var checkValueByteCount: Int {
    switch self {
    case .hmacSHA1: 12
    case .hmacMD5, .hmacSHA256: 16
    default: 0
    }
  }

  var isKnown: Bool { rawValue <= Self.hmacSHA256.rawValue }
}
