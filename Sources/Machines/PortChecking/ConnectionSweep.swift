public import MonotonicTime

/// Asks TCP ports by connecting to them: a window of connections at once, each given up after a time
/// that follows the host's own round trips, and tried again before silence counts.
///
/// A value that knows neither sockets nor addresses: ports are numbers, a host's following each other.
/// `next` gives one action at a time, so that a port which is answered at once costs no array and no
/// entry in a queue.
public struct ConnectionSweep: Sendable {
  /// What is to be done.
  public enum Action: Hashable, Sendable {
    /// Connect the socket of `slot` to the port of number `target`.
    case connect(slot: Int, target: Int)
    /// Give up what the socket of this slot does, by a reset where a connection stands; it is free for
    /// another.
    case release(slot: Int)
    /// The port's verdict; each port has one.
    case verdict(target: Int, PortVerdict)
    /// All ports have their verdicts.
    case finish
  }

  /// What became of a connection.
  public enum Event: Hashable, Sendable {
    /// It is under way: an answer may come later.
    case underway
    /// It stands.
    case accepted
    /// It was refused.
    case refused
    /// An ICMP message came back.
    case unreachable(UnreachableReport)
    /// This host's kernel refuses to ask, with this number of `errno(3)`.
    case failed(errno: Int32)
    /// The service spoke first, or ended the connection (no bytes).
    case greeting([UInt8])
    /// This host has no socket or port left for it now, as this number of `errno(3)` says.
    case exhausted(errno: Int32)
  }

  private enum Phase: UInt8, Sendable { case free, connecting, greeting }

  private struct Slot: Sendable {
    var target = 0
    var attempt = 0
    var sentAt = Instant.origin
    var due = Instant.distantFuture
    var phase = Phase.free
    var roundTrip: Duration?
  }

  private struct Retry: Sendable {
    var target: Int
    var attempt: Int
  }

  /// How long a lack of sockets is waited out while none of ours is in use, and how often.
  private static let exhaustionPause = Duration.milliseconds(100)
  private static let exhaustionLimit = 50

  private let count: Int
  private let portsPerHost: Int
  private let options: SweepOptions
  private var window: Int
  private var slots: [Slot] = []
  private var freeSlots: [Int] = []
  private var inFlight = 0
  private var estimates: [RoundTripEstimate]
  /// Hosts of which ICMP messages have come.
  private var speakers: Set<Int> = []
  private var deadlines = DeadlineQueue<Int>()
  private var cursor = 0
  private var retries = FirstInFirstOut<Retry>()
  private var pending = FirstInFirstOut<Action>()
  private var meter: PaceMeter
  /// Whether the pace has been asked since something was last counted against it.
  private var mayGo = false
  private var remaining: Int
  private var isFinished = false
  private var resumption: Instant?
  private var exhaustions = 0

  /// A sweep over `hosts` × `portsPerHost` ports; port `p` of host `h` has the number
  /// `h * portsPerHost + p`.
  public init(hosts: Int, portsPerHost: Int, options: SweepOptions = .tcp) {
    self.portsPerHost = max(1, portsPerHost)
    count = max(0, hosts) * max(0, portsPerHost)
    self.options = options
    window = max(1, options.window)
    estimates = Array(repeating: RoundTripEstimate(), count: max(0, hosts))
    meter = PaceMeter(options.pace)
    remaining = count
  }

  /// How many connections are under way.
  public var connectionCount: Int { inFlight }

  /// When to call `next` again though nothing was received.
  public func deadline(at now: Instant) -> Instant? {
    guard !isFinished else { return nil }
    let patience = deadlines.earliest
    guard inFlight < window, cursor < count || !retries.isEmpty else { return patience }
    return min(patience ?? .distantFuture, resumption ?? meter.wakeUp(after: now))
  }

  // MARK: Actions

  /// The next thing to do at `now`; nil when there is nothing to do before the deadline or an event.
  public mutating func next(at now: Instant) -> Action? {
    if let action = pending.popFirst() { return action }
    while let index = deadlines.popDue(at: now) {
      if let action = expire(index, at: now) { return action }
    }
    if let attempt = nextAttempt(at: now) { return begin(attempt, at: now) }
    guard remaining == 0, !isFinished else { return nil }
    isFinished = true
    return .finish
  }

  private mutating func nextAttempt(at now: Instant) -> Retry? {
    guard inFlight < window else { return nil }
    if !mayGo { mayGo = meter.allowance(at: now) > 0 }
    guard mayGo else { return nil }
    if let resumption {
      guard resumption <= now else { return nil }
      self.resumption = nil
    }
    if let retry = retries.popFirst() { return retry }
    guard cursor < count else { return nil }
    cursor += 1
    return Retry(target: cursor - 1, attempt: 0)
  }

  private mutating func begin(_ attempt: Retry, at now: Instant) -> Action {
    let index = freeSlots.popLast() ?? slots.count
    if index == slots.count { slots.append(Slot()) }
    slots[index] = Slot(
      target: attempt.target, attempt: attempt.attempt, sentAt: now, phase: .connecting)
    inFlight += 1
    return .connect(slot: index, target: attempt.target)
  }

  /// What the end of a wait means; nil when the slot has been given to another port since.
  private mutating func expire(_ index: Int, at now: Instant) -> Action? {
    let slot = slots[index]
    guard slot.phase != .free, slot.due <= now else { return nil }
    if slot.phase == .greeting {
      conclude(index, .open, .accepted, slot.roundTrip)
      return pending.popFirst()
    }
    if slot.attempt + 1 < options.boundedAttempts {
      retries.append(Retry(target: slot.target, attempt: slot.attempt + 1))
      free(index)
      return .release(slot: index)
    }
    conclude(index, .silent, .silence, nil)
    return pending.popFirst()
  }

  // MARK: Events

  /// Takes what became of the connection of `slot`. What comes for a slot that is free is nobody's.
  ///
  /// - Parameter now: when it was seen, which is measured against the start of the connection.
  public mutating func receive(_ event: Event, slot index: Int, at now: Instant) {
    guard slots.indices.contains(index), slots[index].phase != .free else { return }
    if slots[index].phase == .greeting {
      guard case .greeting(let bytes) = event else { return }
      let answer = bytes.isEmpty ? nil : bytes
      return conclude(index, .open, .accepted, slots[index].roundTrip, answer: answer)
    }
    switch event {
    case .underway: wait(for: index)
    case .accepted: accept(index, at: now)
    case .refused: conclude(index, .closed, .refused, learn(index, at: now))
    case .unreachable(let report):
      speakers.insert(slots[index].target / portsPerHost)
      conclude(index, .filtered, .icmp(report), learn(index, at: now))
    case .failed(let errno): conclude(index, .unreachable, .local(errno: errno), nil)
    case .exhausted(let errno): postpone(index, errno, at: now)
    case .greeting: break
    }
  }

  /// Starts the clock of a connection that did not end at once. Only these are on the wire, so only
  /// these count against the pace.
  private mutating func wait(for index: Int) {
    let slot = slots[index]
    meter.spend(1, at: slot.sentAt)
    mayGo = false
    exhaustions = 0
    let host = slot.target / portsPerHost
    // Filters say little at a time (Linux: one message a second after a burst of six): however fast
    // the host is, its filter may need longer. The kernel repeats the question meanwhile.
    let estimate = speakers.contains(host) ? RoundTripEstimate() : estimates[host]
    slots[index].due = slot.sentAt + options.wait(attempt: slot.attempt, estimate)
    deadlines.insert(index, due: slots[index].due)
  }

  private mutating func accept(_ index: Int, at now: Instant) {
    let roundTrip = learn(index, at: now)
    guard let greetingWait = options.greetingWait else {
      return conclude(index, .open, .accepted, roundTrip)
    }
    slots[index].phase = .greeting
    slots[index].roundTrip = roundTrip
    slots[index].due = now + greetingWait
    deadlines.insert(index, due: slots[index].due)
  }

  private mutating func learn(_ index: Int, at now: Instant) -> Duration {
    let sentAt = slots[index].sentAt
    exhaustions = 0
    if slots[index].attempt == 0 {
      estimates[slots[index].target / portsPerHost].take(from: sentAt, to: now)
    }
    return now - sentAt
  }

  /// Ends the slot's port with a verdict. A refused connection has ended by itself; any other is to be
  /// given up before the slot has its next.
  private mutating func conclude(
    _ index: Int, _ state: PortVerdict.State, _ reason: PortVerdict.Reason, _ roundTrip: Duration?,
    answer: [UInt8]? = nil
  ) {
    let slot = slots[index]
    if reason != .refused { pending.append(.release(slot: index)) }
    let verdict = PortVerdict(
      state, reason, roundTrip: roundTrip, attempts: slot.attempt + 1, answer: answer)
    pending.append(.verdict(target: slot.target, verdict))
    remaining -= 1
    free(index)
  }

  private mutating func free(_ index: Int) {
    slots[index].phase = .free
    freeSlots.append(index)
    inFlight -= 1
  }

  /// Makes do with the sockets that there are. When none of ours is in use, others have taken them all:
  /// those are waited for a while.
  private mutating func postpone(_ index: Int, _ errno: Int32, at now: Instant) {
    let slot = slots[index]
    guard exhaustions < Self.exhaustionLimit else {
      return conclude(index, .unreachable, .local(errno: errno), nil)
    }
    free(index)
    retries.append(Retry(target: slot.target, attempt: slot.attempt))
    if inFlight > 0 {
      window = inFlight
    } else {
      exhaustions += 1
      resumption = now + Self.exhaustionPause
    }
  }
}
