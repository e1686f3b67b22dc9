/// The two questions that an agent may answer to strangers: the engine discovery of version 3 (RFC
/// 3414, section 4), and version 1's `sysDescr.0` to the community `public` (RFC 1157, RFC 1213).
enum SNMPProbe {
  private static let getRequest: UInt8 = 0xa0
  private static let getResponse: UInt8 = 0xa2
  private static let userSecurityModel: UInt8 = 3
  private static let systemDescription: [UInt8] = [0x2b, 6, 1, 2, 1, 1, 1, 0]

  /// A number that the answer repeats; RFC 3412 allows 0 to 2^31 - 1.
  private static func number(_ nonce: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: nonce) & 0x7fff_ffff
  }

  static func discoveryRequest(nonce: UInt64) -> [UInt8] {
    let empty = BER.element(BER.octetString, [])
    let zero = BER.element(BER.integer, [0])
    let header = BER.element(
      BER.sequence,
      BER.number(number(nonce)) + BER.element(BER.integer, [0, 0xff, 0xe3])  // at most 65,507 bytes
        + BER.element(BER.octetString, [4])  // reportable
        + BER.element(BER.integer, [userSecurityModel]))
    let security = BER.element(
      BER.octetString, BER.element(BER.sequence, empty + zero + zero + empty + empty + empty))
    let request = BER.element(
      getRequest, BER.number(number(nonce)) + zero + zero + BER.element(BER.sequence, []))
    let scoped = BER.element(BER.sequence, empty + empty + request)
    return BER.element(BER.sequence, BER.element(BER.integer, [3]) + header + security + scoped)
  }

  static func descriptionRequest(nonce: UInt64) -> [UInt8] {
    let zero = BER.element(BER.integer, [0])
    let variable = BER.element(
      BER.sequence,
      BER.element(BER.objectIdentifier, systemDescription) + BER.element(BER.null, []))
    let request = BER.element(
      getRequest, BER.number(number(nonce)) + zero + zero + BER.element(BER.sequence, variable))
    return BER.element(
      BER.sequence, zero + BER.element(BER.octetString, Array("public".utf8)) + request)
  }

  static func description(of answer: [UInt8], nonce: UInt64) -> String? {
    var reader = ByteReader(answer)
    guard var message = reader.element(BER.sequence), let version = message.number() else {
      return nil
    }
    return version == 3 ? engine(&message, nonce) : systemDescription(&message, nonce)
  }

  private static func engine(_ message: inout ByteReader, _ nonce: UInt64) -> String? {
    guard var header = message.element(BER.sequence), header.number() == number(nonce),
      var security = message.element(BER.octetString),
      var parameters = security.element(BER.sequence),
      var engine = parameters.element(BER.octetString)
    else { return nil }
    // The first 4 bytes name the maker. RFC 3411, section 5, SnmpEngineID.
    guard let maker = engine.u32() else { return "SNMP version 3" }
    return "SNMP version 3, enterprise \(maker & 0x7fff_ffff)"
  }

  private static func systemDescription(
    _ message: inout ByteReader, _ nonce: UInt64
  ) -> String? {
    guard message.element(BER.octetString) != nil, var response = message.element(getResponse),
      response.number() == number(nonce), response.number() != nil, response.number() != nil
    else { return nil }
    guard var variables = response.element(BER.sequence),
      var variable = variables.element(BER.sequence),
      variable.element(BER.objectIdentifier) != nil, var value = variable.element(BER.octetString)
    else { return "SNMP version 1" }
    return "SNMP version 1, \(PlainText.line(value.rest()))"
  }
}
