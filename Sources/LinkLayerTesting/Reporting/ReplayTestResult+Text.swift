extension ReplayTestResult: CustomStringConvertible {
  /// All that is otherwise: a paragraph for each frame, a line for each field.
  public var description: String {
    guard !passes else {
      return "\(testedCount) frames said as then, \(toldCount) told"
    }
    return findings.map(\.description).joined(separator: "\n")
  }
}

extension ReplayTestResult.Finding: CustomStringConvertible {
  /// What is otherwise with one frame.
  public var description: String {
    switch kind {
    case .differs(let fields):
      let width = fields.map(\.name.utf8.count).max() ?? 0
      return "frame \(frame) differs: \(line)"
        + fields.map { "\n    \($0.text(width: width))" }.joined()
    case .missing: return "frame \(frame) is missing: \(line)"
    case .late(let duration): return "frame \(frame) is late by \(duration.milliseconds): \(line)"
    case .early(let duration): return "frame \(frame) is early by \(duration.milliseconds): \(line)"
    case .additional(let repeated):
      let place = frame == 0 ? "before all others" : "after frame \(frame)"
      let words = repeated.map { ", frame \($0) once more" } ?? ""
      return "additional \(place)\(words): \(line)"
    }
  }

  /// The kind in a word: `differs`, `missing`, `late`, `early`, `additional`.
  public var name: String {
    switch kind {
    case .differs: "differs"
    case .missing: "missing"
    case .late: "late"
    case .early: "early"
    case .additional: "additional"
    }
  }
}

extension FieldDifference: CustomStringConvertible {
  /// The field, what it was, and what it is.
  public var description: String { text(width: 0) }

  func text(width: Int) -> String {
    let padding = String(repeating: " ", count: max(0, width - name.utf8.count))
    return "\(name)\(padding)  recorded \(recorded ?? "nothing"), said \(said ?? "nothing")"
  }
}

extension Duration {
  /// Rounded to a millisecond: `250 ms`.
  var milliseconds: String {
    let (seconds, attoseconds) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    guard !overflow else { return "\(seconds) s" }
    return "\(whole + attoseconds / 1_000_000_000_000_000) ms"
  }
}
