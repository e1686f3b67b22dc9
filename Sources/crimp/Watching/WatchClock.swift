import CaptureFile
import LinkLayer
import Links
import MonotonicTime

/// Puts the instants of a machine and the times of the day side by side, as they were when it was made.
struct WatchClock {
  private let instant: Instant
  /// Nanoseconds since 1970 at `instant`.
  private let time: Int64

  /// A clock that shows `time` at `instant`.
  init(_ time: CaptureTimestamp, at instant: Instant) {
    self.instant = instant
    self.time = Self.nanoseconds(time)
  }

  /// The time of the day at `instant`; none lies before 1970.
  func time(of instant: Instant) -> CaptureTimestamp {
    let (sum, overflow) = time.addingReportingOverflow((instant - self.instant).wholeNanoseconds)
    let total = max(0, overflow ? .max : sum)
    return CaptureTimestamp(
      seconds: total / 1_000_000_000, nanoseconds: UInt32(total % 1_000_000_000))
  }

  /// The instant of a time of the day.
  func instant(of time: CaptureTimestamp) -> Instant {
    instant + (.nanoseconds(Self.nanoseconds(time)) - .nanoseconds(self.time))
  }

  /// Held to the three centuries that fit.
  private static func nanoseconds(_ time: CaptureTimestamp) -> Int64 {
    let seconds = max(0, min(time.seconds, 9_000_000_000))
    return seconds * 1_000_000_000 + Int64(time.nanoseconds)
  }
}
