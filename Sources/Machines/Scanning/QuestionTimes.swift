import MonotonicTime

/// When the questions of a scan left: by blocks, for whoever asks again, and exactly for the last few
/// thousand, from which answers may still be under way.
///
/// Blocks grow with the scan, so that sixteen million addresses need half a megabyte.
struct QuestionTimes: Hashable, Sendable {
  private struct Mark: Hashable, Sendable {
    var pass: Int
    var position: Int
    var sentAt: Instant
  }

  private static let blockLimit = 1 << 16
  private static let markLimit = 4096

  private let blockSize: Int
  private var blocks: [Instant]
  /// The last marks, a ring when it is full.
  private var marks: [Mark] = []
  private var oldest = 0
  private(set) var latest: Instant?

  init(count: Int) {
    blockSize = max(16, (count + Self.blockLimit - 1) / Self.blockLimit)
    blocks = Array(repeating: .origin, count: (count + blockSize - 1) / blockSize)
  }

  /// Notes that the question at `position` left in `pass`, from 0. Positions rise within a pass.
  mutating func note(_ position: Int, pass: Int, at now: Instant) {
    blocks[position / blockSize] = now
    defer { latest = now }
    // What leaves at one instant has one mark.
    if latest == now, let last = lastMark, last.pass == pass { return }
    let mark = Mark(pass: pass, position: position, sentAt: now)
    if marks.count < Self.markLimit {
      marks.append(mark)
    } else {
      marks[oldest] = mark
      oldest = (oldest + 1) % Self.markLimit
    }
  }

  /// When the last question of the block left that begins at `position`; nil where none begins. Asked
  /// before a pass enters the block, it is the time of the pass before.
  func sentInBlock(beginningAt position: Int) -> Instant? {
    position % blockSize == 0 ? blocks[position / blockSize] : nil
  }

  /// When the last question at `position` left, if it is one of the last few; `pass` and `next` are
  /// where the scan is.
  func sent(_ position: Int, pass: Int, next: Int) -> Instant? {
    let asked = position < next ? pass : pass - 1
    var (low, high) = (0, marks.count)
    while low < high {
      let middle = (low + high) / 2
      let mark = marks[(oldest + middle) % marks.count]
      let isBefore = (mark.pass, mark.position) <= (asked, position)
      if isBefore { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return nil }
    let mark = marks[(oldest + low - 1) % marks.count]
    return mark.pass == asked ? mark.sentAt : nil
  }

  private var lastMark: Mark? {
    marks.isEmpty ? nil : marks[(oldest + marks.count - 1) % marks.count]
  }
}
