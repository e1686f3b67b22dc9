/// A point in time, UTC, as seconds since 1970 and a fraction in nanoseconds.
public struct CaptureTimestamp: Hashable, Sendable {
  /// Whole seconds since 1970-01-01 00:00:00 UTC.
  public let seconds: Int64
  /// The nanoseconds after that second, below 1,000,000,000.
  public let nanoseconds: UInt32

  /// A time of `seconds` since 1970 and `nanoseconds` after it; whole seconds among the nanoseconds
  /// are carried over, as damaged files have them. The last second that `Int64` can hold is never passed.
  public init(seconds: Int64, nanoseconds: UInt32) {
    let carried = Int64(nanoseconds / 1_000_000_000)
    let (sum, overflow) = seconds.addingReportingOverflow(carried)
    self.seconds = overflow ? .max : sum
    self.nanoseconds = nanoseconds % 1_000_000_000
  }
}

extension CaptureTimestamp: Comparable {
  /// Whether `left` is earlier.
  public static func < (left: CaptureTimestamp, right: CaptureTimestamp) -> Bool {
    (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
  }
}
