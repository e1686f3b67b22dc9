/// The algorithms that sessions are made of, given from outside: this floor computes none but MD2,
/// which no library has any more.
///
/// Nothing here allocates per packet: digests are values, and blocks are changed where they lie.
public protocol Cryptography: Sendable {
  /// The MD5 digest of `bytes`: 16 bytes. RFC 1321.
  func md5(_ bytes: RawSpan) -> Digest

  /// The keyed digest of `bytes`, as many bytes as `hash` has. RFC 2104.
  func hmac(_ hash: HashAlgorithm, key: RawSpan, _ bytes: RawSpan) -> Digest

  /// Encrypts whole blocks in their place with AES-128 in cipher block chaining mode; no padding is
  /// added. FIPS 197, SP 800-38A.
  ///
  /// - Parameters:
  ///   - key: 16 bytes.
  ///   - initializationVector: what is mixed into the first block.
  ///   - bytes: what is changed, from `start` on: a multiple of 16 bytes.
  ///   - start: where the first block begins.
  func encryptAES128CBC(
    key: RawSpan, initializationVector: Octets16, _ bytes: inout [UInt8], from start: Int)

  /// Decrypts in their place what `encryptAES128CBC` made; no padding is taken away. The parameters
  /// are the same.
  func decryptAES128CBC(
    key: RawSpan, initializationVector: Octets16, _ bytes: inout [UInt8], from start: Int)
}

/// A digest that RMCP+ uses keyed.
public enum HashAlgorithm: Hashable, Sendable, CaseIterable {
  /// MD5: 16 bytes.
  case md5
  /// SHA-1: 20 bytes.
  case sha1
  /// SHA-256: 32 bytes.
  case sha256

  /// How many bytes the digest has.
  @inlinable public var byteCount: Int {
    switch self {
    case .md5: 16
    case .sha1: 20
    case .sha256: 32
    }
  }
}
