public import DynamicLibrary

/// Why there is no `TLSContext` with some options.
public enum TLSConfigurationError: Error, Hashable, Sendable {
  /// OpenSSL is not installed, or too old.
  case library(LibraryError)
  /// A file or a directory cannot be read; the system's words.
  case unreadable(path: String, reason: String)
  /// A file does not hold what it should: a certificate, a key.
  case malformed(path: String, reason: String)
  /// A private key is encrypted, and nobody is there to be asked.
  case encryptedKey(path: String)
  /// The key is not the certificate's.
  case otherKey(key: String, certificate: String)
  /// A server has no certificate to show.
  case noCertificate
  /// OpenSSL knows none of the ciphers.
  case unknownCiphers(String)
  /// An application protocol's name is empty or longer than 255 bytes, or all together are too long.
  case malformedProtocol(String)
  /// OpenSSL failed for want of memory, or of what its configuration forbids; its words.
  case failed(reason: String)
}

extension TLSConfigurationError: CustomStringConvertible {
  /// One sentence, with the file that it is about.
  public var description: String {
    switch self {
    case .library(.missing(let library, let package)):
      "\(library) is not installed: apt-get install \(package)"
    case .library(.unsuitable(let library, let symbol)):
      "\(library) has no \(symbol): it is too old"
    case .unreadable(let path, let reason): "\(path): \(reason)"
    case .malformed(let path, let reason): "\(path): \(reason)"
    case .encryptedKey(let path):
      "\(path): the key is encrypted; write it plain: openssl pkey -in \(path) -out FILE"
    case .otherKey(let key, let certificate):
      "\(key): not the key of the certificate in \(certificate)"
    case .noCertificate: "a TLS server needs a certificate"
    case .unknownCiphers(let list): "\(list): OpenSSL knows no such ciphers"
    case .malformedProtocol(let name): "\(name): expected an application protocol of 1 to 255 bytes"
    case .failed(let reason): "OpenSSL failed: \(reason)"
    }
  }
}
