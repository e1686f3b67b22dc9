import Machines

/// How far a long check is: one line on a terminal's standard error, which is written over.
struct CheckProgress {
  /// A run that asks fewer is over before it is read.
  private static let least = 16
  private let total: Int
  private let step: Int
  private var done = 0
  private var open = 0
  private var isShown = false

  /// Nil where nobody watches, or there is little to watch.
  init?(total: Int) {
    guard total >= Self.least, StandardStream.error.isTerminal else { return nil }
    self.total = total
    step = max(1, total / 200)
  }

  mutating func count(_ state: PortVerdict.State) {
    done += 1
    if state == .open { open += 1 }
    guard done % step == 0, done < total else { return }
    StandardStream.error.write("\r\(done) of \(total) ports, \(open) open\u{1b}[K")
    isShown = true
  }

  mutating func clear() {
    guard isShown else { return }
    StandardStream.error.write("\r\u{1b}[K")
    isShown = false
  }
}
