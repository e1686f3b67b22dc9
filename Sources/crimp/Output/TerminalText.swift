/// What somebody else has chosen, such as a name that came in a packet, made fit to be shown.
enum TerminalText {
  /// `text` with its control characters as `\u{1b}`: those of ASCII and of Latin-1, by which terminals are
  /// told to do things, those that begin a line, and those that turn the direction of writing. So it cannot
  /// move, colour or hide what else is shown.
  static func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: { !(0x20..<0x7f).contains($0) }) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isControl(scalar) {
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    // C0, DEL and C1.
    case 0..<0x20, 0x7f..<0xa0: true
    // Line and paragraph separators.
    case 0x2028, 0x2029: true
    // Marks, embeddings, overrides and isolates of direction.
    case 0x061c, 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069: true
    default: false
    }
  }
}
