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
  /// How early one more repetition comes where the controller has been quick before: eight round trips
  /// after the first datagram, and no earlier than this; nil for none. What is lost on the way is made
  /// good sooner then, and who is slow is not hurried.
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

  /// How long to wait for the early repetition after a round trip of this length; nil when there is none.
  func earlyWait(_ roundTrip: Duration?) -> Duration? {
    guard let early, let roundTrip else { return nil }
    let wait = max(early, roundTrip * 8)
    return wait < first ? wait : nil
  }

  /// Whether the datagram may be sent once more after so many times.
  func allowsMore(after attempt: Int) -> Bool {
    guard let attempts else { return true }
    return attempt < attempts
  }
}
