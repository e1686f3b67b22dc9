internal import COpenSSL
internal import Glibc
internal import LinkLayer

/// What the certificate of the other end says.
public struct PeerCertificate: Hashable, Sendable {
  /// Whose it is, on a line as OpenSSL writes it: `/O=Example/CN=example.org`.
  public let subject: String
  /// Who issued it, in the same form.
  public let issuer: String
  /// The names and addresses that it is for (subjectAltName, RFC 5280, section 4.2.1.6).
  public let names: [String]
  /// The first day on which it is valid, `YYYY-MM-DD`.
  public let notBefore: String
  /// The last day on which it is valid.
  public let notAfter: String

  /// Reads what OpenSSL has parsed.
  @unsafe init(_ certificate: OpaquePointer, _ crypto: TLSLibcrypto) {
    subject = unsafe Self.line(crypto.subject(certificate), crypto)
    issuer = unsafe Self.line(crypto.issuer(certificate), crypto)
    notBefore = unsafe Self.day(crypto.notBefore(certificate), crypto)
    notAfter = unsafe Self.day(crypto.notAfter(certificate), crypto)
    names = unsafe Self.names(certificate, crypto)
  }

  @unsafe private static func line(_ name: OpaquePointer?, _ crypto: TLSLibcrypto) -> String {
    var text = [CChar](repeating: 0, count: 512)
    guard unsafe crypto.nameLine(name, &text, CInt(text.count)) != nil else { return "" }
    // OpenSSL escapes what is not printable.
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  @unsafe private static func day(_ time: OpaquePointer?, _ crypto: TLSLibcrypto) -> String {
    var calendar = unsafe tm()
    guard unsafe crypto.calendarTime(time, &calendar) == 1 else { return "an unreadable day" }
    let (year, month, day) = unsafe (
      Int(calendar.tm_year) + 1900, Int(calendar.tm_mon) + 1, Int(calendar.tm_mday)
    )
    return "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
  }

  @unsafe private static func names(
    _ certificate: OpaquePointer, _ crypto: TLSLibcrypto
  ) -> [String] {
    guard let list = unsafe crypto.extensionValue(certificate, subjectAltName, nil, nil) else {
      return []
    }
    defer { unsafe crypto.freeNames(list) }
    var names: [String] = []
    for index in 0..<max(0, unsafe crypto.count(list)) {
      guard let name = unsafe crypto.element(list, index),
        let text = unsafe text(name.pointee, crypto)
      else { continue }
      names.append(text)
    }
    return names
  }

  /// A DNS name or an address; nil for names of other kinds.
  @unsafe private static func text(
    _ name: crimp_openssl_general_name, _ crypto: TLSLibcrypto
  ) -> String? {
    guard unsafe name.type == dnsName || name.type == ipAddress,
      let start = unsafe crypto.stringBytes(name.value)
    else { return nil }
    let bytes = unsafe Array(
      UnsafeBufferPointer(start: start, count: max(0, Int(crypto.stringLength(name.value)))))
    if unsafe name.type == ipAddress { return IPAddress(bytes: bytes)?.description }
    // It goes to a terminal or a log: nothing but what a host's name may have.
    guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// `NID_subject_alt_name`.
private let subjectAltName: CInt = 85
/// `GEN_DNS`.
private let dnsName: CInt = 2
/// `GEN_IPADD`.
private let ipAddress: CInt = 7
