internal import IPMI
internal import MonotonicTime

/// What came of an event in a handshake.
enum HandshakeEvent: Sendable {
  /// Send this datagram.
  case send([UInt8])
  /// Nobody vouches for this refusal: it is believed when nothing better comes.
  case suspect(BMCFailure)
  /// The handshake cannot go on.
  case fail(BMCFailure)
  /// The session stands.
  case establish(SessionPackets, SessionFacts)
}

/// When a datagram that was sent is to be sent again.
struct ResendClock: Hashable, Sendable {
  let policy: Retransmission
  /// How often it was sent.
  private(set) var attempts = 0
  /// When the present wait ends.
  private(set) var due: Instant?
  /// How long the controller took for an answer that was asked for once, at most.
  private(set) var roundTrip: Duration?
  private var sentAt = Instant.origin

  init(_ policy: Retransmission, roundTrip: Duration? = nil) {
    self.policy = policy
    self.roundTrip = roundTrip
  }

  /// The datagram was sent, for the first time or again.
  mutating func sent(at now: Instant) {
    attempts += 1
    sentAt = now
    let early = policy.earlyWait(roundTrip)
    if let early, attempts == 1 {
      due = now + early
    } else {
      due = now + policy.wait(after: attempts - (early == nil ? 0 : 1))
    }
  }

  /// How many of the attempts count: an early one is one more.
  var countedAttempts: Int { attempts - (policy.earlyWait(roundTrip) == nil ? 0 : 1) }

  /// The datagram was answered, and another is next.
  mutating func answered(at now: Instant) {
    if attempts == 1 { roundTrip = max(roundTrip ?? .zero, now - sentAt) }
    reset()
  }

  /// Another datagram is next.
  mutating func reset() {
    attempts = 0
    due = nil
  }

  /// Whether the wait is over.
  func isDue(at now: Instant) -> Bool { due.map { $0 <= now } ?? false }

  /// Whether the datagram may be sent again.
  var allowsMore: Bool { policy.allowsMore(after: attempts) }
}
