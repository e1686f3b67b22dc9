/// The algorithms that sessions are made of, given from outside: this floor computes none but MD2,
/// which no library has any more.
public protocol Cryptography: Sendable {
  /// The MD5 digest of `bytes`: 16 bytes.
  func md5(_ bytes: RawSpan) -> [UInt8]

  /// The keyed digest of `bytes`. RFC 2104.
  ///
  /// - Returns: as many bytes as `hash` has.
  func hmac(_ hash: HashAlgorithm, key: RawSpan, _ bytes: RawSpan) -> [UInt8]

  /// Encrypts whole blocks with AES-128 in cipher block chaining mode; no padding is added.
  ///
  /// - Parameters:
  ///   - key: 16 bytes.
  ///   - initializationVector: 16 bytes.
  ///   - plaintext: a multiple of 16 bytes.
  func encryptAES128CBC(key: RawSpan, initializationVector: RawSpan, _ plaintext: RawSpan)
    -> [UInt8]

  /// Decrypts what `encryptAES128CBC` made; no padding is taken away.
  func decryptAES128CBC(key: RawSpan, initializationVector: RawSpan, _ ciphertext: RawSpan)
    -> [UInt8]

  /// Overwrites bytes that were secret, in a way that the compiler keeps.
  func wipe(_ bytes: inout [UInt8])
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
