/// Bytes as a table: where they stand in their stream, sixteen in hexadecimal, and as text.
enum HexDump {
  private static let digits = Array("0123456789abcdef".utf8)

  /// The table's lines, each with its end.
  ///
  /// - Parameter offset: where the first byte stands.
  static func text(_ bytes: RawSpan, at offset: UInt64) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.byteCount / 16 + 1) * 79)
    var start = 0
    while start < bytes.byteCount {
      let count = min(16, bytes.byteCount - start)
      appendLine(bytes.extracting(start..<(start + count)), offset &+ UInt64(start), to: &text)
      start += count
    }
    return text
  }

  private static func appendLine(_ bytes: RawSpan, _ offset: UInt64, to text: inout [UInt8]) {
    for shift in stride(from: offset >> 32 == 0 ? 28 : 60, through: 0, by: -4) {
      text.append(digits[Int(truncatingIfNeeded: offset >> UInt64(shift)) & 15])
    }
    text.append(0x20)
    var letters: [UInt8] = []
    for index in 0..<16 {
      text.append(0x20)
      if index == 8 { text.append(0x20) }
      guard index < bytes.byteCount else {
        text += [0x20, 0x20]
        continue
      }
      let byte = unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
      letters.append((0x20..<0x7f).contains(byte) ? byte : UInt8(ascii: "."))
    }
    text += Array("  |".utf8) + letters + Array("|\n".utf8)
  }
}
