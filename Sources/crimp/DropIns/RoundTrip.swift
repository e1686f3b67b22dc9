internal import CaptureFile

extension CaptureTimestamp {
  /// The nanoseconds from `earlier` to this, which is negative when the clock was set back.
  func nanoseconds(since earlier: CaptureTimestamp) -> Int64 {
    let (seconds, overflow) = seconds.subtractingReportingOverflow(earlier.seconds)
    guard !overflow, seconds.magnitude < 1_000_000_000 else { return 0 }
    return seconds * 1_000_000_000 + Int64(nanoseconds) - Int64(earlier.nanoseconds)
  }
}
