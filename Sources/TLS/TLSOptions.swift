internal import Glibc

/// Which part in the handshake a stream takes (RFC 8446, section 2).
public enum TLSRole: Hashable, Sendable {
  /// It begins.
  case client
  /// It is asked, and shows a certificate.
  case server
}

/// A version of TLS.
public enum TLSVersion: UInt16, Hashable, Sendable, CaseIterable, Comparable {
  /// RFC 2246; OpenSSL speaks it only with ciphers of `@SECLEVEL=0`.
  case v1_0 = 0x0301
  /// RFC 4346; as 1.0.
  case v1_1 = 0x0302
  /// RFC 5246.
  case v1_2 = 0x0303
  /// RFC 8446.
  case v1_3 = 0x0304

  /// By age, the oldest first.
  public static func < (left: TLSVersion, right: TLSVersion) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// What all connections of a `TLSContext` have in common.
public struct TLSOptions: Hashable, Sendable {
  /// Whose certificates are believed.
  public enum Trust: Hashable, Sendable {
    /// Those that this host's administrator trusts.
    case system
    /// Those in a file of PEM certificates, in a directory with OpenSSL's hashed names, or in both. A
    /// server's own certificate may stand there itself.
    case authorities(file: String?, directory: String?)
  }

  /// What is asked of the other end.
  public enum Verification: Hashable, Sendable {
    /// Nothing: its certificate, if any, is not looked at.
    case off
    /// A certificate that is shown must be right; a client may show none.
    case optional
    /// It must show a certificate, and that must be right.
    case required
  }

  /// Whose certificates are believed.
  public var trust = Trust.system
  /// What is asked of the other end; nil is `required` of a server and `off` of a client.
  public var verification: Verification?
  /// A PEM file with the certificate to show and those that lead from it to a root, in this order. A
  /// server needs one.
  public var certificate: String?
  /// A PEM file with the certificate's private key, not encrypted; nil when it stands in the same file.
  public var key: String?
  /// The oldest version that is spoken.
  public var leastVersion = TLSVersion.v1_2
  /// The newest one; nil for the newest that OpenSSL has.
  public var greatestVersion: TLSVersion?
  /// OpenSSL's list of ciphers for TLS 1.2 and older; nil for its own choice.
  public var ciphers: String?
  /// What may be spoken inside, the preferred first (ALPN, RFC 7301); empty to say nothing of it.
  public var applicationProtocols: [String] = []
  /// Whether a connection that ends without TLS's own word for it has simply ended. Who is between the two
  /// ends can cut such a stream short unseen, so it fails unless this is set.
  public var takesTruncationAsEnd = false

  /// This host's authorities, and TLS 1.2 or newer.
  public init() {}
}

extension TLSOptions.Trust {
  /// The authorities at a path, which is a file of PEM certificates or a directory with hashed names.
  public static func at(_ path: String) -> TLSOptions.Trust {
    var status = stat()
    let isDirectory = unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    return isDirectory
      ? .authorities(file: nil, directory: path) : .authorities(file: path, directory: nil)
  }
}

/// What one connection asks of its other end by name.
public struct TLSExpectation: Hashable, Sendable {
  /// What the server is told that it is called (SNI, RFC 6066, section 3); nil for nothing. Addresses are
  /// never told.
  public var serverName: String?
  /// The name or the address that the certificate must be for; nil for any.
  public var certifiedName: String?

  /// Nothing: no name is told, and a certificate may be for any.
  public init() {}

  /// The server of this name or address, told and checked.
  public init(host: String) {
    // A name's root is written with a dot and never certified with one.
    let name = host.hasSuffix(".") ? String(host.dropLast()) : host
    serverName = name
    certifiedName = name
  }
}
