import Drivers
import EventLoop
import Machines

/// How far a replay is: one line on a terminal's standard error, which is written over.
///
/// It comes after a moment, because most replays are short, and makes way for the figures.
final class ReplayProgress {
  /// How often the line is written, and how long a replay has none.
  private static let interval = Duration.milliseconds(500)

  private let session: ReplaySession<ReplayTape>
  private let limit: Int?
  private var timer: Timer?
  private var isShown = false

  /// Nil where nobody watches, or nothing is to be said.
  init?(
    of session: ReplaySession<ReplayTape>, _ request: ReplayRequest, on loop: EventLoop
  ) {
    guard !request.isQuiet, StandardStream.error.isTerminal else { return nil }
    self.session = session
    limit = request.options.frameLimit
    wait(on: loop)
  }

  /// Something else is about to be written: the line makes way.
  func clear() {
    guard isShown else { return }
    StandardStream.error.write("\r\u{1b}[K")
    isShown = false
  }

  /// The replay is over.
  func end() {
    timer?.cancel()
    timer = nil
    clear()
  }

  private func wait(on loop: EventLoop) {
    timer = loop.schedule(after: Self.interval) { [weak self] in
      self?.show()
      self?.wait(on: loop)
    }
  }

  private func show() {
    let total = session.amounts.reduce(into: ReplayedAmount()) { sum, amount in
      sum.frames += amount.frames
      sum.bytes += amount.bytes
    }
    let goal = limit.map { " of \($0)" } ?? ""
    let line = ReplayReport.sum(of: total, in: session.elapsed, goal: goal)
    StandardStream.error.write("\r\(line)\u{1b}[K")
    isShown = true
  }
}
