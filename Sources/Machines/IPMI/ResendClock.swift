internal import MonotonicTime

/// When a datagram that was sent is to be sent again.
struct ResendClock: Hashable, Sendable {
  let policy: Retransmission
  /// When the present wait ends.
  private(set) var due: Instant?
  /// How long answers take, as far as is known.
  private(set) var roundTrips: RoundTrips
  /// When the present datagram was sent.
  private var sentAt: [Instant] = []
  /// The present datagram's waits before the policy's own.
  private var earlyWaits: [Duration] = []

  init(_ policy: Retransmission, _ roundTrips: RoundTrips = RoundTrips()) {
    self.policy = policy
    self.roundTrips = roundTrips
  }

  /// How often it was sent.
  var attempts: Int { sentAt.count }

  /// How many of the attempts count: early ones are additional.
  var countedAttempts: Int { max(attempts - earlyWaits.count, 0) }

  /// Whether the wait is over.
  func isDue(at now: Instant) -> Bool { due.map { $0 <= now } ?? false }

  /// Whether the datagram may be sent again.
  var allowsMore: Bool { policy.allowsMore(after: attempts) }

  // MARK: Sending

  /// The datagram was sent, for the first time or again.
  mutating func sent(at now: Instant) {
    if sentAt.isEmpty { earlyWaits = policy.earlyWaits(roundTrips) }
    sentAt.append(now)
    due = now + wait
  }

  private var wait: Duration {
    guard attempts > earlyWaits.count else { return earlyWaits[attempts - 1] }
    return max(policy.wait(after: attempts - earlyWaits.count), roundTrips.leastWait)
  }

  /// The datagram is not sent again: the answer is waited for.
  mutating func hold() { due = nil }

  /// Other controllers answer within this time. A first wait that is under way becomes shorter.
  mutating func expect(_ others: Duration) {
    roundTrips.others = others
    guard attempts == 1, let due, let first = sentAt.first else { return }
    earlyWaits = policy.earlyWaits(roundTrips)
    self.due = min(due, first + wait)
  }

  // MARK: Answers

  /// The datagram was answered, and another is next.
  ///
  /// - Parameter laterAttempts: how often it was sent after the time that was answered; nil where
  ///   answers do not tell. Then only what is certain is taken (Karn's rule).
  mutating func answered(at now: Instant, laterAttempts: Int? = nil) {
    note(at: now, laterAttempts)
    reset()
  }

  /// An earlier attempt was answered, which is of no use any more: the present one's answer takes as long.
  mutating func noticed(at now: Instant, laterAttempts: Int) {
    note(at: now, laterAttempts)
    guard let due, let last = sentAt.last else { return }
    self.due = max(due, last + roundTrips.leastWait)
  }

  private mutating func note(at now: Instant, _ laterAttempts: Int?) {
    if let laterAttempts, sentAt.indices.contains(attempts - 1 - laterAttempts) {
      roundTrips.note(now - sentAt[attempts - 1 - laterAttempts])
    } else if laterAttempts == nil, let first = sentAt.first, let last = sentAt.last {
      guard attempts > 1, let own = roundTrips.own else { return roundTrips.note(now - first) }
      // Whichever was answered, it took at least as long as the last.
      if now - last > own { roundTrips.note(now - last) }
    }
  }

  /// Another datagram is next.
  mutating func reset() {
    sentAt.removeAll(keepingCapacity: true)
    due = nil
    earlyWaits = []
  }

  /// For how long a better answer than the one that came at `now` may still be on its way: somebody who
  /// forges is quicker than the controller.
  func patience(at now: Instant) -> Duration {
    let known = roundTrips.own.map { $0 * 2 } ?? policy.first
    return max(known, sentAt.first.map { (now - $0) * 2 } ?? .zero)
  }
}
