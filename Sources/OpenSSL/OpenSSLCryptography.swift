public import DynamicLibrary
public import IPMI
internal import Synchronization

/// The algorithms of IPMI's sessions, computed by OpenSSL's libcrypto, which is loaded at first use.
///
/// The contexts are made once and used by one caller at a time. What they keep of the last key is
/// overwritten with them: let the value go when the sessions are over.
public final class OpenSSLCryptography: Cryptography {
  private let contexts: Mutex<Contexts>

  /// The algorithms, ready. Throws `LibraryError` when libcrypto is not installed, or lacks one of
  /// them.
  public init() throws(LibraryError) {
    contexts = Mutex(try Contexts(try Libcrypto.loaded()))
  }

  /// The MD5 digest of `bytes`.
  public func md5(_ bytes: RawSpan) -> Digest {
    contexts.withLock { $0.md5.digest(bytes) }
  }

  /// The keyed digest of `bytes`.
  public func hmac(_ hash: HashAlgorithm, key: RawSpan, _ bytes: RawSpan) -> Digest {
    contexts.withLock { contexts in
      switch hash {
      case .md5: contexts.hmacMD5.digest(key: key, bytes)
      case .sha1: contexts.hmacSHA1.digest(key: key, bytes)
      case .sha256: contexts.hmacSHA256.digest(key: key, bytes)
      }
    }
  }

  /// Encrypts blocks in their place.
  public func encryptAES128CBC(
    key: RawSpan, initializationVector: Octets16, _ bytes: inout [UInt8], from start: Int
  ) {
    contexts.withLock { contexts in
      contexts.aes.run(.encrypt, key: key, initializationVector, &bytes, from: start)
    }
  }

  /// Decrypts blocks in their place.
  public func decryptAES128CBC(
    key: RawSpan, initializationVector: Octets16, _ bytes: inout [UInt8], from start: Int
  ) {
    contexts.withLock { contexts in
      contexts.aes.run(.decrypt, key: key, initializationVector, &bytes, from: start)
    }
  }

  private struct Contexts: ~Copyable {
    let md5: MessageDigest
    let hmacMD5: KeyedHash
    let hmacSHA1: KeyedHash
    let hmacSHA256: KeyedHash
    let aes: BlockCipher

    init(_ library: Libcrypto) throws(LibraryError) {
      // All are made before any is moved: a value whose making fails half-way cannot be destroyed.
      let md5 = try MessageDigest(library)
      let hmacMD5 = try KeyedHash(library, .md5)
      let hmacSHA1 = try KeyedHash(library, .sha1)
      let hmacSHA256 = try KeyedHash(library, .sha256)
      let aes = try BlockCipher(library)
      self.md5 = md5
      self.hmacMD5 = hmacMD5
      self.hmacSHA1 = hmacSHA1
      self.hmacSHA256 = hmacSHA256
      self.aes = aes
    }
  }
}
