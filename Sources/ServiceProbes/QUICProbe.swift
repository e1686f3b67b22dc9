/// A packet of a version that nobody has, which is answered by the versions that there are. RFC 8999,
/// sections 5.1 and 6; RFC 9000, section 15, reserves the version's pattern for this.
///
///     |1| version-specific (7) | version (32) | DCID length (8) | DCID | SCID length (8) | SCID | …
enum QUICProbe {
  private static let reservedVersion: UInt32 = 0x1a2a_3a4a
  /// A server ignores shorter packets of a version that it does not know. RFC 9000, section 14.1.
  private static let byteCount = 1200

  static func request(nonce: UInt64) -> [UInt8] {
    var bytes: [UInt8] = [0xc0]
    bytes.append(number: reservedVersion)
    bytes.append(8)
    bytes.append(number: nonce)
    bytes.append(8)
    bytes.append(number: ~nonce)
    return bytes + [UInt8](repeating: 0, count: byteCount - bytes.count)
  }

  static func description(of answer: [UInt8], nonce: UInt64) -> String? {
    var reader = ByteReader(answer)
    // The identifiers come back with their places changed.
    guard let first = reader.u8(), first & 0x80 != 0, reader.u32() == 0, reader.u8() == 8,
      reader.u64() == ~nonce, reader.u8() == 8, reader.u64() == nonce
    else { return nil }
    var versions: [String] = []
    while versions.count < 8, let version = reader.u32() {
      if let name = name(version) { versions.append(name) }
    }
    return versions.isEmpty ? "QUIC" : "QUIC version \(versions.joined(separator: ", "))"
  }

  /// The version's name; nil for those that are there to be ignored.
  private static func name(_ version: UInt32) -> String? {
    switch version {
    case 1: "1"
    case 0x6b33_43cf: "2"  // RFC 9369
    case 0xff00_0000...0xff00_00ff: "draft \(version & 0xff)"
    case let version where version & 0x0f0f_0f0f == 0x0a0a_0a0a: nil
    default: String(version, radix: 16)
    }
  }
}
