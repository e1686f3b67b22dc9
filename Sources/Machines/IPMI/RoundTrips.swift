/// What is known of how long a controller takes to answer.
struct RoundTrips: Hashable, Sendable {
  /// The longest that it took itself of late; nil before it has answered.
  private(set) var own: Duration?
  /// Within what other controllers of the same fleet answer; nil when nobody knows.
  var others: Duration?

  /// The controller has answered after so long.
  mutating func note(_ duration: Duration) {
    // One slow answer is forgotten by and by.
    own = max(duration, (own ?? .zero) * 0.875)
  }

  /// When an answer that is not there is more likely lost than late; nil when nobody knows. One that was
  /// quick once may be slow next time, and is given eight times as long; what many controllers take is
  /// better known, and twice that is enough, but for one that itself is slower.
  var bound: Duration? {
    guard let own else { return others.map { $0 * 2 } }
    guard let others else { return own * 8 }
    return min(own * 8, max(own * 3, others * 2))
  }

  /// No answer is taken for lost before this: three round trips, as TCP reckons with one that it knows
  /// (RFC 6298, section 2.2), or half as long again where that would be seconds.
  var leastWait: Duration {
    guard let own else { return .zero }
    return max(min(own * 3, .seconds(5)), own * 1.5)
  }
}
