/// A call of procedure 0, which takes nothing, does nothing and gives nothing. RFC 5531, sections 9 and 12.1.
enum ONCRPCProbe {
  private static func transaction(_ nonce: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: nonce) }

  static func request(program: UInt32, version: UInt32, nonce: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    // xid, CALL, RPC version 2, program, version, procedure 0; no credentials, no verifier.
    for number in [transaction(nonce), 0, 2, program, version, 0, 0, 0, 0, 0] {
      bytes.append(number: number)
    }
    return bytes
  }

  /// Nothing when the call was carried out, else what stands after the service's name.
  static func description(of answer: [UInt8], nonce: UInt64) -> String? {
    var reader = ByteReader(answer)
    guard reader.u32() == transaction(nonce), reader.u32() == 1, let status = reader.u32() else {
      return nil
    }
    return status == 0 ? "" : ", refuses"
  }
}
