import MonotonicTime

/// The echo requests from one address to one host, numbered from 1.
struct EchoSeries: Hashable, Sendable {
  /// When the last request was put.
  private(set) var lastSent: Instant?
  /// When the first answer came that counts.
  private(set) var answeredAt: Instant?
  private var sent = 0
  /// Answers to earlier requests do not count.
  private var firstCounted = 1

  /// Numbers the request that is put at `now`; the answer to one that is not counted proves nothing.
  mutating func put(at now: Instant, isCounted: Bool) -> UInt16 {
    sent += 1
    lastSent = now
    if !isCounted { firstCounted = sent + 1 }
    return UInt16(truncatingIfNeeded: sent)
  }

  /// Takes the reply of this number; whether it answers a request of this series that counts, and
  /// is the first to.
  mutating func takeReply(_ number: UInt16, at now: Instant) -> Bool {
    let age = UInt16(truncatingIfNeeded: sent) &- number
    guard answeredAt == nil, sent - Int(age) >= firstCounted else { return false }
    answeredAt = now
    return true
  }

  /// What was asked until now proves nothing any more.
  mutating func startOver() {
    answeredAt = nil
    firstCounted = sent + 1
  }
}
