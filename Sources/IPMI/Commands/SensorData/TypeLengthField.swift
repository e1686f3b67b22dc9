/// Text in records and inventories: a byte that tells its encoding and length, and its bytes. IPMI
/// 2.0, section 43.15; FRU Information Storage Definition 1.0, section 13.
public struct TypeLengthField: Hashable, Sendable {
  /// How the bytes are text.
  public var encoding: Encoding
  /// The bytes: 31 at most in a sensor data record, 63 in an inventory.
  public var bytes: [UInt8]

  /// A field.
  public init(encoding: Encoding, bytes: [UInt8]) {
    self.encoding = encoding
    self.bytes = bytes
  }

  /// A field of this text, which is ASCII.
  public init(_ text: String) {
    self.init(encoding: .latin1, bytes: Array(text.utf8))
  }

  /// How bytes are text: 2 bits.
  public enum Encoding: UInt8, Hashable, Sendable {
    /// Unicode in records, bytes of any meaning in inventories.
    case unspecified = 0
    /// Two characters a byte: digits, space and punctuation.
    case bcdPlus = 1
    /// Four characters in 3 bytes: 20h to 5Fh of ASCII.
    case sixBitASCII = 2
    /// A character a byte: ASCII and Latin 1.
    case latin1 = 3
  }

  /// Reads a field. When fewer bytes are left than it says, as some controllers have it, it is those.
  ///
  /// - Parameter lengthMask: which bits of the first byte are the length.
  init(reading reader: inout MessageReader, lengthMask: UInt8) throws(IPMIError) {
    let first = try reader.u8()
    encoding = Encoding(rawValue: first >> 6) ?? .latin1
    bytes = try reader.bytes(min(Int(first & lengthMask), reader.remaining))
  }

  func append(to data: inout [UInt8], maximum: Int) {
    let kept = bytes.prefix(maximum)
    data.append(encoding.rawValue << 6 | UInt8(truncatingIfNeeded: kept.count))
    data += kept
  }

  /// The text. Bytes of any meaning are shown in hexadecimal.
  public var text: String {
    switch encoding {
    case .unspecified: bytes.map { hexadecimal($0) }.joined()
    case .bcdPlus: String(bytes.flatMap { [bcdCharacter($0 >> 4), bcdCharacter($0 & 0x0f)] })
    case .sixBitASCII: String(decoding: sixBitCharacters, as: UTF8.self)
    case .latin1: latin1Text
    }
  }

  private var latin1Text: String {
    var text = ""
    for byte in bytes where byte != 0 { text.unicodeScalars.append(Unicode.Scalar(byte)) }
    return text
  }

  private func bcdCharacter(_ digit: UInt8) -> Character {
    let characters: [Character] = [
      "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", " ", "-", ".", ":", ",", "_",
    ]
    return characters[Int(digit & 0x0f)]
  }

  /// The first character is in the low 6 bits of the first byte.
  private var sixBitCharacters: [UInt8] {
    var characters: [UInt8] = []
    var bits = 0
    var held: UInt32 = 0
    for byte in bytes {
      held |= UInt32(byte) << UInt32(bits)
      bits += 8
      while bits >= 6 {
        characters.append(UInt8(truncatingIfNeeded: held & 0x3f) + 0x20)
        held >>= 6
        bits -= 6
      }
    }
    return characters
  }
}
