public import LinkLayer
public import MonotonicTime

/// Tells a link, in rounds, that addresses are here: gratuitous ARP in both forms, directed requests
/// to named neighbours, unsolicited Neighbor Advertisements.
///
/// A round goes address by address. With no pace set it goes as fast as the caller takes it, in
/// batches of at most `batchLimit` frames an event. A round that its pace makes longer than the time
/// to the next one is ended first, and the later rounds keep their distance from its start, or follow
/// at once.
///
/// A round that is due while the link has no carrier is held: it goes when the carrier is back, and the
/// later ones keep their distance from it. Switches forget a port's stations with its carrier; so the
/// next round goes then also when none was held.
public struct AddressAnnouncement: Machine {
  /// The most frames that one event brings: memory stays small however many addresses there are.
  public static let batchLimit = 1024

  /// Where the announcement stands.
  public enum State: Hashable, Sendable {
    /// Not started.
    case initial
    /// Waiting for the next round.
    case waiting
    /// In a round.
    case announcing
    /// Waiting for the neighbours, which the round's directed requests go to.
    case awaitingNeighbors
    /// Waiting for the carrier, with a round that is due.
    case held
    /// Done.
    case finished
  }

  /// What happened on the way.
  public enum Report: Hashable, Sendable {
    /// All frames of the round, counted from 1, for this address were sent.
    case sent(round: Int, address: IPAddress)
    /// The round was sent for every address.
    case roundFinished(Int)
    /// The first round had no frame for this address: no form is left, or nobody to direct one to.
    case nothingSent(IPAddress)
    /// The round of this number met no carrier; it goes when there is one again.
    case roundHeld(Int)
  }

  /// What was done in all.
  public struct Outcome: Hashable, Sendable {
    /// How many whole rounds went.
    public var rounds: Int
    /// How many frames went.
    public var frames: Int
    /// Whether it was stopped from outside before it was done.
    public var wasStopped: Bool
    /// The round that was due at the end and was held for want of a carrier; nil when none was.
    public var heldRound: Int?

    /// Creates an outcome.
    public init(rounds: Int, frames: Int, wasStopped: Bool, heldRound: Int? = nil) {
      self.rounds = rounds
      self.frames = frames
      self.wasStopped = wasStopped
      self.heldRound = heldRound
    }
  }

  private enum Phase: Hashable, Sendable { case firstBurst, secondBurst, refresh }

  /// Where the announcement stands.
  public private(set) var state = State.initial
  /// The next round, or the next batch of this one.
  public private(set) var deadline: Instant?
  /// How many whole rounds went so far.
  public private(set) var roundsFinished = 0
  /// How many frames went so far.
  public private(set) var framesSent = 0

  private let plan: AnnouncementPlan
  private var frames: AnnouncementFrames
  private var meter: PaceMeter
  private var phase = Phase.firstBurst
  private var burstStart = Instant.origin
  private var roundStart = Instant.origin
  private var roundInPhase = 0
  private var addresses: [IPAddress] { plan.addresses }
  private var schedule: AnnouncementSchedule { plan.schedule }

  // The next frame of the round: whose, and which of its turns.
  private var index = 0
  private var turn = 0
  private var hasSentForAddress = false
  private var withdrawn: Set<IPAddress> = []
  private var hasCarrier = true
  /// Whether the neighbours are still to be added.
  private var lacksNeighbors: Bool
  /// The frames that the first round has been through, when its neighbours came later.
  private var former: AnnouncementFrames?

  /// Creates an announcement by the host of `identity`.
  public init(_ plan: AnnouncementPlan, identity: LinkIdentity) {
    self.plan = plan
    meter = PaceMeter(plan.pace)
    frames = AnnouncementFrames(plan, identity: identity)
    lacksNeighbors = plan.neighborsFollow
  }

  /// Whether frames of the first round are still to be sent.
  public var isInFirstRound: Bool { state != .finished && roundsFinished == 0 }

  /// Whether `address` is one of the plan's.
  public func announces(_ address: IPAddress) -> Bool { addresses.contains(address) }

  /// Sends the first round, as far as pace and batch allow.
  public mutating func start(at now: Instant) -> Actions {
    guard state == .initial else { return [] }
    awaitFirstRound(from: now)
    return fire(at: now)
  }

  private mutating func awaitFirstRound(from now: Instant) {
    meter = PaceMeter(plan.pace, at: now)
    burstStart = now
    roundStart = now + schedule.burst.delay
    state = .waiting
    deadline = roundStart
  }

  /// Nothing that is heard changes an announcement.
  public mutating func receive(_ frame: LinkFrame, at now: Instant) -> Actions { [] }

  /// Sends what is due.
  public mutating func fire(at now: Instant) -> Actions {
    guard let due = deadline, due <= now else { return [] }
    guard state != .held else { return [end(wasStopped: false, isHeld: true)] }
    guard hasCarrier else { return hold(at: now) }
    if state == .waiting { beginRound() }
    var actions: Actions = []
    sendBatch(at: now, &actions)
    guard index >= addresses.count else {
      deadline = meter.wakeUp(after: now)
      return actions
    }
    guard !lacksNeighbors else {
      state = .awaitingNeighbors
      deadline = nil
      return actions
    }
    endRound(at: now, &actions)
    return actions
  }

  /// Ends the announcement now, a refresh above all.
  public mutating func stop(at now: Instant) -> Actions {
    guard state != .finished else { return [] }
    return [end(wasStopped: true, isHeld: state == .held)]
  }

  /// Notes that the link has lost its carrier: what is due from now on is held.
  public mutating func loseCarrier(at now: Instant) -> Actions {
    guard hasCarrier, state != .finished else { return [] }
    hasCarrier = false
    // One whose very start an outage has undone is not started again.
    if state == .initial { awaitFirstRound(from: now) }
    return state == .announcing ? hold(at: now) : []
  }

  /// Notes that the link has its carrier again, and sends the round that was held, or else the next.
  public mutating func regainCarrier(at now: Instant) -> Actions {
    guard !hasCarrier, state != .finished else { return [] }
    hasCarrier = true
    guard state == .held || state == .waiting else { return [] }
    state = .waiting
    roundStart = now
    deadline = now
    return fire(at: now)
  }

  /// Adds the neighbours that a plan with `neighborsFollow` waits for, and sends the directed requests
  /// of the first round. So its frames to all need not wait until the neighbours have been read.
  ///
  /// Call it once, when the machine is `awaitingNeighbors`; how many they are may ask for another pace.
  public mutating func add(
    _ neighbors: [NeighborTarget], pace: FramePace, at now: Instant
  ) -> Actions {
    guard state == .awaitingNeighbors else { return [] }
    lacksNeighbors = false
    meter = PaceMeter(pace, at: now)
    let former = frames
    frames.add(neighbors)
    beginRound()
    self.former = former
    turn = firstTurn
    deadline = now
    return fire(at: now)
  }

  /// Leaves `addresses` out from now on: they are not this host's any more. Ends the announcement
  /// when none is left.
  public mutating func withdraw(_ addresses: Set<IPAddress>, at now: Instant) -> Actions {
    withdrawn.formUnion(addresses)
    guard state != .finished, self.addresses.allSatisfy(withdrawn.contains) else { return [] }
    return [end(wasStopped: true, isHeld: false)]
  }

  /// Sends one more round for `address`, which need not be of the plan, at once and beside the
  /// schedule; its frames count against the pace of what follows. Sends nothing while the pace has
  /// no room.
  public mutating func announceAgain(_ address: IPAddress, at now: Instant) -> Actions {
    guard state != .initial, hasCarrier, !withdrawn.contains(address),
      meter.allowance(at: now) > 0
    else { return [] }
    var actions: Actions = []
    for turn in 0..<frames.turns(for: address) {
      guard let frame = frames.frame(for: address, turn: turn, advertises: true) else { continue }
      actions.append(.send(frame))
    }
    framesSent += actions.count
    meter.spend(actions.count, at: now)
    return actions
  }

  private mutating func beginRound() {
    state = .announcing
    index = 0
    turn = 0
    hasSentForAddress = false
    former = nil
  }

  /// Where an address's turns begin: behind those that it has had in this round.
  private var firstTurn: Int {
    guard let former, index < addresses.count else { return 0 }
    return former.turns(for: addresses[index])
  }

  /// Whether an address has had frames in this round before its neighbours were known.
  private func hadFrames(_ address: IPAddress) -> Bool {
    guard let former else { return false }
    return !withdrawn.contains(address)
      && (0..<former.turns(for: address)).contains { turn in
        former.frame(for: address, turn: turn, advertises: advertises) != nil
      }
  }

  private var advertises: Bool { plan.advertisementLimit.map { roundInPhase < $0 } ?? true }

  /// Sends until the pace, the batch or the round ends. A turn without a frame costs a step too, so
  /// that an event never takes long.
  private mutating func sendBatch(at now: Instant, _ actions: inout Actions) {
    let allowance = min(meter.allowance(at: now), AddressAnnouncement.batchLimit)
    let advertises = advertises
    var sent = 0
    var steps = 0
    while sent < allowance, steps < 4 * AddressAnnouncement.batchLimit, index < addresses.count {
      steps += 1
      let address = addresses[index]
      if !withdrawn.contains(address), turn < frames.turns(for: address),
        let frame = frames.frame(for: address, turn: turn, advertises: advertises)
      {
        actions.append(.send(frame))
        hasSentForAddress = true
        sent += 1
      }
      advance(from: address, &actions)
    }
    framesSent += sent
    meter.spend(sent, at: now)
  }

  private mutating func advance(from address: IPAddress, _ actions: inout Actions) {
    turn += 1
    guard turn >= frames.turns(for: address) else { return }
    if !lacksNeighbors {
      if hasSentForAddress || hadFrames(address) {
        actions.append(.report(.sent(round: roundsFinished + 1, address: address)))
      } else if roundsFinished == 0, !withdrawn.contains(address) {
        actions.append(.report(.nothingSent(address)))
      }
    }
    index += 1
    turn = firstTurn
    hasSentForAddress = false
  }

  /// Holds the round back that is due. A refresh waits as long as it takes.
  private mutating func hold(at now: Instant) -> Actions {
    state = .held
    deadline = phase == .refresh ? nil : now + plan.carrierPatience
    return [.report(.roundHeld(roundsFinished + 1))]
  }

  private mutating func endRound(at now: Instant, _ actions: inout Actions) {
    roundsFinished += 1
    actions.append(.report(.roundFinished(roundsFinished)))
    guard !addresses.isEmpty, let next = nextRound() else {
      actions.append(end(wasStopped: false, isHeld: false))
      return
    }
    state = .waiting
    roundStart = max(next, now)
    deadline = roundStart
  }

  /// Steps to the next round; nil when there is none.
  private mutating func nextRound() -> Instant? {
    if phase != .refresh, roundInPhase + 1 < schedule.burst.count {
      let gap = schedule.burst.gap(after: roundInPhase)
      roundInPhase += 1
      return roundStart + gap
    }
    roundInPhase = 0
    if phase == .firstBurst, let delay = schedule.secondBurstDelay {
      phase = .secondBurst
      return burstStart + schedule.burst.delay + delay
    }
    guard let interval = schedule.refreshInterval else { return nil }
    phase = .refresh
    return roundStart + interval
  }

  private mutating func end(wasStopped: Bool, isHeld: Bool) -> Action<Report, Outcome> {
    state = .finished
    deadline = nil
    return .finish(
      Outcome(
        rounds: roundsFinished, frames: framesSent, wasStopped: wasStopped,
        heldRound: isHeld ? roundsFinished + 1 : nil))
  }
}
