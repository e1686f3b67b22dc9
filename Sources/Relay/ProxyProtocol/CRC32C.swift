/// The Castagnoli checksum of 32 bits (RFC 9260, appendix A), with which a PROXY header of version 2 may
/// be protected.
enum CRC32C {
  /// The polynomial 1EDC6F41h, its bits reversed.
  private static let polynomial: UInt32 = 0x82f6_3b78

  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum = UInt32.max
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ polynomial : sum >> 1 }
    }
    return ~sum
  }
}
