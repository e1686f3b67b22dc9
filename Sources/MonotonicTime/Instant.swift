/// A point in monotonic time, in whole nanoseconds since an origin that only the clock knows.
///
/// Machines take instants as arguments and never read a clock; the event loop reads
/// `CLOCK_MONOTONIC`, and a test or a replay may count from zero. 64 bits of nanoseconds last
/// for 292 years, so arithmetic saturates instead of trapping.
public struct Instant: Hashable, Comparable, Sendable {
  /// Nanoseconds since the clock's origin.
  public var nanoseconds: Int64

  /// Creates the instant `nanoseconds` after the clock's origin.
  public init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// The clock's origin, where virtual time starts.
  public static let origin = Instant(nanoseconds: 0)

  /// Later than every other instant: the deadline of what never fires.
  public static let distantFuture = Instant(nanoseconds: .max)

  /// Whether `left` is earlier than `right`.
  public static func < (left: Instant, right: Instant) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// The instant `duration` after `instant`, held at the ends of the range.
  public static func + (instant: Instant, duration: Duration) -> Instant {
    let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
    guard overflow else { return Instant(nanoseconds: sum) }
    return Instant(nanoseconds: duration < .zero ? .min : .max)
  }

  /// The instant `duration` before `instant`, held at the ends of the range.
  public static func - (instant: Instant, duration: Duration) -> Instant {
    let (difference, overflow) =
      instant.nanoseconds.subtractingReportingOverflow(duration.wholeNanoseconds)
    guard overflow else { return Instant(nanoseconds: difference) }
    return Instant(nanoseconds: duration < .zero ? .max : .min)
  }

  /// The time from `right` to `left`, negative when `left` is the earlier.
  public static func - (left: Instant, right: Instant) -> Duration {
    .nanoseconds(left.nanoseconds) - .nanoseconds(right.nanoseconds)
  }
}

extension Duration {
  /// This duration in nanoseconds, rounded up so that a timeout never ends early, and held at
  /// the ends of `Int64`.
  public var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflow else { return seconds < 0 ? .min : .max }
    let remainder = attoseconds / 1_000_000_000
    let roundsUp = attoseconds > 0 && attoseconds % 1_000_000_000 != 0
    let (sum, carried) = whole.addingReportingOverflow(remainder + (roundsUp ? 1 : 0))
    guard carried else { return sum }
    return seconds < 0 ? .min : .max
  }
}
