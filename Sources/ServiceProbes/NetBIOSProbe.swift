/// A question for the names of a host's own table. RFC 1002, sections 4.2.17 and 4.2.18.
enum NetBIOSProbe {
  private static let nodeStatus: UInt16 = 0x21

  static func request(nonce: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    for number in [UInt16(truncatingIfNeeded: nonce), 0, 1, 0, 0, 0] {
      bytes.append(number: number)
    }
    // The name "*" and 15 zeros, each half byte as a letter. RFC 1001, section 14.1.
    bytes += [32] + Array("CK".utf8) + [UInt8](repeating: UInt8(ascii: "A"), count: 30) + [0]
    bytes.append(number: nodeStatus)
    bytes.append(number: 1 as UInt16)
    return bytes
  }

  static func description(of answer: [UInt8], nonce: UInt64) -> String? {
    var reader = ByteReader(answer)
    guard reader.u16() == UInt16(truncatingIfNeeded: nonce), let flags = reader.u16(),
      flags & 0x8000 != 0, reader.skip(8 + 34), reader.u16() == nodeStatus, reader.skip(8)
    else { return nil }
    guard let count = reader.u8(), count > 0, let name = reader.take(15) else { return "NetBIOS" }
    let text = PlainText.line(name).split(separator: " ").joined(separator: " ")
    return "NetBIOS, \(text)"
  }
}
