/// A binding request, and the mapped address of its answer. RFC 8489, sections 5 and 14.2.
///
///     |0 0|  message type (14)  |     length      |
///     |            magic cookie 2112A442h         |
///     |          transaction ID (96 bits)         |
enum STUNProbe {
  private static let bindingRequest: UInt16 = 0x0001
  private static let bindingSuccess: UInt16 = 0x0101
  private static let bindingError: UInt16 = 0x0111
  private static let cookie: UInt32 = 0x2112_a442
  private static let xorMappedAddress: UInt16 = 0x0020

  private static func transaction(_ nonce: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(number: nonce)
    bytes.append(number: UInt32(truncatingIfNeeded: nonce >> 16))
    return bytes
  }

  static func request(nonce: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(number: bindingRequest)
    bytes.append(number: 0 as UInt16)
    bytes.append(number: cookie)
    return bytes + transaction(nonce)
  }

  static func description(of answer: [UInt8], nonce: UInt64) -> String? {
    var reader = ByteReader(answer)
    guard let type = reader.u16(), type == bindingSuccess || type == bindingError,
      let length = reader.u16(), reader.u32() == cookie, reader.take(12) == transaction(nonce),
      var attributes = reader.part(Int(length))
    else { return nil }
    while let kind = attributes.u16(), let size = attributes.u16(),
      let value = attributes.part(Int(size))
    {
      if kind == xorMappedAddress, let text = mappedAddress(value) { return "STUN, sees \(text)" }
      // Attributes are padded to 4 bytes.
      guard attributes.skip((4 - Int(size) % 4) % 4) else { break }
    }
    return type == bindingSuccess ? "STUN" : "STUN, refuses"
  }

  /// The address of IPv4 that the attribute holds, made unreadable to address translators by the cookie.
  private static func mappedAddress(_ attribute: ByteReader) -> String? {
    var reader = attribute
    guard reader.u8() != nil, reader.u8() == 1, let port = reader.u16(), let address = reader.u32()
    else { return nil }
    let clear = address ^ cookie
    let numbers = [24, 16, 8, 0].map { String(clear >> $0 & 0xff) }
    return "\(numbers.joined(separator: ".")):\(port ^ UInt16(truncatingIfNeeded: cookie >> 16))"
  }
}
