/// A line of output as `--format` describes it: text, escapes, and fields with a width.
struct ArpScanFormat {
  private enum Part {
    case text(String)
    case field(name: String, written: String, width: Int)
  }

  private var parts: [Part] = []

  /// Reads `text`, or complains as the original does.
  init(_ text: String, _ console: Console) throws(Exit) {
    var plain = ""
    var rest = text[...]
    while let character = rest.popFirst() {
      if character == "\\", let next = rest.popFirst() {
        plain += Self.escapes[next] ?? String(next)
      } else if character == "$", rest.first == "{" {
        guard let end = rest.firstIndex(of: "}") else {
          throw console.fail("ERROR: incorrect show format: missing closing brace\n", status: 1)
        }
        if !plain.isEmpty { parts.append(.text(plain)) }
        plain = ""
        parts.append(Self.field(String(rest[rest.index(after: rest.startIndex)..<end])))
        rest = rest[rest.index(after: end)...]
      } else {
        plain.append(character)
      }
    }
    if !plain.isEmpty { parts.append(.text(plain)) }
  }

  private static let escapes: [Character: String] = ["n": "\n", "r": "\r", "t": "\t"]

  private static func field(_ text: String) -> Part {
    let words = text.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(words.first ?? "")
    let width = words.count == 2 ? Int(words[1]) ?? 0 : 0
    return .field(name: name.lowercased(), written: name, width: max(-1000, min(width, 1000)))
  }

  /// A line of `fields`; what is not among them is empty, and told on standard error.
  func line(_ fields: [String: String], _ console: Console) -> String {
    var line = ""
    for part in parts {
      switch part {
      case .text(let text): line += text
      case .field(let name, let written, let width):
        let value = fields[name]
        if value == nil {
          console.complain("WARNING: Field ${\(written)} unknown or not available\n")
        }
        let text = value ?? ""
        let padding = String(repeating: " ", count: max(0, Int(width.magnitude) - text.count))
        line += width < 0 ? text + padding : padding + text
      }
    }
    return line
  }
}
