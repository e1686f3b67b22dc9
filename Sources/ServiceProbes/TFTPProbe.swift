/// A request to read a file that no server has, which is answered by an error, from a port of its own.
/// RFC 1350, sections 4 and 5.
enum TFTPProbe {
  private static let readRequest: UInt16 = 1
  private static let data: UInt16 = 3
  private static let error: UInt16 = 5

  static func request(nonce: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(number: readRequest)
    bytes += Array("crimp-check-\(nonce.hexadecimal)".utf8) + [0] + Array("octet".utf8) + [0]
    return bytes
  }

  static func description(of answer: [UInt8]) -> String? {
    var reader = ByteReader(answer)
    guard let operation = reader.u16(), let number = reader.u16() else { return nil }
    switch operation {
    case data: return "TFTP"
    case error:
      let message = PlainText.line(reader.rest().prefix { $0 != 0 })
      return message.isEmpty ? "TFTP, error \(number)" : "TFTP, \(message)"
    default: return nil
    }
  }
}
