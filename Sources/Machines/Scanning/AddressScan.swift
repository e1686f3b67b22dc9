public import LinkLayer
public import MonotonicTime

/// Asks every address of a list whether a host of the link has it: by ARP, by Neighbor Discovery.
///
/// The list is gone through once for each attempt, and whoever has answered is passed over. An address
/// is asked again when its question before has waited for its time. Nothing is kept of an address that
/// does not answer but one bit.
public struct AddressScan: Machine {
  /// What was heard on the way.
  public typealias Report = ScanReport
  /// The sums, at the end.
  public typealias Outcome = ScanOutcome

  private enum State: Hashable, Sendable { case initial, asking, waiting, finished }

  /// What comes next at one instant.
  private enum Step { case ask(Int), passesOver, wait(until: Instant), end }

  /// How many questions an event sends at most, so that answers are heard in between: one system call
  /// takes as many.
  private static let batchLimit = 64
  /// How many addresses that have answered an event passes over at most.
  private static let skipLimit = 1 << 16

  /// The addresses that are asked for.
  public let targets: ScanTargets
  private let questions: ScanQuestions
  private let identity: LinkIdentity
  private let options: ScanOptions
  private let order: ScanOrder
  private var state = State.initial
  private var meter: PaceMeter
  private var times: QuestionTimes
  private var stations = FoundStations()
  /// One bit an address: whether it has answered.
  private var answered: [UInt64]
  private var answeredCount = 0
  private var sent = 0
  private var pass = 0
  private var position = 0
  private var end: Instant?

  /// When something is due.
  public private(set) var deadline: Instant?

  /// Creates the scan of a host of `identity`.
  public init(
    _ targets: ScanTargets, request: ScanRequest, identity: LinkIdentity,
    options: ScanOptions = ScanOptions()
  ) {
    self.targets = targets
    questions = ScanQuestions(request, identity: identity)
    self.identity = identity
    self.options = options
    order = ScanOrder(count: targets.count, random: options.random)
    meter = PaceMeter(options.pace)
    times = QuestionTimes(count: targets.count)
    answered = Array(repeating: 0, count: (targets.count + 63) / 64)
  }

  /// What has been done and heard so far.
  public var progress: ScanOutcome {
    var outcome = ScanOutcome()
    outcome.addresses = targets.count
    outcome.questions = sent
    outcome.hosts = answeredCount
    outcome.duplicates = stations.duplicateCount
    return outcome
  }

  /// How often all addresses have been gone through.
  public var passesDone: Int { pass }

  /// How much of all attempts is done, from 0 to 1.
  public var fraction: Double {
    guard targets.count > 0, options.attempts > 0, state != .finished else { return 1 }
    let done = Double(pass) + Double(position) / Double(targets.count)
    return min(1, done / Double(options.attempts))
  }

  /// Sends the first questions, as far as the pace allows.
  public mutating func start(at now: Instant) -> Actions {
    guard state == .initial else { return [] }
    state = .asking
    meter = PaceMeter(options.pace, at: now)
    deadline = now
    return fire(at: now)
  }

  /// Sends what is due; ends when the last question has waited for its time.
  public mutating func fire(at now: Instant) -> Actions {
    guard let due = deadline, due <= now else { return [] }
    if let end, end <= now { return [finish()] }
    guard state == .asking else {
      deadline = end
      return []
    }
    var actions: Actions = []
    let allowance = min(meter.allowance(at: now), Self.batchLimit)
    deadline = ask(allowance, at: now, &actions)
    if deadline == nil { waitForTheLast(at: now) }
    return actions
  }

  /// Takes what a station says of its address, whether it was asked or not.
  public mutating func receive(_ frame: LinkFrame, at now: Instant) -> Actions {
    guard let claim = frame.neighborClaim(on: identity), !identity.owns(claim.station) else {
      return []
    }
    return hear(claim.address, from: claim.station, at: now)
  }

  /// Takes note that `station` has `address`, heard in whatever way.
  public mutating func hear(
    _ address: IPAddress, from station: HardwareAddress, at now: Instant
  ) -> Actions {
    guard state == .asking || state == .waiting, let index = targets.index(of: address) else {
      return []
    }
    noteAnswer(of: index, at: now)
    let position = order.position(of: index)
    let sentAt = times.sent(position, pass: pass, next: self.position)
    let host = ScannedHost(
      address: address, station: station, roundTrip: sentAt.map { max(.zero, now - $0) })
    var actions: Actions = []
    if let report = stations.note(host) { actions.append(.report(report)) }
    if let limit = options.hostLimit, answeredCount >= limit { actions.append(finish()) }
    return actions
  }

  /// Ends now.
  public mutating func stop(at now: Instant) -> Actions {
    state == .finished ? [] : [finish(wasStopped: true)]
  }

  // MARK: Asking

  /// Sends up to `allowance` questions, and returns when to go on; nil when all were sent.
  private mutating func ask(
    _ allowance: Int, at now: Instant, _ actions: inout Actions
  ) -> Instant? {
    var (count, skipped) = (0, 0)
    while true {
      switch step(at: now) {
      case .passesOver:
        skipped += 1
        guard skipped < Self.skipLimit else { return pause(after: count, until: now, at: now) }
      case .ask(let index):
        guard count < allowance else { return pause(after: count, until: nil, at: now) }
        actions.append(.send(questions.question(for: targets[index])))
        times.note(position, pass: pass, at: now)
        position += 1
        count += 1
        sent += 1
      case .wait(let instant): return pause(after: count, until: instant, at: now)
      case .end: return nil
      }
    }
  }

  /// Counts `count` questions, and returns when to go on: when the pace allows, or later.
  private mutating func pause(after count: Int, until instant: Instant?, at now: Instant) -> Instant
  {
    meter.spend(count, at: now)
    return instant ?? meter.wakeUp(after: now)
  }

  private mutating func step(at now: Instant) -> Step {
    if position == targets.count {
      position = 0
      pass += 1
    }
    guard pass < options.attempts, answeredCount < targets.count else { return .end }
    if pass > 0, let before = times.sentInBlock(beginningAt: position) {
      let due = before + options.timeout(ofAttempt: pass - 1)
      guard due <= now else { return .wait(until: due) }
    }
    let index = order.element(at: position)
    guard !hasAnswered(index) else {
      position += 1
      return .passesOver
    }
    return .ask(index)
  }

  private mutating func waitForTheLast(at now: Instant) {
    state = .waiting
    let patience =
      answeredCount == targets.count
      ? now + options.linger
      : (times.latest ?? now) + options.timeout(ofAttempt: max(0, options.attempts - 1))
    end = max(patience, now)
    deadline = end
  }

  // MARK: Answers

  private func hasAnswered(_ index: Int) -> Bool {
    answered[index >> 6] & 1 << UInt64(index & 63) != 0
  }

  private mutating func noteAnswer(of index: Int, at now: Instant) {
    guard !hasAnswered(index) else { return }
    answered[index >> 6] |= 1 << UInt64(index & 63)
    answeredCount += 1
    guard answeredCount == targets.count else { return }
    // Nobody is left to be asked: only second stations are listened for.
    state = .waiting
    end = now + options.linger
    deadline = end
  }

  private mutating func finish(wasStopped: Bool = false) -> Action<Report, Outcome> {
    state = .finished
    deadline = nil
    var outcome = progress
    outcome.wasStopped = wasStopped
    return .finish(outcome)
  }
}
