/// The small readers and writers that the addresses' text forms share. They work on ASCII bytes.
enum AddressText {
  static let colon = UInt8(ascii: ":")
  static let dash = UInt8(ascii: "-")
  static let dot = UInt8(ascii: ".")
  static let slash = UInt8(ascii: "/")

  /// The value of a hexadecimal digit.
  static func hexValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// The number that 1 to `limit` hexadecimal digits spell.
  static func hexNumber(_ digits: some Sequence<UInt8>, upTo limit: Int) -> UInt64? {
    var value: UInt64 = 0
    var count = 0
    for digit in digits {
      guard count < limit, let part = hexValue(digit) else { return nil }
      value = value << 4 | UInt64(part)
      count += 1
    }
    return count > 0 ? value : nil
  }

  /// The number from 0 to `limit` that decimal digits spell, without sign or leading zero.
  static func decimalNumber(_ digits: some Collection<UInt8>, upTo limit: Int) -> Int? {
    guard let first = digits.first, digits.count <= 10 else { return nil }
    guard first != UInt8(ascii: "0") || digits.count == 1 else { return nil }
    var value = 0
    for digit in digits {
      guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
      value = value * 10 + Int(digit - UInt8(ascii: "0"))
    }
    return value <= limit ? value : nil
  }

  /// Appends two lower-case hexadecimal digits.
  static func appendHex(_ byte: UInt8, to text: inout [UInt8]) {
    text.append(hexDigit(byte >> 4))
    text.append(hexDigit(byte & 0xf))
  }

  /// Appends lower-case hexadecimal digits without leading zeros.
  static func appendHex(_ group: UInt16, to text: inout [UInt8]) {
    var shift = 12
    while shift > 0, group >> shift == 0 { shift -= 4 }
    while shift >= 0 {
      text.append(hexDigit(UInt8(truncatingIfNeeded: group >> shift & 0xf)))
      shift -= 4
    }
  }

  /// Appends decimal digits.
  static func appendDecimal(_ byte: UInt8, to text: inout [UInt8]) {
    if byte >= 100 { text.append(UInt8(ascii: "0") + byte / 100) }
    if byte >= 10 { text.append(UInt8(ascii: "0") + byte / 10 % 10) }
    text.append(UInt8(ascii: "0") + byte % 10)
  }

  /// `bytes` as pairs of hexadecimal digits with colons between them.
  static func colonHex(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    for byte in bytes {
      if !text.isEmpty { text.append(colon) }
      appendHex(byte, to: &text)
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
