internal import DynamicLibrary
internal import EventLoop

/// What the errors in OpenSSL's queue mean.
struct TLSFailure {
  private let crypto: TLSLibcrypto
  private let packed: CUnsignedLong
  private let code: TLSLibcrypto.Code

  init(_ crypto: TLSLibcrypto) {
    self.crypto = crypto
    packed = crypto.peekError()
    code = TLSLibcrypto.Code(packed)
  }

  private static let sslLibrary = 20
  private static let certificateVerifyFailed = 134
  private static let noCertificate = 199
  private static let unexpectedEnd = 294
  /// `SSL_AD_REASON_OFFSET`.
  private static let firstAlert = 1000

  func cause(
    _ problem: CertificateProblem?, _ bio: StreamBIO, isEstablished: Bool
  ) -> TLSError.Cause {
    guard packed != 0, code.library == Self.sslLibrary else {
      guard bio.lossNumber == 0 else {
        return .lost(SystemError(errno: bio.lossNumber, operation: "TLS"))
      }
      return .disagreement(words: crypto.reason(packed))
    }
    switch code.reason {
    case Self.certificateVerifyFailed:
      return .certificate(problem ?? CertificateProblem(.other(0, "unknown reason"), of: ""))
    case Self.noCertificate: return .certificate(CertificateProblem(.missing, of: ""))
    case Self.unexpectedEnd: return isEstablished ? .truncated : .endedEarly
    case Self.firstAlert...(Self.firstAlert + 255):
      return .alert(UInt8(code.reason - Self.firstAlert))
    default:
      guard !isEstablished, let words = Self.foreign[code.reason] else {
        return .disagreement(words: crypto.reason(packed))
      }
      return .notTLS(words: words)
    }
  }

  /// What OpenSSL says of bytes that are no record, by `SSL_R_`.
  private static let foreign: [Int: String] = [
    155: "it looks like a proxy's HTTP request",  // HTTPS_PROXY_REQUEST
    156: "it looks like an HTTP request",  // HTTP_REQUEST
    198: "what came is no record",  // PACKET_LENGTH_TOO_LONG
    267: "what came is no record",  // WRONG_VERSION_NUMBER
    443: "what came is no record",  // BAD_RECORD_TYPE
  ]
}
