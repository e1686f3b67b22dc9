/// A query of one question, and the header of its answer. RFC 1035, section 4.1.1.
///
///      0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15
///     |                      ID                       |
///     |QR|   Opcode  |AA|TC|RD|RA|   Z    |   RCODE   |
///     |              QD, AN, NS, AR counts            |
enum DNSProbe {
  private static let pointer: UInt16 = 12
  private static let nameServer: UInt16 = 2
  private static let internetClass: UInt16 = 1
  /// The class with the bit that asks for an answer by unicast. RFC 6762, section 5.4.
  private static let unicastClass: UInt16 = 0x8001

  /// Who serves the root; without recursion, so that nobody else is asked.
  static func rootRequest(nonce: UInt64) -> [UInt8] {
    request([], nameServer, internetClass, nonce)
  }

  /// Which kinds of services there are. RFC 6763, section 9.
  static func servicesRequest(nonce: UInt64) -> [UInt8] {
    request(["_services", "_dns-sd", "_udp", "local"], pointer, unicastClass, nonce)
  }

  private static func request(
    _ labels: [String], _ type: UInt16, _ questionClass: UInt16, _ nonce: UInt64
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    for number in [UInt16(truncatingIfNeeded: nonce), 0, 1, 0, 0, 0] {
      bytes.append(number: number)
    }
    for label in labels {
      bytes.append(UInt8(truncatingIfNeeded: label.utf8.count))
      bytes += label.utf8
    }
    bytes.append(0)
    bytes.append(number: type)
    bytes.append(number: questionClass)
    return bytes
  }

  static func description(of answer: [UInt8], nonce: UInt64) -> String? {
    var reader = ByteReader(answer)
    guard let identifier = reader.u16(), identifier == UInt16(truncatingIfNeeded: nonce),
      let flags = reader.u16(), flags & 0x8000 != 0, reader.skip(8)
    else { return nil }
    return "DNS, \(code(flags & 0xf))"
  }

  /// The response code as RFC 6895, section 2.3, names it.
  private static func code(_ code: UInt16) -> String {
    switch code {
    case 0: "NOERROR"
    case 1: "FORMERR"
    case 2: "SERVFAIL"
    case 3: "NXDOMAIN"
    case 4: "NOTIMP"
    case 5: "REFUSED"
    default: "RCODE \(code)"
    }
  }
}
