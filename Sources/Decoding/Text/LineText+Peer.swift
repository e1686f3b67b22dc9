import LinkLayer

/// Words that came from the network.
extension LineText {
  /// Appends what a peer calls text: printable ASCII as it is, the rest as `\xNN`, and no more than
  /// `limit` bytes of it. A terminal is told nothing.
  public mutating func append(peer text: RawSpan, limit: Int = 64) {
    for offset in 0..<min(text.byteCount, limit) { append(peer: text.u8(offset)) }
    if text.byteCount > limit { append("...") }
  }

  /// Appends one byte of a peer's text, escaped where it is not printable.
  public mutating func append(peer byte: UInt8) {
    guard byte >= 0x20, byte < 0x7f, byte != UInt8(ascii: "\\") else {
      append(byte == UInt8(ascii: "\\") ? "\\\\" : "\\x")
      if byte != UInt8(ascii: "\\") { append(hex: UInt64(byte), width: 2) }
      return
    }
    append(character: Unicode.Scalar(byte))
  }
}
