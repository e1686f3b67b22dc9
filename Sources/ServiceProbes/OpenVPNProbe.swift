/// The first packet of a session, `P_CONTROL_HARD_RESET_CLIENT_V2`, and the server's to it. OpenVPN's
/// documentation, "Network protocol".
///
///     | opcode (5) | key (3) | session ID (64) | acknowledgments (8) | packet ID (32) |
enum OpenVPNProbe {
  private static let hardResetClient: UInt8 = 7
  private static let hardResetServer: UInt8 = 8

  static func request(nonce: UInt64) -> [UInt8] {
    var bytes: [UInt8] = [hardResetClient << 3]
    bytes.append(number: nonce)
    return bytes + [0, 0, 0, 0, 0]
  }

  static func description(of answer: [UInt8], nonce: UInt64) -> String? {
    var reader = ByteReader(answer)
    // The server acknowledges packet 0 of our session.
    guard reader.u8() == hardResetServer << 3, reader.skip(8), reader.u8() == 1, reader.u32() == 0,
      reader.u64() == nonce
    else { return nil }
    return "OpenVPN"
  }
}
