internal import MonotonicTime

/// How long a host takes to answer, learnt from its answers: the smoothed round-trip time and its
/// variation, as TCP keeps them. RFC 6298, section 2.
package struct RoundTripEstimate: Hashable, Sendable {
  /// Microseconds; 0 means that no answer has come yet.
  private var smoothed: Int32 = 0
  private var variation: Int32 = 0

  /// Nothing is known.
  package init() {}

  /// Whether an answer has come.
  var isKnown: Bool { smoothed > 0 }

  /// Takes the times of a question that was put once (Karn's rule), and of its answer.
  mutating func take(from start: Instant, to end: Instant) {
    let nanoseconds = end.nanoseconds.subtractingReportingOverflow(start.nanoseconds)
    take(.nanoseconds(nanoseconds.overflow ? .max : nanoseconds.partialValue))
  }

  /// Takes how long the answer to a question took that was put once (Karn's rule).
  package mutating func take(_ duration: Duration) {
    // 15 minutes are the most that the sums below can hold; nothing is waited for that long.
    let held = min(max(duration, .microseconds(1)), .seconds(900)).components
    let sample = Int32(
      truncatingIfNeeded: held.seconds * 1_000_000 + held.attoseconds / 1_000_000_000_000)
    guard isKnown else {
      (smoothed, variation) = (sample, sample / 2)
      return
    }
    variation += (abs(smoothed - sample) - variation) / 4
    smoothed = max(1, smoothed + (sample - smoothed) / 8)
  }

  /// How long an answer is worth waiting for: the smoothed time and four times its variation.
  package var timeout: Duration? {
    isKnown ? .microseconds(Int64(smoothed) + 4 * Int64(variation)) : nil
  }
}
