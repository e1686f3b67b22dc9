/// A client's hello without a cookie, which a server answers by a cookie, its own hello or an alert. RFC
/// 6347, sections 4.1 and 4.2.
///
///     | type 22 | version (16) | epoch (16) | sequence (48) | length (16) |
///     | msg type 1 | length (24) | message sequence (16) | offset (24) | fragment length (24) | hello
enum DTLSProbe {
  private static let handshake: UInt8 = 22
  private static let alert: UInt8 = 21
  private static let version10: UInt16 = 0xfeff
  private static let version12: UInt16 = 0xfefd

  static func request(nonce: UInt64) -> [UInt8] {
    let hello = clientHello(nonce)
    let length = UInt16(hello.count)
    var bytes: [UInt8] = [handshake]
    bytes.append(number: version10)
    bytes += [0, 0, 0, 0, 0, 0, 0, 0]
    bytes.append(number: length + 12)
    bytes += [1, 0]
    bytes.append(number: length)
    bytes += [0, 0, 0, 0, 0, 0]
    bytes.append(number: length)
    return bytes + hello
  }

  private static func clientHello(_ nonce: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(number: version12)
    for factor: UInt64 in [1, 3, 5, 7] { bytes.append(number: nonce &* factor) }
    bytes += [0, 0]  // neither a session nor a cookie
    let suites: [UInt16] = [0xc02b, 0xc02f, 0xc02c, 0xc030, 0xc0a8, 0xc0ae, 0x009c, 0x002f, 0x00ff]
    bytes.append(number: UInt16(suites.count * 2))
    for suite in suites { bytes.append(number: suite) }
    bytes += [1, 0]  // no compression
    let extensions: [UInt8] = [
      0, 10, 0, 8, 0, 6, 0, 29, 0, 23, 0, 24,  // groups: x25519, secp256r1, secp384r1
      0, 11, 0, 2, 1, 0,  // points uncompressed
      0, 13, 0, 10, 0, 8, 4, 3, 4, 1, 8, 4, 2, 1,  // signatures
    ]
    bytes.append(number: UInt16(extensions.count))
    return bytes + extensions
  }

  static func description(of answer: [UInt8]) -> String? {
    var reader = ByteReader(answer)
    guard let type = reader.u8(), type == handshake || type == alert, let version = reader.u16(),
      version == version10 || version == version12, reader.skip(8), let length = reader.u16(),
      length > 0, Int(length) <= reader.count
    else { return nil }
    return type == alert ? "DTLS, refuses" : "DTLS"
  }
}
