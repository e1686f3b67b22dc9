import LinkLayer

/// A field's value as text, and back.
extension FieldFormat {
  /// The largest number that the field holds.
  private var limit: UInt64 { width >= 64 ? .max : (1 << UInt64(width)) - 1 }

  /// What the text says, or nil when the field cannot hold it.
  func value(_ text: String) -> CraftedValue? {
    switch form {
    case .mac: return MACAddress(text).map { .number($0.rawValue) }
    case .ipv4: return IPv4Address(text).map { .number(UInt64($0.rawValue)) }
    case .ipv6: return IPv6Address(text).map { .ipv6($0) }
    case .decimal, .hexadecimal, .flag: return number(text).map { .number($0) }
    case .names(let names):
      let named = names.first { $0.name == text }?.value
      return (named ?? number(text)).map { .number($0) }
    case .bits(let bits):
      if let plain = number(text) { return .number(plain) }
      var sum: UInt64 = 0
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        guard let bit = bits.first(where: { $0.name == part })?.value else { return nil }
        sum |= bit
      }
      return .number(sum)
    }
  }

  private func number(_ text: String) -> UInt64? {
    let isHexadecimal = text.hasPrefix("0x") || text.hasPrefix("0X")
    let digits = isHexadecimal ? text.dropFirst(2) : text[...]
    guard let first = digits.utf8.first, first != UInt8(ascii: "+"),
      let number = UInt64(digits, radix: isHexadecimal ? 16 : 10), number <= limit
    else { return nil }
    return number
  }

  /// What a value of the field looks like, in words.
  var expectation: String {
    switch form {
    case .mac: "a hardware address, as 02:00:00:00:00:0a"
    case .ipv4: "an IPv4 address"
    case .ipv6: "an IPv6 address"
    case .flag: "0 or 1"
    case .decimal, .hexadecimal: "a number from 0 to \(limit)"
    case .names(let names):
      names.map(\.name).joined(separator: ", ") + ", or a number from 0 to \(limit)"
    case .bits(let bits):
      "some of " + bits.map(\.name).joined(separator: ",") + ", or a number from 0 to \(limit)"
    }
  }

  /// `name=value`, or a word alone where that says it.
  func text(_ value: CraftedValue) -> String {
    guard case .number(let number) = value else {
      guard case .ipv6(let address) = value else { return name }
      return "\(name)=\(address)"
    }
    switch form {
    case .flag: return number == 1 ? name : "\(name)=\(number)"
    case .mac: return "\(name)=\(MACAddress(rawValue: number))"
    case .ipv4: return "\(name)=\(IPv4Address(rawValue: UInt32(truncatingIfNeeded: number)))"
    case .hexadecimal: return "\(name)=0x" + String(number, radix: 16)
    case .names(let names):
      return "\(name)=" + (names.first { $0.value == number }?.name ?? "\(number)")
    case .bits(let bits): return "\(name)=" + FieldFormat.names(of: number, in: bits)
    case .decimal, .ipv6: return "\(name)=\(number)"
    }
  }

  private static func names(of number: UInt64, in bits: [(name: String, value: UInt64)]) -> String {
    let known = bits.reduce(0) { $0 | $1.value }
    guard number != 0, number & ~known == 0 else { return "0x" + String(number, radix: 16) }
    return bits.filter { number & $0.value != 0 }.map(\.name).joined(separator: ",")
  }
}

/// Bytes as hexadecimal digits; colons and dashes between them are passed over when they are read.
public enum Hexadecimal {
  /// The bytes that the digits say, or nil when they are not pairs.
  public static func bytes(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in text.utf8 {
      guard let digit = digit(character) else {
        guard high == nil, character == UInt8(ascii: ":") || character == UInt8(ascii: "-") else {
          return nil
        }
        continue
      }
      if let upper = high {
        bytes.append(upper << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return high == nil ? bytes : nil
  }

  private static func digit(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// The digits of the bytes, in lower case.
  public static func text(_ bytes: [UInt8]) -> String {
    var text = ""
    text.reserveCapacity(2 * bytes.count)
    for byte in bytes {
      if byte < 16 { text += "0" }
      text += String(byte, radix: 16)
    }
    return text
  }
}
