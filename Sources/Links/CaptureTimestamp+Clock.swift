public import CaptureFile
internal import EventLoop
internal import Glibc
internal import MonotonicTime

extension CaptureTimestamp {
  /// The time of day, UTC, as the kernel stamps frames.
  public static var now: CaptureTimestamp {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return CaptureTimestamp(
      seconds: Int64(time.tv_sec), nanoseconds: UInt32(truncatingIfNeeded: time.tv_nsec))
  }

  /// The time by `loop`: the time of day on the monotonic clock; on virtual time, as long after
  /// 1970 as the loop has run, so that a rehearsal gives the same recording each time.
  static func now(of loop: EventLoop?) -> CaptureTimestamp {
    guard let loop, loop.clock == .virtual else { return .now }
    let (seconds, rest) = loop.now.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    return CaptureTimestamp(seconds: seconds, nanoseconds: UInt32(truncatingIfNeeded: max(rest, 0)))
  }

  /// The time from `earlier` to this, zero when it is not earlier, and held at 200 years: files
  /// say what they like.
  package func duration(since earlier: CaptureTimestamp) -> Duration {
    guard self > earlier else { return .zero }
    let (seconds, overflow) = seconds.subtractingReportingOverflow(earlier.seconds)
    guard !overflow, seconds < 6_300_000_000 else { return .seconds(6_300_000_000) }
    return .seconds(seconds) + .nanoseconds(Int64(nanoseconds) - Int64(earlier.nanoseconds))
  }
}

extension CaptureTimestamp {
  /// The time `duration` later, held at the last second that can be told.
  package func advanced(by duration: Duration) -> CaptureTimestamp {
    let (seconds, rest) = duration.wholeNanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    let (sum, overflow) = self.seconds.addingReportingOverflow(seconds)
    guard !overflow, rest >= 0 else { return self }
    return CaptureTimestamp(
      seconds: sum, nanoseconds: nanoseconds &+ UInt32(truncatingIfNeeded: rest))
  }
}
