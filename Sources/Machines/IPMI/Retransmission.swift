/// How long an unanswered datagram is waited for, and how often it is sent again.
public struct Retransmission: Hashable, Sendable {
  /// How long the first is waited for.
  public var first: Duration
  /// By how much each further wait is longer: 1 for waits that are all alike.
  public var factor: Double
  /// The longest wait.
  public var ceiling: Duration
  /// How often a datagram is sent at most, the first time included; nil for as often as the deadline
  /// allows.
  public var attempts: Int?
  /// How early further repetitions come where quick answers are to be expected, see ``RoundTrips``, and no
  /// earlier than this; the waits between them double until they reach `first`. Nil for none. What is lost on
  /// the way is made good sooner then, and who is slow is not hurried.
  public var early: Duration?

  /// Waits of these lengths, held to a millisecond at least and `factor` to 1 to 10.
  public init(
    first: Duration, factor: Double = 1.5, ceiling: Duration = .seconds(2), attempts: Int? = nil,
    early: Duration? = nil
  ) {
    self.first = max(first, .milliseconds(1))
    self.factor = factor >= 1 ? min(factor, 10) : 1
    self.ceiling = max(ceiling, self.first)
    self.attempts = attempts.map { max($0, 1) }
    self.early = early.map { max($0, .milliseconds(1)) }
  }

  /// How long to wait after the datagram was sent for the `attempt`th time, counted from 1.
  func wait(after attempt: Int) -> Duration {
    var wait = first
    for _ in 1..<max(attempt, 1) {
      guard wait < ceiling else { break }
      wait = wait * factor
    }
    return min(wait, ceiling)
  }

  /// The waits before `first` where quick answers are to be expected; none where nothing is known. One
  /// only as long as the controller itself has answered nothing: what it is asked then takes one of its
  /// few sessions each time.
  func earlyWaits(_ roundTrips: RoundTrips) -> [Duration] {
    guard let early, let expected = roundTrips.bound else { return [] }
    var waits: [Duration] = []
    var wait = max(early, expected)
    while wait < first, waits.isEmpty || roundTrips.own != nil {
      waits.append(wait)
      wait = wait * 2
    }
    return waits
  }

  /// Whether the datagram may be sent once more after so many times.
  func allowsMore(after attempt: Int) -> Bool {
    guard let attempts else { return true }
    return attempt < attempts
  }
}
