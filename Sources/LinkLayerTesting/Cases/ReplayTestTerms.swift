/// What is to be known of a capture beside its frames, for it to be a test: who is under test, what takes
/// that host's place, and what may differ.
///
/// It is written in the words of the command line, into a comment of the capture (behind
/// ``commentHeading``), or into a file beside it, whose name is the capture's with
/// ``fileSuffix``; there, lines that begin with `#` are comments.
public struct ReplayTestTerms: Hashable, Sendable {
  /// What a comment with terms begins with.
  public static let commentHeading = "crimp replay-test "
  /// What the name of a file with terms has behind that of its capture.
  public static let fileSuffix = ".replay-test"

  /// The host under test (`--host`), as ``TestedHost`` reads it; nil for whoever recorded.
  public var host: String?
  /// The words of the command that stands in for the host (`--machine`); empty when the recording tells
  /// its own, or the host is live.
  public var machine: [String] = []
  /// The interface of the capture (`--capture-interface`).
  public var interface: String?
  /// Which frames are part of the exchange (`--filter`), in libpcap's language.
  public var filter = ""
  /// Fields that may hold anything (`--mask`).
  public var mask: [String] = []
  /// By how many seconds a frame may be late, or early (`--tolerance`).
  public var tolerance: Double?
  /// Whether others speak at their times, not in answer (`--pace times`).
  public var speaksByTimes = false

  /// Nothing beside the frames.
  public init() {}

  /// Reads terms in the words of the command line.
  ///
  /// - Throws: which word is wrong.
  public init(words: [String]) throws(ReplayTestTermsError) {
    var rest = words[...]
    while let option = rest.popFirst() {
      let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
      guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else {
        throw ReplayTestTermsError(word: option, expected: "a value behind it")
      }
      try take(parts[0], value)
    }
  }

  /// Reads the text of a file, or of a comment without its heading.
  public init(_ text: String) throws(ReplayTestTermsError) {
    let lines = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }
    try self.init(words: lines.flatMap { Self.words(of: $0) })
  }

  private mutating func take(_ option: String, _ value: String) throws(ReplayTestTermsError) {
    switch option {
    case "--host": host = value
    case "--machine": machine = Self.words(of: value[...])
    case "--capture-interface": interface = value
    case "--filter": filter = value
    case "--mask": mask += value.split(separator: ",").map(String.init)
    case "--tolerance":
      guard let seconds = Double(value), seconds >= 0, seconds < 1e6 else {
        throw ReplayTestTermsError(word: value, expected: "seconds behind --tolerance")
      }
      tolerance = seconds
    case "--pace":
      guard value == "answers" || value == "times" else {
        throw ReplayTestTermsError(word: value, expected: "answers or times behind --pace")
      }
      speaksByTimes = value == "times"
    default:
      throw ReplayTestTermsError(
        word: option,
        expected: "--host, --machine, --capture-interface, --filter, --mask, --tolerance or --pace")
    }
  }

  /// The words of a line: between spaces, or between quotes of either kind.
  public static func words(of line: some StringProtocol) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in line {
      switch character {
      case quote: quote = nil
      case "'" where quote == nil, "\"" where quote == nil:
        quote = character
        word = word ?? ""
      case " " where quote == nil, "\t" where quote == nil:
        if let finished = word { words.append(finished) }
        word = nil
      default: word = (word ?? "") + String(character)
      }
    }
    return words + (word.map { [$0] } ?? [])
  }

  /// How an exchange of these terms is played in memory.
  ///
  /// - Parameter base: what holds where the terms say nothing.
  public func options(
    _ base: ReplayTestOptions = ReplayTestOptions()
  ) -> ReplayTestOptions {
    var options = base
    for name in mask { options.mask.add(name) }
    if let tolerance { options.tolerance = .nanoseconds(Int64(tolerance * 1e9)) }
    if speaksByTimes { options.pace = .times }
    return options
  }
}

/// A word of a capture's terms that is wrong.
public struct ReplayTestTermsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The word.
  public var word: String
  /// What was expected.
  public var expected: String

  /// What is wrong, in one line.
  public var description: String { "\(word): expected \(expected)" }
}
