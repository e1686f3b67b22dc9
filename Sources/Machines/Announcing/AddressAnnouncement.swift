public import LinkLayer
public import MonotonicTime

/// Tells a link, in rounds, that addresses are here: gratuitous ARP in both forms, directed requests
/// to named neighbours, unsolicited Neighbor Advertisements.
///
/// A round goes address by address. With no pace set it goes as fast as the caller takes it, in
/// batches of at most `batchLimit` frames an event. A round that its pace makes longer than the time
/// to the next one is ended first, and the later rounds keep their distance from its start, or follow
/// at once.
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
    /// Done.
    case finished
  }

  /// What happened on the way.
  public enum Report: Hashable, Sendable {
    /// All frames of the round, counted from 1, for this address were sent.
    case sent(round: Int, address: IPAddress)
    /// The round was sent for every address.
    case roundFinished(Int)
  }

  /// What was done in all.
  public struct Outcome: Hashable, Sendable {
    /// How many whole rounds went.
    public var rounds: Int
    /// How many frames went.
    public var frames: Int
    /// Whether it was stopped from outside before it was done.
    public var wasStopped: Bool

    /// Creates an outcome.
    public init(rounds: Int, frames: Int, wasStopped: Bool) {
      self.rounds = rounds
      self.frames = frames
      self.wasStopped = wasStopped
    }
  }

  private enum Phase: Hashable, Sendable { case firstBurst, secondBurst, refresh }

  /// Where the announcement stands.
  public private(set) var state = State.initial
  /// The next round, or the next batch of this one.
  public private(set) var deadline: Instant?
  /// How many whole rounds went so far.
  public private(set) var roundsFinished = 0

  private let plan: AnnouncementPlan
  private var frames: AnnouncementFrames
  private var meter: PaceMeter
  private var phase = Phase.firstBurst
  private var burstStart = Instant.origin
  private var roundStart = Instant.origin
  private var roundInPhase = 0
  private var framesSent = 0
  private var addresses: [IPAddress] { plan.addresses }
  private var schedule: AnnouncementSchedule { plan.schedule }

  // The next frame of the round: whose, and which of its turns.
  private var index = 0
  private var turn = 0
  private var hasSentForAddress = false
  private var withdrawn: Set<IPAddress> = []

  /// Creates an announcement by the host of `identity`.
  public init(_ plan: AnnouncementPlan, identity: LinkIdentity) {
    self.plan = plan
    meter = PaceMeter(plan.pace)
    frames = AnnouncementFrames(plan, identity: identity)
  }

  /// Whether frames of the first round are still to be sent.
  public var isInFirstRound: Bool { state != .finished && roundsFinished == 0 }

  /// Sends the first round, as far as pace and batch allow.
  public mutating func start(at now: Instant) -> Actions {
    guard state == .initial else { return [] }
    meter = PaceMeter(plan.pace, at: now)
    burstStart = now
    roundStart = now + schedule.burst.delay
    state = .waiting
    deadline = roundStart
    return fire(at: now)
  }

  /// Nothing that is heard changes an announcement.
  public mutating func receive(_ frame: LinkFrame, at now: Instant) -> Actions { [] }

  /// Sends what is due.
  public mutating func fire(at now: Instant) -> Actions {
    guard let due = deadline, due <= now else { return [] }
    if state == .waiting { beginRound() }
    var actions: Actions = []
    sendBatch(at: now, &actions)
    guard index >= addresses.count else {
      deadline = meter.wakeUp(after: now)
      return actions
    }
    endRound(at: now, &actions)
    return actions
  }

  /// Ends the announcement now, a refresh above all.
  public mutating func stop(at now: Instant) -> Actions {
    guard state != .finished else { return [] }
    return [end(wasStopped: true)]
  }

  /// Adds neighbours that were not known when the announcement began: with every round from now on,
  /// and at once for the addresses that the last round has been through.
  ///
  /// So the frames to all need not wait until the neighbours have been read. Only between rounds.
  public mutating func add(_ neighbors: [NeighborTarget], at now: Instant) -> Actions {
    let former = frames
    frames.add(neighbors)
    guard roundsFinished > 0 else { return [] }
    var actions: Actions = []
    for address in addresses where !withdrawn.contains(address) {
      for turn in former.turns(for: address)..<frames.turns(for: address) {
        guard let frame = frames.frame(for: address, turn: turn, advertises: true) else { continue }
        actions.append(.send(frame))
      }
    }
    framesSent += actions.count
    meter.spend(actions.count, at: now)
    return actions
  }

  /// Leaves `addresses` out from now on: they are not this host's any more. Ends the announcement
  /// when none is left.
  public mutating func withdraw(_ addresses: Set<IPAddress>, at now: Instant) -> Actions {
    withdrawn.formUnion(addresses)
    guard state != .finished, self.addresses.allSatisfy(withdrawn.contains) else { return [] }
    return [end(wasStopped: true)]
  }

  /// Sends one more round for `address`, which need not be of the plan, at once and beside the
  /// schedule; its frames count against the pace of what follows. Sends nothing while the pace has
  /// no room.
  public mutating func announceAgain(_ address: IPAddress, at now: Instant) -> Actions {
    guard state != .initial, !withdrawn.contains(address), meter.allowance(at: now) > 0 else {
      return []
    }
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
  }

  /// Sends until the pace, the batch or the round ends. A turn without a frame costs a step too, so
  /// that an event never takes long.
  private mutating func sendBatch(at now: Instant, _ actions: inout Actions) {
    let allowance = min(meter.allowance(at: now), AddressAnnouncement.batchLimit)
    let advertises = plan.advertisementLimit.map { roundInPhase < $0 } ?? true
    var sent = 0
    var steps = 0
    while sent < allowance, steps < 4 * AddressAnnouncement.batchLimit, index < addresses.count {
      steps += 1
      let address = addresses[index]
      if !withdrawn.contains(address),
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
    if hasSentForAddress {
      actions.append(.report(.sent(round: roundsFinished + 1, address: address)))
    }
    index += 1
    turn = 0
    hasSentForAddress = false
  }

  private mutating func endRound(at now: Instant, _ actions: inout Actions) {
    roundsFinished += 1
    actions.append(.report(.roundFinished(roundsFinished)))
    guard !addresses.isEmpty, let next = nextRound() else {
      actions.append(end(wasStopped: false))
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

  private mutating func end(wasStopped: Bool) -> Action<Report, Outcome> {
    state = .finished
    deadline = nil
    return .finish(Outcome(rounds: roundsFinished, frames: framesSent, wasStopped: wasStopped))
  }
}
