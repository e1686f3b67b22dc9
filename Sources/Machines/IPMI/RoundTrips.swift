/// What is known of how long a controller takes to answer.
struct RoundTrips: Hashable, Sendable {
  /// The longest that it took itself, for what it was asked once; nil before that.
  private(set) var own: Duration?
  /// Within what other controllers of the same fleet answer; nil when nobody knows.
  var others: Duration?

  /// The controller has answered, after so long, what it was asked once.
  mutating func note(_ duration: Duration) { own = max(own ?? .zero, duration) }

  /// When an answer that is not there is more likely lost than late; nil when nobody knows. One that was
  /// quick once may be slow next time, and is given eight times as long; what many controllers take is
  /// better known.
  var bound: Duration? { own.map { $0 * 8 } ?? others.map { $0 * 2 } }
}
