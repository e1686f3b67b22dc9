import EventLoop

/// How far a long run over many hosts is: one line on a terminal's standard error, which is written over.
/// It comes after the first second, whether results do or not, and makes way for each line of theirs.
final class FleetProgress {
  /// A run that is over sooner needs no line.
  private static let delay = Duration.seconds(1)
  /// How often the line is written.
  private static let interval = Duration.milliseconds(250)

  private let total: Int
  private let loop: EventLoop
  private var done = 0
  private var failed = 0
  /// Whether the first second is over.
  private var hasBegun = false
  private var isShown = false
  private var timer: Timer?

  /// Nil where nobody watches, or there is one host alone.
  init?(total: Int, on loop: EventLoop) {
    guard total > 1, StandardStream.error.isTerminal else { return nil }
    self.total = total
    self.loop = loop
    wait(Self.delay)
  }

  /// A line is about to be written: this one makes way.
  func clear() {
    guard isShown else { return }
    StandardStream.error.write("\r\u{1b}[K")
    isShown = false
  }

  /// A host is done.
  func count(failed isFailure: Bool) {
    done += 1
    if isFailure { failed += 1 }
    if hasBegun, !isShown { show() }
  }

  /// All is done, or given up: the line goes away.
  func end() {
    timer?.cancel()
    timer = nil
    hasBegun = false
    clear()
  }

  private func wait(_ duration: Duration) {
    timer = loop.schedule(after: duration) { [weak self] in self?.tick() }
  }

  private func tick() {
    hasBegun = true
    show()
    wait(Self.interval)
  }

  private func show() {
    let failures = failed > 0 ? ", \(failed) failed" : ""
    StandardStream.error.write("\r\(done) of \(total)\(failures)\u{1b}[K")
    isShown = true
  }
}
