public import EventLoop

/// Why a connection by TLS failed.
public struct TLSError: Error, Hashable, Sendable {
  /// What went wrong.
  public enum Cause: Hashable, Sendable {
    /// The other end's certificate was not accepted.
    case certificate(CertificateProblem)
    /// The other end gave up, and told why by this alert (RFC 8446, section 6).
    case alert(UInt8)
    /// What came is no TLS: `words` say what it looks like.
    case notTLS(words: String)
    /// Both speak TLS, and could not agree or keep to it; OpenSSL's words.
    case disagreement(words: String)
    /// The connection ended in the handshake.
    case endedEarly
    /// The connection ended without TLS's own word for it (`close_notify`): something may be missing.
    case truncated
    /// The connection was lost.
    case lost(SystemError)
    /// The handshake took too long.
    case timedOut
    /// Whoever wanted the connection gave it up.
    case cancelled
  }

  /// Who is at the other end: an address or a name.
  public let peer: String
  /// What went wrong.
  public let cause: Cause

  /// The failure of a connection with `peer`.
  public init(with peer: String, _ cause: Cause) {
    self.peer = peer
    self.cause = cause
  }
}

extension TLSError: CustomStringConvertible {
  /// One line: who, and what went wrong there.
  public var description: String { "\(peer): \(cause.words)" }
}

extension TLSError.Cause {
  /// What went wrong, without the name of the peer.
  public var words: String {
    switch self {
    case .certificate(let problem): problem.description
    case .alert(let number): "the peer refused: \(TLSAlert.words(number))"
    case .notTLS(let words): "no TLS is spoken there: \(words)"
    case .disagreement(let words): "TLS failed: \(words)"
    case .endedEarly: "the connection ended in the TLS handshake"
    case .truncated: "the connection ended without TLS's close_notify: it may have been cut short"
    case .lost(let error): "the connection was lost: \(error.reason)"
    case .timedOut: "no TLS handshake in time"
    case .cancelled: "given up"
    }
  }
}

/// What TLS's alerts mean (RFC 8446, section 6, and the IANA's registry).
enum TLSAlert {
  private static let meanings: [UInt8: String] = [
    10: "unexpected message",
    20: "bad record",
    22: "record too long",
    40: "handshake failure: nothing in common",
    42: "bad certificate",
    43: "a certificate of this kind is not supported",
    44: "the certificate is revoked",
    45: "the certificate has expired",
    46: "the certificate is not acceptable",
    47: "illegal parameter",
    48: "it does not know who issued the certificate",
    49: "access denied",
    50: "decoding failed",
    51: "decryption failed",
    70: "it does not speak this version of TLS",
    71: "too little security",
    80: "internal error",
    86: "inappropriate fallback",
    90: "given up by its user",
    109: "missing extension",
    112: "it has no such name",
    116: "it wants a certificate",
    120: "no application protocol in common",
  ]

  static func words(_ number: UInt8) -> String {
    meanings[number] ?? "alert \(number)"
  }
}
