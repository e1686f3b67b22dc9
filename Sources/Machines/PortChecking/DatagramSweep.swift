public import LinkLayer
public import MonotonicTime

/// Asks UDP ports by datagrams. Here silence is ambiguous and "closed" is an ICMP message, of which
/// kernels send few: Linux one a second to each peer after a burst of six (`icmp_ratelimit`), BSD 200
/// a second.
///
/// So ports of a host that does send such messages, but not for all, are asked once more, one at a
/// time: slower while nothing comes back, faster while something does. A port's silence counts only
/// after a question that the host had a whole second's leave to answer.
public struct DatagramSweep: Sendable {
  /// What is to be done.
  public enum Action: Hashable, Sendable {
    /// Send a question to the port of number `target`; `attempt` counts from 0.
    case send(target: Int, attempt: Int)
    /// The port's verdict; each port has one.
    case verdict(target: Int, PortVerdict)
    /// All ports have their verdicts.
    case finish
  }

  /// What became of a question.
  public enum Event: Hashable, Sendable {
    /// This datagram came back from the port.
    case answered([UInt8])
    /// An ICMP message came back.
    case unreachable(UnreachableReport)
    /// This host's kernel refuses to ask, with this number of `errno(3)`.
    case failed(errno: Int32)
  }

  private enum Phase: UInt8, Sendable { case asked, queued, askedAlone }

  private struct Port: Sendable {
    var attempts = 0
    var sentAt = Instant.origin
    var due = Instant.distantFuture
    var phase = Phase.asked
  }

  /// The limit of Linux, the strictest in wide use (1 s), and a little for the way.
  private static let longestInterval = Duration.milliseconds(1050)
  private static let firstInterval = Duration.milliseconds(100)
  private static let shortestInterval = Duration.milliseconds(5)

  /// A host whose ports are asked one at a time.
  private struct LimitedHost: Sendable {
    var interval = DatagramSweep.firstInterval
    var queue = FirstInFirstOut<Int>()
    var current: Int?
    var lastAsked = Instant.origin
    var hasTurn = false
  }

  private let hosts: [IPAddress]
  private let portsPerHost: Int
  private let count: Int
  private let options: SweepOptions
  private var ports: [Int: Port] = [:]
  private var inFlight = 0
  private var estimates: [RoundTripEstimate]
  /// Which hosts have sent ICMP messages.
  private var speakers: Set<Int> = []
  private var limited: [Int: LimitedHost] = [:]
  private var deadlines = DeadlineQueue<Int>()
  private var turns = DeadlineQueue<Int>()
  private var cursor = 0
  private var retries = FirstInFirstOut<Int>()
  private var pending = FirstInFirstOut<Action>()
  private var meter: PaceMeter
  private var remaining: Int
  private var isFinished = false

  /// A sweep over `portsPerHost` ports of each of `hosts`; port `p` of host `h` has the number
  /// `h * portsPerHost + p`.
  public init(hosts: [IPAddress], portsPerHost: Int, options: SweepOptions = .udp) {
    self.hosts = hosts
    self.portsPerHost = max(1, portsPerHost)
    count = hosts.count * max(0, portsPerHost)
    self.options = options
    estimates = Array(repeating: RoundTripEstimate(), count: hosts.count)
    meter = PaceMeter(options.pace)
    remaining = count
  }

  /// How many ports wait for their turn because their host says little at a time.
  public var limitedPortCount: Int { ports.count - inFlight }

  /// When to call `next` again though nothing was received.
  public func deadline(at now: Instant) -> Instant? {
    guard !isFinished else { return nil }
    let patience = [deadlines.earliest, turns.earliest].compactMap { $0 }.min()
    guard inFlight < options.window, cursor < count || !retries.isEmpty else { return patience }
    return min(patience ?? .distantFuture, meter.wakeUp(after: now))
  }

  // MARK: Actions

  /// The next thing to do at `now`; nil when there is nothing to do before the deadline or an event.
  public mutating func next(at now: Instant) -> Action? {
    if let action = pending.popFirst() { return action }
    while let target = deadlines.popDue(at: now) {
      expire(target, at: now)
      if let action = pending.popFirst() { return action }
    }
    while let host = turns.popDue(at: now) {
      if let action = askAlone(host, at: now) { return action }
    }
    if let target = nextTarget(at: now) { return ask(target, .asked, at: now) }
    guard remaining == 0, !isFinished else { return nil }
    isFinished = true
    return .finish
  }

  private mutating func nextTarget(at now: Instant) -> Int? {
    guard inFlight < max(1, options.window), meter.allowance(at: now) > 0 else { return nil }
    while let target = retries.popFirst() {
      if ports[target] != nil { return target }
    }
    guard cursor < count else { return nil }
    cursor += 1
    return cursor - 1
  }

  private mutating func ask(_ target: Int, _ phase: Phase, at now: Instant) -> Action {
    var port = ports[target] ?? Port()
    let attempt = port.attempts
    let estimate = estimates[target / portsPerHost]
    port.attempts += 1
    port.phase = phase
    port.sentAt = now
    port.due = now + options.wait(attempt: phase == .asked ? attempt : 0, estimate)
    ports[target] = port
    deadlines.insert(target, due: port.due)
    meter.spend(1, at: now)
    if phase == .asked { inFlight += 1 }
    return .send(target: target, attempt: attempt)
  }

  /// Asks the port whose turn it is at a host that says little at a time.
  private mutating func askAlone(_ host: Int, at now: Instant) -> Action? {
    guard var state = limited[host] else { return nil }
    defer { limited[host] = state }
    state.hasTurn = false
    while let target = state.queue.popFirst() {
      // An answer may have come while the port waited.
      guard ports[target]?.phase == .queued else { continue }
      state.current = target
      state.lastAsked = now
      return ask(target, .askedAlone, at: now)
    }
    return nil
  }

  // MARK: Silence

  private mutating func expire(_ target: Int, at now: Instant) {
    guard let port = ports[target], port.phase != .queued, port.due <= now else { return }
    let host = target / portsPerHost
    switch port.phase {
    case .queued: break
    case .askedAlone:
      let interval = limited[host]?.interval ?? Self.longestInterval
      limited[host]?.interval = min(interval * 2, Self.longestInterval)
      if interval < Self.longestInterval {
        queue(target, host)
      } else {
        conclude(target, .silent, .silence, nil)
      }
      endTurn(of: host, at: now)
    case .asked:
      inFlight -= 1
      if options.boundedAttempts > 1, speakers.contains(host) {
        queue(target, host)
        endTurn(of: host, at: now)
      } else if port.attempts < options.boundedAttempts {
        ports[target]?.phase = .queued
        retries.append(target)
      } else {
        ports[target]?.phase = .queued
        conclude(target, .silent, .silence, nil)
      }
    }
  }

  private mutating func queue(_ target: Int, _ host: Int) {
    ports[target]?.phase = .queued
    limited[host, default: LimitedHost()].queue.append(target)
  }

  /// Lets the host's next port have its turn when the interval since the last one is over.
  private mutating func endTurn(of host: Int, at now: Instant) {
    guard let state = limited[host], !state.hasTurn else { return }
    if let current = state.current, ports[current]?.phase == .askedAlone { return }
    limited[host]?.current = nil
    limited[host]?.hasTurn = true
    turns.insert(host, due: max(now, state.lastAsked + state.interval))
  }

  // MARK: Events

  /// Takes what became of the question to the port of number `target`. What comes for a port that has
  /// its verdict, or was never asked, is dropped.
  public mutating func receive(_ event: Event, target: Int, at now: Instant) {
    guard let port = ports[target] else { return }
    let host = target / portsPerHost
    // Of a port that was asked again nobody knows which question was answered (Karn's rule).
    let roundTrip = now - port.sentAt
    if port.attempts == 1 { estimates[host].take(from: port.sentAt, to: now) }
    if port.phase == .asked { inFlight -= 1 }
    switch event {
    case .answered(let bytes):
      conclude(target, .open, .answered, roundTrip, answer: bytes)
    case .unreachable(let report):
      speakers.insert(host)
      let verdict = PortVerdict(
        report, for: .udp, of: hosts[host], roundTrip: roundTrip, attempts: port.attempts)
      conclude(target, verdict)
    case .failed(let errno):
      conclude(target, .unreachable, .local(errno: errno), nil)
    }
    if port.phase == .askedAlone {
      let interval = limited[host]?.interval ?? Self.longestInterval
      limited[host]?.interval = max(interval * 9 / 10, Self.shortestInterval)
      endTurn(of: host, at: now)
    }
  }

  private mutating func conclude(
    _ target: Int, _ state: PortVerdict.State, _ reason: PortVerdict.Reason, _ roundTrip: Duration?,
    answer: [UInt8]? = nil
  ) {
    let verdict = PortVerdict(
      state, reason, roundTrip: roundTrip, attempts: ports[target]?.attempts ?? 0, answer: answer)
    conclude(target, verdict)
  }

  private mutating func conclude(_ target: Int, _ verdict: PortVerdict) {
    ports[target] = nil
    remaining -= 1
    pending.append(.verdict(target: target, verdict))
  }
}
