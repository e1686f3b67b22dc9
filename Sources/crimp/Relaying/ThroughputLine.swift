import EventLoop
import Relay
import Synchronization

/// What a relay moves, on one line of a terminal's standard error that is written over each second.
final class ThroughputLine {
  /// Whether the line stands there: other words clear it first.
  private static let isShown = Atomic<Bool>(false)

  private var before = PumpStatistics()

  /// Nil where nobody watches.
  init?() {
    guard StandardStream.error.isTerminal else { return nil }
  }

  /// Shows what was moved in the second since the last call.
  func show(_ snapshots: [RelayServiceSnapshot]) {
    var total = PumpStatistics()
    for snapshot in snapshots { total += snapshot.statistics }
    let there = ByteAmount(total.nearByteCount &- before.nearByteCount)
    let back = ByteAmount(total.farByteCount &- before.farByteCount)
    let all = ByteAmount(total.nearByteCount &+ total.farByteCount)
    let count = snapshots.map(\.activeCount).reduce(0, +)
    before = total
    StandardStream.error.write(
      "\r\(count) connections, \(there)/s there, \(back)/s back, \(all) in all\u{1b}[K")
    Self.isShown.store(true, ordering: .relaxed)
  }

  /// Clears the line, if it stands there. May be called on any thread.
  static func clear() {
    guard isShown.exchange(false, ordering: .relaxed) else { return }
    StandardStream.error.write("\r\u{1b}[K")
  }
}
