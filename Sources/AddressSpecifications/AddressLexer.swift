/// Takes an address specification apart as socat's lexical analysis does.
///
/// - `'…'` and `"…"` are taken away; what stands in them has no other meaning, but for `\`.
/// - `(…)`, `[…]` and `{…}` stay, may be nested, and hide separators in them.
/// - `\` hides the meaning of what follows it; `\a \b \f \n \r \t \v` are what they are in C, and `\0` ends
///   the word, because no path or name goes on behind it.
struct AddressLexer {
  /// What ends a word.
  enum Ends {
    /// `:`, `,` and `!!`.
    case parameter
    /// `,` and `!!`.
    case path
    /// `=`, `,` and `!!`.
    case option
    /// `,` and `!!`.
    case value
    /// A space: the words of a program's command line.
    case space
  }

  private let text: String
  private let bytes: [UInt8]
  private var offset = 0

  init(_ text: String) {
    self.text = text
    bytes = Array(text.utf8)
  }

  var isAtEnd: Bool { offset >= bytes.count }

  /// What was passed since `earlier`, as it was written.
  func text(since earlier: AddressLexer) -> String {
    String(decoding: bytes[min(earlier.offset, offset)..<offset], as: UTF8.self)
  }

  /// Passes over `mark` if it stands here.
  mutating func take(_ mark: StaticString) -> Bool {
    guard stands(mark) else { return false }
    offset += mark.utf8CodeUnitCount
    return true
  }

  /// Reads on to one of `ends`, which is left, or to the end of the text.
  mutating func token(upTo ends: Ends) throws(AddressError) -> String {
    var word: [UInt8] = []
    // The closing signs that are waited for, the innermost last.
    var closing: [UInt8] = []
    while offset < bytes.count {
      if closing.isEmpty, isAtEnd(of: ends) { break }
      let byte = bytes[offset]
      offset += 1
      if byte == UInt8(ascii: "\\") {
        word.append(try escaped())
      } else if byte == closing.last {
        closing.removeLast()
        word.append(byte)
      } else if let sign = Self.closingSign(of: byte) {
        closing.append(sign)
        word.append(byte)
      } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        // Inside brackets the quotes stay where they are: whoever reads the word may want them.
        if !closing.isEmpty { word.append(byte) }
        try quoted(byte, into: &word)
        if !closing.isEmpty { word.append(byte) }
      } else {
        word.append(byte)
      }
    }
    let end = word.firstIndex(of: 0) ?? word.count
    return String(decoding: word[..<end], as: UTF8.self)
  }

  private mutating func quoted(_ quote: UInt8, into word: inout [UInt8]) throws(AddressError) {
    while offset < bytes.count {
      let byte = bytes[offset]
      offset += 1
      if byte == quote { return }
      word.append(byte == UInt8(ascii: "\\") ? try escaped() : byte)
    }
    throw .unexpectedEnd(text)
  }

  /// What stands behind a backslash.
  private mutating func escaped() throws(AddressError) -> UInt8 {
    guard offset < bytes.count else { throw .unexpectedEnd(text) }
    let byte = bytes[offset]
    offset += 1
    switch byte {
    case UInt8(ascii: "0"): return 0
    case UInt8(ascii: "a"): return 0x07
    case UInt8(ascii: "b"): return 0x08
    case UInt8(ascii: "f"): return 0x0c
    case UInt8(ascii: "n"): return 0x0a
    case UInt8(ascii: "r"): return 0x0d
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "v"): return 0x0b
    default: return byte
    }
  }

  private func isAtEnd(of ends: Ends) -> Bool {
    switch ends {
    case .space: stands(" ")
    case .parameter: stands(":") || stands(",") || stands("!!")
    case .option: stands("=") || stands(",") || stands("!!")
    case .path, .value: stands(",") || stands("!!")
    }
  }

  private func stands(_ mark: StaticString) -> Bool {
    mark.withUTF8Buffer { mark in unsafe bytes[offset...].starts(with: mark) }
  }

  private static func closingSign(of byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "("): UInt8(ascii: ")")
    case UInt8(ascii: "["): UInt8(ascii: "]")
    case UInt8(ascii: "{"): UInt8(ascii: "}")
    default: nil
    }
  }
}

/// The words of a program's command line, as `EXEC` has it: divided by spaces, with quotes, brackets and
/// backslashes as in an address.
public enum CommandWords {
  /// Takes a command line apart.
  ///
  /// - Throws: `unexpectedEnd` when a quote is not closed.
  public static func split(_ text: String) throws(AddressError) -> [String] {
    var lexer = AddressLexer(text)
    var words: [String] = []
    while true {
      while lexer.take(" ") {}
      guard !lexer.isAtEnd else { return words }
      words.append(try lexer.token(upTo: .space))
    }
  }
}
