internal import IPMI
internal import MonotonicTime

/// The challenges of IPMI 1.5 that were given out and not answered yet. They take no session slot:
/// the oldest is forgotten when there are too many, so that a flood of requests locks nobody out for
/// long.
struct ChallengeTable: Sendable {
  /// A challenge.
  struct Challenge: Sendable {
    /// The session ID of the packet that answers it.
    var temporaryID: UInt32
    /// 16 random bytes.
    var bytes: Octets16
    /// Who wants to log in.
    var user: UInt8
    /// How the session shall be authenticated.
    var type: AuthenticationType
    /// When it was given out.
    var instant: Instant
  }

  private static let capacity = 16
  private static let lifetime = Duration.seconds(60)

  private var challenges: [Challenge] = []

  mutating func insert(_ challenge: Challenge) {
    if challenges.count >= Self.capacity { challenges.removeFirst() }
    challenges.append(challenge)
  }

  /// The challenge that a packet with this session ID answers.
  func challenge(_ temporaryID: UInt32, at now: Instant) -> Challenge? {
    challenges.first { $0.temporaryID == temporaryID && now < $0.instant + Self.lifetime }
  }

  mutating func remove(_ temporaryID: UInt32) {
    challenges.removeAll { $0.temporaryID == temporaryID }
  }

  func contains(_ temporaryID: UInt32) -> Bool {
    challenges.contains { $0.temporaryID == temporaryID }
  }
}
