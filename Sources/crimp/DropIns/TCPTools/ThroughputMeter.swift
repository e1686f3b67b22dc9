internal import EventLoop
internal import MonotonicTime
internal import Relay

/// Prints each second how many bytes a transfer has moved, and how many in that second: on a terminal in one
/// line that changes, elsewhere a line each time. At the end it prints the whole.
final class ThroughputMeter {
  private let transfer: OneWayTransfer
  private let loop: EventLoop
  private let began: Instant
  private var last: (byteCount: UInt64, instant: Instant)
  private var timer: Timer?

  init(of transfer: OneWayTransfer, on loop: EventLoop) {
    self.transfer = transfer
    self.loop = loop
    began = loop.readClock()
    last = (0, began)
    arm()
  }

  /// Prints the amount, the time and the rate of the whole.
  func end() {
    timer?.cancel()
    timer = nil
    let duration = loop.readClock() - began
    let total = Throughput(byteCount: transfer.byteCount, duration: duration)
    let seconds = (duration.milliseconds / 1000).rounded(to: 2)
    show("\(ByteAmount(total.byteCount)) in \(seconds) s, \(ByteAmount(total.bytesPerSecond))/s")
    if StandardStream.error.isTerminal { StandardStream.error.write("\n") }
  }

  private func arm() {
    timer = loop.schedule(after: .seconds(1)) { [weak self] in
      self?.sample()
      self?.arm()
    }
  }

  private func sample() {
    let (count, now) = (transfer.byteCount, loop.readClock())
    let second = Throughput(byteCount: count - last.byteCount, duration: now - last.instant)
    last = (count, now)
    show("\(ByteAmount(count)), \(ByteAmount(second.bytesPerSecond))/s")
  }

  private func show(_ line: String) {
    // Carriage return, and erase to the end of the line.
    let isTerminal = StandardStream.error.isTerminal
    StandardStream.error.write(isTerminal ? "\r\(line)\u{1b}[K" : "\(line)\n")
  }
}
