internal import MonotonicTime

/// When a datagram that was sent is to be sent again.
struct ResendClock: Hashable, Sendable {
  let policy: Retransmission
  /// How often it was sent.
  private(set) var attempts = 0
  /// When the present wait ends.
  private(set) var due: Instant?
  /// How long answers take, as far as is known.
  private(set) var roundTrips: RoundTrips
  private var sentAt = Instant.origin
  /// The present datagram's waits before the policy's own.
  private var earlyWaits: [Duration] = []

  init(_ policy: Retransmission, _ roundTrips: RoundTrips = RoundTrips()) {
    self.policy = policy
    self.roundTrips = roundTrips
  }

  /// The datagram was sent, for the first time or again.
  mutating func sent(at now: Instant) {
    if attempts == 0 { earlyWaits = policy.earlyWaits(roundTrips.bound) }
    attempts += 1
    sentAt = now
    due = now + wait
  }

  private var wait: Duration {
    attempts <= earlyWaits.count
      ? earlyWaits[attempts - 1] : policy.wait(after: attempts - earlyWaits.count)
  }

  /// How many of the attempts count: early ones are additional.
  var countedAttempts: Int { max(attempts - earlyWaits.count, 0) }

  /// Other controllers answer within this time. A first wait that is under way becomes shorter.
  mutating func expect(_ others: Duration) {
    roundTrips.others = others
    guard attempts == 1, let due else { return }
    earlyWaits = policy.earlyWaits(roundTrips.bound)
    self.due = min(due, sentAt + wait)
  }

  /// The datagram was answered, and another is next.
  mutating func answered(at now: Instant) {
    if attempts == 1 { roundTrips.note(now - sentAt) }
    reset()
  }

  /// Another datagram is next.
  mutating func reset() {
    attempts = 0
    due = nil
    earlyWaits = []
  }

  /// Whether the wait is over.
  func isDue(at now: Instant) -> Bool { due.map { $0 <= now } ?? false }

  /// Whether the datagram may be sent again.
  var allowsMore: Bool { policy.allowsMore(after: attempts) }
}
