/// A request of the line protocol that a relay's control socket speaks: words on one line.
///
/// An answer is any number of lines, then a line `ok`, or `error` and why.
public enum ControlRequest: Hashable, Sendable {
  /// What is shown.
  public enum Subject: String, CaseIterable, Sendable {
    /// All but sessions.
    case all
    case listeners
    case targets
    case workers
    case sessions
  }

  /// Tell of yourself.
  case show(Subject)
  /// Take files and names anew.
  case reload
  /// Take no new connections, and end when the last one has; the number is after how many seconds at the
  /// latest.
  case drain(Double?)
  /// Let new connections go to a target, or not.
  case enable(String, Bool)
  /// Give me your listeners. The answer names them, with a copy of each in its first byte.
  case handOver
  /// I serve the listeners that you gave me: serve them no more, and end when your last connection has.
  case taken

  /// How many bytes a line has at most, its end included.
  public static let lengthLimit = 512

  /// The request as a line, without its end.
  public var line: String {
    switch self {
    case .show(.all): "show"
    case .show(let subject): "show \(subject.rawValue)"
    case .reload: "reload"
    case .drain(nil): "drain"
    case .drain(let seconds?): "drain \(seconds)"
    case .enable(let name, true): "enable \(name)"
    case .enable(let name, false): "disable \(name)"
    case .handOver: "hand-over"
    case .taken: "taken"
    }
  }

  /// Reads a line without its end.
  ///
  /// - Throws: what is wrong with it, in words.
  public init(parsing line: [UInt8]) throws(ControlRequestError) {
    guard line.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }),
      let text = String(validating: line, as: UTF8.self)
    else { throw ControlRequestError("expected words on a line") }
    let words = text.split(separator: " ").map(String.init)
    switch (words.first, words.count) {
    case ("show", 1): self = .show(.all)
    case ("show", 2):
      guard let subject = Subject(rawValue: words[1]) else {
        throw ControlRequestError(
          "show: expected " + Subject.allCases.map(\.rawValue).joined(separator: ", "))
      }
      self = .show(subject)
    case ("reload", 1): self = .reload
    case ("drain", 1): self = .drain(nil)
    case ("drain", 2):
      guard let seconds = Double(words[1]), seconds > 0, seconds < 1e6 else {
        throw ControlRequestError("drain: expected seconds, more than 0")
      }
      self = .drain(seconds)
    case ("enable", 2): self = .enable(words[1], true)
    case ("disable", 2): self = .enable(words[1], false)
    case ("hand-over", 1): self = .handOver
    case ("taken", 1): self = .taken
    default:
      throw ControlRequestError(
        "expected show, reload, drain, enable, disable or hand-over, each with its words")
    }
  }
}

/// What is wrong with a request.
public struct ControlRequestError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was expected, in words.
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// What a relay says to a request.
public struct ControlAnswer: Sendable {
  /// Lines, without their ends.
  public var lines: [String]
  /// Descriptors that go with the first byte; they stay their owner's.
  public var descriptors: [Int32]
  /// Why it is refused; nil when it is done.
  public var failure: String?

  /// Done.
  public init(_ lines: [String] = [], passing descriptors: [Int32] = []) {
    self.lines = lines
    self.descriptors = descriptors
  }

  /// Refused.
  public init(failure: String) {
    lines = []
    descriptors = []
    self.failure = failure
  }

  /// As it goes over the socket. Line ends within are made spaces.
  var bytes: [UInt8] {
    let last = failure.map { "error \($0)" } ?? "ok"
    return (lines + [last]).flatMap { line in
      line.utf8.map { $0 < 0x20 ? 0x20 : $0 } + [0x0a]
    }
  }
}
