/// An empty confirmable message, which is answered by a reset: CoAP's ping. RFC 7252, sections 3 and 4.3.
///
///     |Ver| T | TKL |   code    |      message ID       |
enum CoAPProbe {
  static func request(nonce: UInt64) -> [UInt8] {
    message(0x40, nonce)
  }

  static func description(of answer: [UInt8], nonce: UInt64) -> String? {
    answer == message(0x70, nonce) ? "CoAP" : nil
  }

  private static func message(_ first: UInt8, _ nonce: UInt64) -> [UInt8] {
    var bytes: [UInt8] = [first, 0]
    bytes.append(number: UInt16(truncatingIfNeeded: nonce))
    return bytes
  }
}
