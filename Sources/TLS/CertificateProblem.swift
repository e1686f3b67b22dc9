/// Why a certificate was not accepted.
public struct CertificateProblem: Hashable, Sendable {
  /// What is wrong.
  public enum Reason: Hashable, Sendable {
    /// It was valid until then: `2026-01-31`.
    case expired(String)
    /// It will be valid from then on.
    case notYetValid(String)
    /// It is signed by itself, and is not among those that are trusted.
    case selfSigned
    /// It, or the last of its chain, was issued by an authority that is not trusted.
    case unknownIssuer(String)
    /// It is the authority's at which the chain that was shown ends, and that is not trusted.
    case untrustedRoot
    /// It is for other names than the one that was expected.
    case otherName(expected: String, certified: [String])
    /// Its signature is not that of its issuer.
    case wrongSignature
    /// It is revoked.
    case revoked
    /// It is not for this use: a server's, a client's, an authority's.
    case wrongPurpose
    /// Its key or its signature is weaker than OpenSSL accepts.
    case tooWeak
    /// None was shown, and one is required.
    case missing
    /// Something else; OpenSSL's number and words.
    case other(Int32, String)
  }

  /// What is wrong.
  public let reason: Reason
  /// Whose certificate it is, as OpenSSL writes that on a line: `/O=Example/CN=example.org`. Empty when there
  /// is none.
  public let subject: String

  /// A problem of the certificate of `subject`.
  public init(_ reason: Reason, of subject: String) {
    self.reason = reason
    self.subject = subject
  }
}

extension CertificateProblem: CustomStringConvertible {
  /// One sentence.
  public var description: String {
    let whose = subject.isEmpty ? "the certificate" : "the certificate of \(subject)"
    return switch reason {
    case .expired(let day): "\(whose) expired on \(day)"
    case .notYetValid(let day): "\(whose) is valid only from \(day) on"
    case .selfSigned: "\(whose) is signed by itself and not trusted"
    case .unknownIssuer(let issuer):
      "\(whose) was issued by \(issuer.isEmpty ? "somebody" : issuer), who is not trusted"
    case .untrustedRoot:
      "the certificate's chain ends at \(subject.isEmpty ? "somebody" : subject), who is not trusted"
    case .otherName(let expected, let names):
      names.isEmpty
        ? "\(whose) is not for \(expected)"
        : "\(whose) is not for \(expected), but for \(names.joined(separator: ", "))"
    case .wrongSignature: "\(whose) has a wrong signature"
    case .revoked: "\(whose) is revoked"
    case .wrongPurpose: "\(whose) is not for this use"
    case .tooWeak: "\(whose) has a key or a signature that is too weak"
    case .missing: "no certificate was shown, and one is required"
    case .other(_, let words): "\(whose) is not accepted: \(words)"
    }
  }
}

extension CertificateProblem {
  /// What the verification's error `code` (`X509_V_ERR_`) means for `certificate`.
  init(_ code: Int32, _ certificate: PeerCertificate?, expected: String, words: String) {
    self.init(
      Self.reason(code, certificate, expected, words), of: certificate?.subject ?? "")
  }

  private static func reason(
    _ code: Int32, _ certificate: PeerCertificate?, _ expected: String, _ words: String
  ) -> Reason {
    switch code {
    case 10: .expired(certificate?.notAfter ?? "")
    case 9: .notYetValid(certificate?.notBefore ?? "")
    case 18: .selfSigned
    case 19: .untrustedRoot
    case 2, 20, 21, 27: .unknownIssuer(certificate?.issuer ?? "")
    case 62, 63, 64: .otherName(expected: expected, certified: certificate?.names ?? [])
    case 7: .wrongSignature
    case 23: .revoked
    case 24, 26, 79: .wrongPurpose
    case 66, 67, 68: .tooWeak
    default: .other(code, words)
    }
  }
}
