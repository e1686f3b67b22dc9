import IPMI

/// How words get at secrets: a user's new password above all.
struct SecretInput {
  /// Asks a person, without showing what is typed; nil when nobody can be asked.
  var ask: (_ prompt: String) -> Secret? = { _ in nil }
  /// Hides a secret that stands among the words from those who list processes.
  var hide: (_ secret: String) -> Void = { _ in }
}

/// The words of a command line behind the options, read from the first to the last.
struct WordReader {
  /// How the report will be written: some words ask the controller for more when they tell more.
  let style: ReportStyle
  private var rest: ArraySlice<String>
  private let secrets: SecretInput
  /// Whether a secret was among the words: what stands behind it may be the rest of it.
  private(set) var hasSecret = false

  /// Reads `words`.
  init(
    _ words: [String], style: ReportStyle = ReportStyle(), secrets: SecretInput = SecretInput()
  ) {
    rest = words[...]
    self.style = style
    self.secrets = secrets
  }

  /// Whether all words were read.
  var isAtEnd: Bool { rest.isEmpty }
  /// How many words are left.
  var count: Int { rest.count }
  /// The next word, which stays the next.
  var first: String? { rest.first }

  /// The next word; nil at the end.
  mutating func next() -> String? { rest.popFirst() }

  /// All words that are left.
  mutating func remaining() -> [String] {
    defer { rest = [] }
    return Array(rest)
  }

  /// The next word; `end` when there is none.
  mutating func next(or end: @autoclosure () -> WordsEnd) throws(WordsEnd) -> String {
    guard let word = rest.popFirst() else { throw end() }
    return word
  }

  /// Whether the next word is `word`; it is read then.
  mutating func takes(_ word: String) -> Bool {
    guard rest.first == word else { return false }
    rest.removeFirst()
    return true
  }

  /// Whether the next word asks for help; it is read then.
  mutating func takesHelp() -> Bool {
    takes("help") || takes("--help") || takes("-h")
  }

  /// Asks a person for a secret.
  ///
  /// - Returns: nil when there is nobody to ask.
  func askSecret(_ prompt: String) -> Secret? { secrets.ask(prompt) }

  /// The secret that a word is, which is hidden from then on.
  mutating func secret(_ word: String) -> Secret {
    hasSecret = true
    secrets.hide(word)
    var bytes = [UInt8](word.utf8)
    defer { bytes.wipe() }
    return Secret(copying: bytes.messageBytes)
  }
}

/// Why words are no operation: somebody asked for help, or something is missing or wrong.
struct WordsEnd: Error {
  /// What is missing or wrong, in one line of ours; nil when help was asked for.
  var line: String?
  /// What ipmitool prints on standard error: the help, the complaint, or both.
  var original: String
  /// The status that ipmitool exits with.
  var originalStatus: Int32

  /// Help was asked for.
  static func help(_ text: String, status: Int32 = 0) -> WordsEnd {
    WordsEnd(line: nil, original: text, originalStatus: status)
  }

  /// Something is missing or wrong.
  ///
  /// - Parameters:
  ///   - line: which word, and what was expected.
  ///   - original: what ipmitool says of it.
  ///   - status: what ipmitool exits with.
  static func wrong(_ line: String, _ original: String, status: Int32 = 1) -> WordsEnd {
    WordsEnd(line: line, original: original, originalStatus: status)
  }

  /// A word is missing, and ipmitool says so before its help.
  static func missing(_ line: String, help: String) -> WordsEnd {
    .wrong(line, "Not enough parameters given.\n" + help)
  }
}
