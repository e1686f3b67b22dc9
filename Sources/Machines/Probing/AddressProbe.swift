public import LinkLayer
public import MonotonicTime

/// Address conflict detection before use: RFC 5227, section 2.1.
///
/// Waits a random time, sends the probes, and waits again. The address is in use when, in that
/// time, any ARP packet names it as its sender, or another host probes for it; packets of any of
/// this host's own interfaces do not count.
public struct AddressProbe: Machine {
  /// MAX_CONFLICTS: after so many, the attempts are rate limited.
  public static let maximumConflicts = 10
  /// RATE_LIMIT_INTERVAL: the least time between attempts then.
  public static let rateLimitInterval: Duration = .seconds(60)

  /// Where the probe stands.
  public enum State: Hashable, Sendable {
    /// Not started.
    case initial
    /// In the random delay before the first probe (PROBE_WAIT).
    case waiting
    /// Between probes.
    case probing
    /// After the last probe (ANNOUNCE_WAIT).
    case announceWaiting
    /// After a conflict, before the next attempt.
    case pausing
    /// Done.
    case finished
  }

  /// What happened on the way.
  public enum Report: Hashable, Sendable {
    /// The probe of this number, from 1, was sent.
    case probeSent(Int)
    /// Another host has or wants the address. When attempts are left, another follows.
    case conflict(AddressConflict)
    /// There were MAX_CONFLICTS: the next attempt waits until then.
    case rateLimited(until: Instant)
  }

  /// How it ended.
  public enum Outcome: Hashable, Sendable {
    /// Nobody objected: the address may be used from this instant.
    case free(at: Instant)
    /// The last attempt allowed met another host.
    case conflict(AddressConflict)
  }

  /// The address that is probed for.
  public let address: IPv4Address
  /// Where the probe stands.
  public private(set) var state = State.initial
  /// How many conflicts there were.
  public private(set) var conflictCount = 0
  /// The next probe, or the end of a wait.
  public private(set) var deadline: Instant?

  private let frames: OwnerFrames
  private let timing: ProbeTiming
  private let attempts: Int?
  private var random: MachineRandom
  private var attemptStart = Instant.origin
  private var probesSent = 0

  /// Creates a probe for `address`.
  ///
  /// - Parameters:
  ///   - identity: who probes; its hardware address is the sender of the probes.
  ///   - timing: the RFC's times, or scaled ones.
  ///   - attempts: how often to try before a conflict is final; nil for ever.
  ///   - random: spreads the delays.
  public init(
    address: IPv4Address, identity: LinkIdentity, timing: ProbeTiming = .rfc5227,
    attempts: Int? = 1, random: MachineRandom
  ) {
    self.address = address
    self.timing = timing
    self.attempts = attempts
    self.random = random
    frames = OwnerFrames(identity: identity)
  }

  /// Begins the random delay.
  public mutating func start(at now: Instant) -> Actions {
    guard state == .initial else { return [] }
    beginAttempt(at: now)
    return []
  }

  /// The address that is probed for.
  public var subject: IPAddress? { .v4(address) }

  /// Looks for another host with, or after, the address.
  public mutating func receive(_ frame: LinkFrame, at now: Instant) -> Actions {
    guard state == .waiting || state == .probing || state == .announceWaiting,
      let conflict = frame.arpPacket(on: frames.identity)?
        .probeConflict(over: address, on: frames.identity)
    else { return [] }
    conflictCount += 1
    if let attempts, conflictCount >= attempts {
      end()
      return [.report(.conflict(conflict)), .finish(.conflict(conflict))]
    }
    return [.report(.conflict(conflict))] + pause(at: now)
  }

  /// Sends the next probe, begins the next attempt, or ends.
  public mutating func fire(at now: Instant) -> Actions {
    guard let due = deadline, due <= now else { return [] }
    switch state {
    case .waiting, .probing:
      return sendProbe(at: now)
    case .announceWaiting:
      end()
      return [.finish(.free(at: now))]
    case .pausing:
      beginAttempt(at: now)
      return []
    case .initial, .finished:
      return []
    }
  }

  private mutating func beginAttempt(at now: Instant) {
    state = .waiting
    attemptStart = now
    probesSent = 0
    deadline = now + random.duration(from: .zero, to: timing.probeWait)
  }

  private mutating func sendProbe(at now: Instant) -> Actions {
    probesSent += 1
    if probesSent < timing.probeCount {
      state = .probing
      deadline = now + random.duration(from: timing.probeMinimum, to: timing.probeMaximum)
    } else {
      state = .announceWaiting
      deadline = now + timing.announceWait
    }
    return [.send(frames.arpProbe(for: address)), .report(.probeSent(probesSent))]
  }

  /// The pause after a conflict lets the copies of one answer go by: each would count as a conflict
  /// of the next attempt.
  private mutating func pause(at now: Instant) -> Actions {
    state = .pausing
    let next = now + timing.probeMinimum
    guard conflictCount >= AddressProbe.maximumConflicts else {
      deadline = next
      return []
    }
    let limited = max(next, attemptStart + AddressProbe.rateLimitInterval)
    deadline = limited
    return [.report(.rateLimited(until: limited))]
  }

  private mutating func end() {
    state = .finished
    deadline = nil
  }
}
