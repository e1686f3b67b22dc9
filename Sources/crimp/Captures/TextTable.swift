/// Columns of text that are as wide as their widest entry.
struct TextTable {
  /// To which side an entry leans.
  enum Alignment {
    case left
    case right
  }

  private let head: [String]
  private let alignments: [Alignment]

  init(_ head: [String], _ alignments: [Alignment]) {
    self.head = head
    self.alignments = alignments
  }

  /// The head and the rows as lines; none without rows.
  func lines(_ rows: [[String]]) -> [String] {
    guard !rows.isEmpty else { return [] }
    let all = [head] + rows
    let widths = head.indices.map { column in
      all.map { $0.indices.contains(column) ? $0[column].unicodeScalars.count : 0 }.max() ?? 0
    }
    return all.map { row in
      let cells = row.enumerated().map { column, cell in
        let room = String(repeating: " ", count: widths[column] - cell.unicodeScalars.count)
        return alignments[column] == .left ? cell + room : room + cell
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
