/// A client's packet of NTP version 4, and the server's. RFC 5905, section 7.3.
///
///     0 |LI| VN  |Mode | 1 stratum | 2 poll | 3 precision | 4 root delay | 8 root dispersion |
///    12 | reference identifier | 16 reference | 24 origin | 32 receive | 40 transmit timestamp |
enum NTPProbe {
  private static let byteCount = 48

  /// No time is told: the nonce stands for the transmit timestamp, which the server repeats as the
  /// origin.
  static func request(nonce: UInt64) -> [UInt8] {
    var bytes: [UInt8] = [4 << 3 | 3]
    bytes += [UInt8](repeating: 0, count: 39)
    bytes.append(number: nonce)
    return bytes
  }

  static func description(of answer: [UInt8], nonce: UInt64) -> String? {
    var reader = ByteReader(answer)
    guard answer.count >= byteCount, let first = reader.u8(), first & 7 == 4,
      let stratum = reader.u8(), reader.skip(10), let reference = reader.take(4), reader.skip(8),
      let origin = reader.u64(), origin == nonce
    else { return nil }
    let version = "NTP version \(first >> 3 & 7)"
    // Stratum 0 is a "kiss-o'-death": the reference identifier says why. RFC 5905, section 7.4.
    if stratum == 0 { return "\(version), refuses: \(PlainText.line(reference))" }
    return stratum < 16 ? "\(version), stratum \(stratum)" : "\(version), not synchronized"
  }
}
