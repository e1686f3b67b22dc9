/// What an operation tells. Encoded, it is the `--json` of `crimp ipmi`: keys are for programs, and
/// stay.
protocol IPMIReport: Encodable, Sendable {
  /// Whether the answer is yes, or the work is done: false makes the exit status 1.
  var isAffirmative: Bool { get }

  /// Writes the lines that ipmitool prints.
  func write(to text: inout ReportText)
}

extension IPMIReport {
  /// Yes.
  var isAffirmative: Bool { true }
}

/// How a report is written.
struct ReportStyle: Sendable {
  /// Whether values are separated by commas, where ipmitool has that (`-c`).
  var isCSV = false
  /// How often `-v` was given.
  var verbosity = 0
  /// Whether times are told in UTC and not in the host's zone (`-Z`).
  var isUTC = false
}

/// The text of a report as it grows: what goes to standard output, and what to standard error.
struct ReportText {
  /// How the report is written.
  let style: ReportStyle
  /// For standard output.
  private(set) var output = ""
  /// For standard error.
  private(set) var complaints = ""

  init(_ style: ReportStyle = ReportStyle()) {
    self.style = style
  }

  /// Adds `line` and a line end to standard output.
  mutating func line(_ line: String = "") {
    output += line
    output += "\n"
  }

  /// Adds `name`, spaces up to `width`, and `value` behind a colon.
  mutating func field(_ name: String, _ value: String, width: Int) {
    line("\(name.filled(to: width)): \(value)")
  }

  /// Adds text to standard output as it is.
  mutating func write(_ text: String) {
    output += text
  }

  /// Adds `line` and a line end to standard error.
  mutating func complain(_ line: String) {
    complaints += line
    complaints += "\n"
  }
}

extension String {
  /// The text, and spaces behind it up to `width` characters.
  func filled(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  /// The text, and spaces before it up to `width` characters.
  func filledInFront(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}

/// A report that is one line: something was done.
struct DoneReport: IPMIReport {
  /// What was done, as ipmitool says it; nil when it says nothing.
  var done: String?

  init(_ done: String?) {
    self.done = done
  }

  func write(to text: inout ReportText) {
    if let done { text.line(done) }
  }
}
