public import LinkLayer
public import MonotonicTime

/// Wakes stations by magic packets and, when it is given patience, proves that they woke: asks each
/// for a sign of life, and wakes again, ever more seldom, those that give none.
public struct Waking: Machine {
  /// What happened on the way.
  public typealias Report = WakingReport
  /// Who woke, and who did not.
  public typealias Outcome = WakingOutcome

  /// Something to do for one station; packets before questions, stations in their order.
  private enum Task: Hashable, Comparable, Sendable {
    case packet(station: Int, repetition: Int)
    case question(station: Int)
  }

  private struct State: Hashable, Sendable {
    var firstPacket: Instant?
    var attempts = 0
    var pause: Duration
    var isAwake = false
    var hasImpostor = false
  }

  /// How many tasks an event does at most, so that it never takes long.
  private static let batchLimit = 256

  private let sleepers: [Sleeper]
  private let options: WakingOptions
  private let frames: OwnerFrames
  private let identity: LinkIdentity
  private var states: [State]
  private var tasks = DeadlineQueue<Task>()
  private var meter: PaceMeter
  private var end: Instant?
  private var isStarted = false
  private var isFinished = false
  private var awake: [Awakening] = []
  /// Which stations have this address, and which are asked for at that one: a frame that is heard
  /// concerns few of thousands.
  private var stations: [MACAddress: [Int]] = [:]
  private var addresses: [IPAddress: [Int]] = [:]

  /// When something is due.
  public private(set) var deadline: Instant?

  /// Creates the machine of a host of `identity`, which signs its questions.
  public init(_ sleepers: [Sleeper], identity: LinkIdentity, options: WakingOptions = .init()) {
    self.sleepers = sleepers
    self.options = options
    self.identity = identity
    frames = OwnerFrames(identity: identity)
    let pause = options.patience?.firstPause ?? .zero
    states = Array(repeating: State(pause: pause), count: sleepers.count)
    meter = PaceMeter(options.pace)
    for (index, sleeper) in sleepers.enumerated() {
      if sleeper.proof != .elsewhere { stations[sleeper.station, default: []].append(index) }
      if let address = sleeper.proof.address { addresses[address, default: []].append(index) }
    }
  }

  /// All nodes, for advertisements that are not sent to this host alone.
  public var multicastGroups: [IPv6Address] {
    guard options.patience != nil else { return [] }
    return addresses.keys.contains(where: \.isIPv6) ? [.allNodes] : []
  }

  /// Sends the first packets, as far as the pace allows.
  public mutating func start(at now: Instant) -> Actions {
    guard !isStarted else { return [] }
    isStarted = true
    meter = PaceMeter(options.pace, at: now)
    end = options.patience.map { now + $0.deadline }
    for index in sleepers.indices { begin(index, at: now) }
    deadline = now
    return fire(at: now)
  }

  /// Sends what is due, wakes again who is still asleep, and ends when the time is over.
  public mutating func fire(at now: Instant) -> Actions {
    guard isStarted, !isFinished, let deadline, deadline <= now else { return [] }
    var actions: Actions = []
    if let end, end <= now { return [finish()] }
    var allowance = min(meter.allowance(at: now), Self.batchLimit)
    while allowance > 0, let task = tasks.popDue(at: now) {
      let count = perform(task, at: now, &actions)
      meter.spend(count, at: now)
      allowance -= max(1, count)
    }
    if let finish = finishWhenDone() { return actions + [finish] }
    plan(at: now)
    return actions
  }

  /// Takes a sign of life: an answer, or whatever of ARP and Neighbor Discovery a station sends.
  public mutating func receive(_ frame: LinkFrame, at now: Instant) -> Actions {
    guard isStarted, !isFinished, options.patience != nil else { return [] }
    guard let sign = frame.signOfLife(on: identity) else { return [] }
    var actions: Actions = []
    for sender in sign.senders {
      guard let station = sender.macAddress else { continue }
      for index in stations[station] ?? [] { noteAwake(index, at: now, &actions) }
    }
    noteImpostors(sign, &actions)
    if let finish = finishWhenDone() { actions.append(finish) }
    return actions
  }

  /// Takes a sign of life of `station` that came by another way than the link.
  public mutating func hear(from station: Int, at now: Instant) -> Actions {
    guard isStarted, !isFinished, options.patience != nil, sleepers.indices.contains(station) else {
      return []
    }
    var actions: Actions = []
    noteAwake(station, at: now, &actions)
    if let finish = finishWhenDone() { actions.append(finish) }
    return actions
  }

  /// Ends now.
  public mutating func stop(at now: Instant) -> Actions {
    isFinished ? [] : [finish(wasStopped: true)]
  }

  // MARK: Tasks

  private mutating func begin(_ index: Int, at now: Instant) {
    tasks.insert(.packet(station: index, repetition: 0), due: now)
    if options.patience != nil, sleepers[index].proof != .heard {
      tasks.insert(.question(station: index), due: now)
    }
  }

  /// Counts an attempt, and sets the time of the next, which comes after all packets of this one.
  private mutating func beginAttempt(_ index: Int, at now: Instant) {
    states[index].attempts += 1
    guard let patience = options.patience else { return }
    let pause = max(states[index].pause, .milliseconds(1))
    let packets = options.interval * max(0, options.repetitions)
    tasks.insert(.packet(station: index, repetition: 0), due: now + max(pause, packets))
    states[index].pause = min(pause * 2, max(patience.longestPause, .milliseconds(1)))
  }

  /// Carries out `task` and returns how many frames that took.
  private mutating func perform(_ task: Task, at now: Instant, _ actions: inout Actions) -> Int {
    switch task {
    case .packet(let index, let repetition):
      guard !states[index].isAwake else { return 0 }
      return sendPacket(index, repetition, at: now, &actions)
    case .question(let index):
      guard !states[index].isAwake, let patience = options.patience else { return 0 }
      ask(index, &actions)
      tasks.insert(task, due: now + max(patience.questionInterval, .milliseconds(1)))
      return 1
    }
  }

  private mutating func sendPacket(
    _ index: Int, _ repetition: Int, at now: Instant, _ actions: inout Actions
  ) -> Int {
    if repetition == 0 { beginAttempt(index, at: now) }
    states[index].firstPacket = states[index].firstPacket ?? now
    actions += sleepers[index].frames.map { .send($0) }
    actions.append(.report(.packet(station: index, attempt: states[index].attempts)))
    if repetition + 1 < options.repetitions {
      tasks.insert(
        .packet(station: index, repetition: repetition + 1), due: now + options.interval)
    }
    return max(1, sleepers[index].frames.count)
  }

  private func ask(_ index: Int, _ actions: inout Actions) {
    switch sleepers[index].proof {
    case .heard: break
    case .arp(let address, let source):
      actions.append(.send(frames.arpRequest(for: address, tell: source)))
    case .neighborDiscovery(let address, let source):
      actions.append(.send(frames.neighborSolicitation(for: address, tell: source)))
    case .elsewhere:
      actions.append(.report(.asked(station: index)))
    }
  }

  private mutating func plan(at now: Instant) {
    let next = tasks.earliest.map { $0 > now ? $0 : meter.wakeUp(after: now) }
    deadline = [next, end].compactMap { $0 }.min()
  }

  // MARK: Signs of life

  private mutating func noteAwake(_ index: Int, at now: Instant, _ actions: inout Actions) {
    // What is heard before the first packet for a station is no proof that the packet worked, but it
    // is awake all the same.
    guard !states[index].isAwake else { return }
    states[index].isAwake = true
    let awakening = Awakening(
      station: index, elapsed: states[index].firstPacket.map { now - $0 } ?? .zero,
      attempts: states[index].attempts)
    awake.append(awakening)
    actions.append(.report(.awake(awakening)))
  }

  private mutating func noteImpostors(_ sign: SignOfLife, _ actions: inout Actions) {
    guard let (address, owner) = sign.claim else { return }
    for index in addresses[address] ?? [] {
      guard !states[index].isAwake, !states[index].hasImpostor, !identity.owns(owner),
        owner.macAddress != sleepers[index].station
      else { continue }
      states[index].hasImpostor = true
      actions.append(.report(.impostor(station: index, owner: owner)))
    }
  }

  // MARK: The end

  private mutating func finishWhenDone() -> Action<Report, Outcome>? {
    let isDone = options.patience == nil ? tasks.earliest == nil : awake.count == sleepers.count
    return isDone ? finish() : nil
  }

  private mutating func finish(wasStopped: Bool = false) -> Action<Report, Outcome> {
    isFinished = true
    deadline = nil
    let unproven = states.indices.filter { !states[$0].isAwake }
      .map { Outcome.Unproven(station: $0, attempts: states[$0].attempts) }
    return .finish(Outcome(awake: awake, unproven: unproven, wasStopped: wasStopped))
  }
}

extension Sleeper.Proof {
  fileprivate var address: IPAddress? {
    switch self {
    case .arp(let address, _): .v4(address)
    case .neighborDiscovery(let address, _): .v6(address)
    case .heard, .elsewhere: nil
    }
  }
}
