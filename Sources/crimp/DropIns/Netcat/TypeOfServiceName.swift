import Glibc

/// The names that `-T` takes for values of the type of service (RFC 791, RFC 2474, RFC 2597, RFC 3246).
enum TypeOfServiceName {
  private static let names: [String: UInt8] = [
    "critical": 0xa0, "ef": 0xb8, "inetcontrol": 0xc0, "lowcost": 0x02, "lowdelay": 0x10,
    "netcontrol": 0xe0, "reliability": 0x04, "throughput": 0x08,
  ]

  /// The value of a name, or of a number: hexadecimal behind `0x`, else decimal.
  static func value(_ text: String) -> UInt8? {
    if let value = names[text] ?? classSelector(text) ?? assuredForwarding(text) { return value }
    // strtol(3): as far as there are digits, 0 where there are none.
    if text.hasPrefix("0x") { return UInt8(exactly: unsafe strtol(text, nil, 16)) }
    return try? UInt8(DecimalNumber.read(text, in: 0...255))
  }

  /// `cs0` to `cs7`: the precedence in the upper three bits.
  private static func classSelector(_ text: String) -> UInt8? {
    guard text.count == 3, text.hasPrefix("cs"), let number = UInt8(text.suffix(1)), number < 8
    else { return nil }
    return number << 5
  }

  /// `af11` to `af43`: a class, and how readily it is dropped.
  private static func assuredForwarding(_ text: String) -> UInt8? {
    guard text.count == 4, text.hasPrefix("af"), let number = UInt8(text.suffix(2)) else {
      return nil
    }
    let (group, precedence) = (number / 10, number % 10)
    guard (1...4).contains(group), (1...3).contains(precedence) else { return nil }
    return group << 5 | precedence << 3
  }
}
