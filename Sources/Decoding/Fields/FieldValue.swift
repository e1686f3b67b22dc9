public import LinkLayer

/// What a field of a frame holds.
public enum FieldValue: Hashable, Sendable {
  /// A number that people read in decimal.
  case number(UInt64)
  /// A number that people read in hexadecimal, of so many digits.
  case hexadecimal(UInt64, digits: Int)
  /// A bit.
  case flag(Bool)
  /// The address of a station.
  case hardwareAddress(HardwareAddress)
  /// An IPv4 address.
  case ipv4(IPv4Address)
  /// An IPv6 address.
  case ipv6(IPv6Address)
  /// Bytes without a meaning of their own.
  case bytes([UInt8])
  /// Text as the peer wrote it: show it through ``description``, which escapes it.
  case text([UInt8])
  /// Something worked out, and not in the frame as it stands: a name, a verdict.
  case words(String)
}

extension FieldValue: CustomStringConvertible {
  /// The value as people, and Wireshark's filters, write it.
  public var description: String {
    switch self {
    case .number(let number): return String(number)
    case .hexadecimal(let number, let digits):
      let text = String(number, radix: 16)
      return "0x" + String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    case .flag(let isSet): return isSet ? "1" : "0"
    case .hardwareAddress(let address): return address.description
    case .ipv4(let address): return address.description
    case .ipv6(let address): return address.description
    case .bytes(let bytes):
      var text = LineText(capacity: bytes.count * 3)
      text.append(colonHex: bytes.rawBytes)
      return text.string
    case .text(let bytes):
      var text = LineText(capacity: bytes.count)
      text.append(peer: bytes.rawBytes, limit: bytes.count)
      return text.string
    case .words(let words): return words
    }
  }
}
