/// The results of replay tests as the XML that continuous integration reads: a suite, a case for each
/// capture.
public struct JUnitReport: Sendable {
  /// What became of one capture.
  public enum Verdict: Hashable, Sendable {
    /// The test was run.
    case result(ReplayTestResult)
    /// It could not be run, for this reason.
    case error(String)
  }

  /// The suite's name.
  public var name: String
  private var cases: [(name: String, verdict: Verdict, seconds: Double)] = []

  /// A report without cases.
  public init(name: String = "crimp replay-test") {
    self.name = name
  }

  /// Adds the case of a capture, which took so long.
  public mutating func add(_ name: String, _ verdict: Verdict, took duration: Duration) {
    let (seconds, attoseconds) = duration.components
    cases.append((name, verdict, Double(seconds) + Double(attoseconds) / 1e18))
  }

  /// The document.
  public var text: String {
    let failures = cases.count { $0.verdict.isFailure }
    let errors = cases.count { if case .error = $0.verdict { true } else { false } }
    let seconds = cases.reduce(0) { $0 + $1.seconds }
    var lines = [
      #"<?xml version="1.0" encoding="UTF-8"?>"#,
      "<testsuites>",
      "  <testsuite name=\"\(Self.escaped(name))\" tests=\"\(cases.count)\" failures=\"\(failures)\" "
        + "errors=\"\(errors)\" skipped=\"0\" time=\"\(Self.decimal(seconds))\">",
    ]
    for (name, verdict, seconds) in cases {
      let opening =
        "    <testcase classname=\"\(Self.escaped(self.name))\" name=\"\(Self.escaped(name))\" "
        + "time=\"\(Self.decimal(seconds))\""
      guard let element = verdict.element else {
        lines.append(opening + "/>")
        continue
      }
      lines += [opening + ">", element, "    </testcase>"]
    }
    return (lines + ["  </testsuite>", "</testsuites>"]).joined(separator: "\n") + "\n"
  }

  /// Milliseconds are enough for anybody who reads it.
  private static func decimal(_ seconds: Double) -> String {
    let milliseconds = Int64(max(0, min(seconds, 1e9)) * 1000)
    let rest = String(milliseconds % 1000)
    return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.utf8.count) + rest
  }

  /// XML 1.0 has no way to say other control characters; a question mark stands for them.
  fileprivate static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n": result += "&#10;"
      case "\t": result += "&#9;"
      case "\u{0}"..."\u{1f}", "\u{7f}", "\u{fffe}", "\u{ffff}": result += "?"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension JUnitReport.Verdict {
  fileprivate var isFailure: Bool {
    if case .result(let result) = self { !result.passes } else { false }
  }

  fileprivate var element: String? {
    switch self {
    case .result(let result):
      guard !result.passes else { return nil }
      let count = result.findings.count
      return
        "      <failure message=\"\(count) of what was said \(count == 1 ? "differs" : "differ")\" "
        + "type=\"\(result.findings.first?.name ?? "differs")\">"
        + JUnitReport.escaped(result.description) + "</failure>"
    case .error(let words):
      return "      <error message=\"\(JUnitReport.escaped(words))\"/>"
    }
  }
}
