import Crafting

/// Frames as people write them in hexadecimal: pairs of digits, with or without an offset before each line,
/// as `crimp decode -x`, `xxd` and text2pcap have them; comments from `#` on.
///
/// A frame ends at an empty line, or where an offset is 0 again.
enum HexFrames {
  /// A line that could not be read.
  struct Fault: Error {
    /// Its number, from 1.
    var line: Int
    /// What is at fault.
    var word: String
  }

  /// The frames of a text.
  static func frames(of text: String) throws(Fault) -> [[UInt8]] {
    var frames: [[UInt8]] = []
    var current: [UInt8] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let content = line.prefix { $0 != "#" }
      let words = content.split(whereSeparator: \.isWhitespace)
      guard let first = words.first else {
        // A line of nothing but a comment belongs to the frame around it.
        guard line.isEmpty || content.count == line.count else { continue }
        if !current.isEmpty { frames.append(current) }
        current = []
        continue
      }
      var bytes: [UInt8]
      // An offset counts on from what the frame has; another number is bytes.
      if let offset = offset(first, before: words.dropFirst().first),
        offset == 0 || offset == current.count
      {
        if offset == 0, !current.isEmpty {
          frames.append(current)
          current = []
        }
        bytes = dumped(content)
      } else {
        bytes = []
        for word in words {
          guard let more = Hexadecimal.bytes(String(word)) else {
            throw Fault(line: index + 1, word: String(word))
          }
          bytes += more
        }
      }
      current += bytes
    }
    if !current.isEmpty { frames.append(current) }
    return frames
  }

  /// The offset that a line of a dump begins with: four digits or more, with `0x` before or a colon behind,
  /// or before pairs of digits: among groups of four it could be bytes.
  private static func offset(_ word: Substring, before next: Substring?) -> Int? {
    var digits = word
    let isMarked = digits.hasSuffix(":") || digits.hasPrefix("0x")
    if digits.hasSuffix(":") { digits = digits.dropLast() }
    if digits.hasPrefix("0x") { digits = digits.dropFirst(2) }
    guard digits.count >= 4, digits.count <= 8, isMarked || digits.count != 12 else { return nil }
    guard isMarked || digits.first == "0" && (next?.count ?? 2) == 2 else { return nil }
    return Int(digits, radix: 16)
  }

  /// The bytes of a dump's line: sixteen at most, and none behind a gap of three spaces, where characters
  /// stand.
  private static func dumped(_ line: Substring) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = line.drop(while: \.isWhitespace).drop { !$0.isWhitespace }
    var isFirst = true
    while bytes.count < 16 {
      let gap = rest.prefix(while: \.isWhitespace).count
      rest = rest.dropFirst(gap)
      guard isFirst || gap < 3 else { return bytes }
      isFirst = false
      let word = rest.prefix { !$0.isWhitespace }
      guard word.count == 2 || word.count == 4, let more = Hexadecimal.bytes(String(word)) else {
        return bytes
      }
      bytes += more
      rest = rest.dropFirst(word.count)
    }
    return bytes
  }
}
