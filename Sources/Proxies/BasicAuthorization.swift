/// User and password as HTTP's `Basic` carries them (RFC 7617): base64 of `user:password`.
public enum BasicAuthorization {
  /// The field's value; nil when the user has a colon.
  public static func value(user: [UInt8], password: [UInt8]) -> String? {
    guard !user.contains(UInt8(ascii: ":")) else { return nil }
    return "Basic " + Base64.encode(user + [UInt8(ascii: ":")] + password)
  }

  /// Reads a field's value; nil when it is of another kind, or malformed.
  public static func parse(_ value: String) -> SOCKS5Password? {
    let words = value.split(separator: " ", maxSplits: 1)
    guard words.count == 2, words[0].lowercased() == "basic",
      let bytes = Base64.decode(words[1].utf8),
      let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
    else { return nil }
    return SOCKS5Password(user: Array(bytes[..<colon]), password: Array(bytes[(colon + 1)...]))
  }
}

/// RFC 4648, section 4.
enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func encode(_ bytes: [UInt8]) -> String {
    var output: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
      for place in 0..<4 {
        let digit = Int(bits >> (18 - 6 * UInt32(place)) & 0x3f)
        output.append(place <= group.count ? alphabet[digit] : UInt8(ascii: "="))
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    let digits = text.reversed().drop { $0 == UInt8(ascii: "=") }.reversed()
    guard text.count - digits.count <= 2 else { return nil }
    var output: [UInt8] = []
    var bits: UInt32 = 0
    var count: UInt32 = 0
    for digit in digits {
      guard let value = alphabet.firstIndex(of: digit) else { return nil }
      bits = bits << 6 | UInt32(value)
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      output.append(UInt8(truncatingIfNeeded: bits >> count))
      bits &= (1 << count) - 1
    }
    // What is left of the last digit is zero in the one form that RFC 4648 has for these bytes.
    return bits == 0 ? output : nil
  }
}
