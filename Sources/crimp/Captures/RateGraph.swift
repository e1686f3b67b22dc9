import Decoding
import Glibc

/// How busy a link was over time, as columns of blocks, or of number signs where the terminal's characters
/// are not UTF-8.
struct RateGraph {
  private let history: RateHistory
  private let isUnicode: Bool

  private static let columnCount = 60
  private static let rowCount = 5
  private static let blocks = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  init(_ history: RateHistory, isUnicode: Bool = RateGraph.usesUnicode) {
    self.history = history
    self.isUnicode = isUnicode
  }

  /// Whether the locale's characters are UTF-8.
  static var usesUnicode: Bool {
    for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
      guard let value = unsafe getenv(name), case let text = unsafe String(cString: value),
        !text.isEmpty
      else { continue }
      return text.uppercased().contains("UTF-8") || text.uppercased().contains("UTF8")
    }
    return false
  }

  /// The graph from its top row down to the axis; none when no frame had a time.
  var lines: [String] {
    let (width, columns) = history.columns(Self.columnCount)
    guard !columns.isEmpty, columns.contains(where: { $0.frames > 0 }) else { return [] }
    let rates = columns.map { Double($0.bytes) * 8e9 / Double(width) }
    let peak = rates.max() ?? 0
    let steps = isUnicode ? 8 : 1
    let heights = rates.map { rate -> Int in
      guard peak > 0, rate > 0 else { return 0 }
      // What is there at all is seen.
      return max(1, Int(rate / peak * Double(Self.rowCount * steps) + 0.5))
    }
    let label = "\(BitRateText(peak))"
    let margin = String(repeating: " ", count: label.utf8.count)
    var lines: [String] = []
    for row in (0..<Self.rowCount).reversed() {
      let cells = heights.map { cell(max(0, min(steps, $0 - row * steps))) }
      let line = (row == Self.rowCount - 1 ? label : margin) + " |" + cells.joined()
      lines.append(String(line.reversed().drop { $0 == " " }.reversed()))
    }
    let total = Double(width) * Double(columns.count) / 1e9
    lines.append(margin + " +" + String(repeating: "-", count: columns.count))
    lines.append(
      margin + "  0 s to \(total.rounded(to: 3)) s, "
        + "\((Double(width) / 1e9).rounded(to: 3)) s a column")
    return lines
  }

  private func cell(_ step: Int) -> String {
    isUnicode ? Self.blocks[step] : step > 0 ? "#" : " "
  }
}
