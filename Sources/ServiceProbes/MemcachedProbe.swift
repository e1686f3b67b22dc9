/// memcached's text protocol in a frame for UDP: request identifier, sequence number, count of datagrams,
/// a reserved field, 2 bytes each. memcached's doc/protocol.txt, "UDP protocol".
enum MemcachedProbe {
  static func request(nonce: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    for number in [UInt16(truncatingIfNeeded: nonce), 0, 1, 0] { bytes.append(number: number) }
    return bytes + Array("version\r\n".utf8)
  }

  static func description(of answer: [UInt8], nonce: UInt64) -> String? {
    var reader = ByteReader(answer)
    guard reader.u16() == UInt16(truncatingIfNeeded: nonce), reader.skip(6) else { return nil }
    let text = reader.rest()
    return text.starts(with: "VERSION ".utf8)
      ? "memcached \(PlainText.line(text.dropFirst(8)))" : nil
  }
}
