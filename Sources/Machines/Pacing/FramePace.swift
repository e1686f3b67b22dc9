import MonotonicTime

/// How fast frames may follow one another.
public struct FramePace: Hashable, Sendable {
  /// The mean time from one frame to the next; zero when nothing limits them.
  public let interval: Duration

  /// As fast as the link takes them.
  public static let unlimited = FramePace(interval: .zero)

  /// One frame per `interval`; unlimited when that is not positive.
  public static func every(_ interval: Duration) -> FramePace {
    FramePace(interval: max(interval, .zero))
  }

  /// At most `rate` frames a second; unlimited when that is not a positive number.
  public static func framesPerSecond(_ rate: Double) -> FramePace {
    let nanoseconds = (1e9 / rate).rounded(.up)
    guard rate > 0, nanoseconds < 1e18 else { return rate > 0 ? .every(.seconds(1e9)) : .unlimited }
    return .every(.nanoseconds(Int64(nanoseconds)))
  }
}

/// Counts frames against a pace: a bucket that fills with time and holds little, so that a caller
/// that comes late catches up over a few milliseconds and never sends a storm.
///
/// In any stretch of time `t` at most `1 + (t + catchUp) / interval` frames go.
struct PaceMeter: Hashable, Sendable {
  /// At high rates frames go in batches this far apart, not with a timer each.
  static let batchInterval: Duration = .milliseconds(1)
  /// How much lateness a sender makes good.
  static let usualCatchUp: Duration = .milliseconds(10)

  private let interval: Int64
  private let catchUp: Duration
  /// When the next frame's turn is.
  private var next = Instant.origin

  /// - Parameter catchUp: how much lateness is made good: so many frames may go at once after a rest.
  init(
    _ pace: FramePace, at now: Instant = .origin, catchUp: Duration = PaceMeter.usualCatchUp
  ) {
    interval = pace.interval.wholeNanoseconds
    self.catchUp = catchUp
    next = now
  }

  /// How many frames may go at `now`.
  func allowance(at now: Instant) -> Int {
    guard interval > 0 else { return .max }
    let turn = max(next, now - catchUp)
    guard turn <= now else { return 0 }
    return 1 + Int(clamping: (now - turn).wholeNanoseconds / interval)
  }

  /// Counts `frames` that went at `now`.
  mutating func spend(_ frames: Int, at now: Instant) {
    guard interval > 0, frames > 0 else { return }
    let (cost, overflow) = interval.multipliedReportingOverflow(by: Int64(frames))
    next = max(next, now - catchUp) + .nanoseconds(overflow ? .max : cost)
  }

  /// When, from `now` on, a batch may go that is worth waking up for.
  func wakeUp(after now: Instant) -> Instant {
    guard interval > 0 else { return now }
    let gathering = max(.zero, PaceMeter.batchInterval - .nanoseconds(interval))
    return max(now, next + gathering)
  }
}
