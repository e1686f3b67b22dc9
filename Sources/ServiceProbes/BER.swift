/// As much of the basic encoding rules as SNMP needs. ITU-T X.690, section 8.1.
enum BER {
  static let integer: UInt8 = 0x02
  static let octetString: UInt8 = 0x04
  static let null: UInt8 = 0x05
  static let objectIdentifier: UInt8 = 0x06
  static let sequence: UInt8 = 0x30

  /// An element of at most 127 bytes of contents: what requests are made of.
  static func element(_ tag: UInt8, _ contents: [UInt8]) -> [UInt8] {
    precondition(contents.count < 128, "the contents of a request's element are short")
    return [tag, UInt8(contents.count)] + contents
  }

  /// A number of 4 bytes, so that all numbers have the same length. Its highest bit must be clear.
  static func number(_ number: UInt32) -> [UInt8] {
    var contents: [UInt8] = []
    contents.append(number: number)
    return element(integer, contents)
  }
}

extension ByteReader {
  /// The contents of the next element, when it has this tag.
  mutating func element(_ tag: UInt8) -> ByteReader? {
    guard let found = u8(), found == tag, let length = length() else { return nil }
    return part(length)
  }

  /// The next element's tag and contents.
  mutating func anyElement() -> (tag: UInt8, contents: ByteReader)? {
    guard let tag = u8(), let length = length(), let contents = part(length) else { return nil }
    return (tag, contents)
  }

  /// The number of the next element, an integer of at most 4 bytes.
  mutating func number() -> UInt32? {
    guard var contents = element(BER.integer), (1...4).contains(contents.count) else { return nil }
    return contents.rest().reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// A length in the short form, or in the long form of 1 or 2 bytes: no datagram is longer.
  private mutating func length() -> Int? {
    guard let first = u8() else { return nil }
    switch first {
    case 0..<0x80: return Int(first)
    case 0x81: return u8().map(Int.init)
    case 0x82: return u16().map(Int.init)
    default: return nil
    }
  }
}
