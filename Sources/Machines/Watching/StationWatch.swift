public import LinkLayer
public import MonotonicTime

/// Watches which station has which address, by ARP and Neighbor Discovery, and tells what is new, what
/// changes and what is wrong. It sends nothing.
///
/// Its memory is bounded, and so is the number of its events: what somebody can forge, they can forge a
/// million times.
public struct StationWatch: Machine {
  /// What happened, and what is to be kept.
  public typealias Report = WatchReport
  /// What is known at the end.
  public typealias Outcome = [StationRecord]

  /// How many pairs of an address and a station are remembered of which something odd was told.
  private static let oddityLimit = 1024
  /// How often silence is looked for, at least and at most.
  private static let checks = (shortest: Duration.seconds(1), longest: Duration.seconds(60))

  private struct Oddity: Hashable, Sendable {
    var kind: WatchEvent.Kind
    var address: IPAddress
    var station: HardwareAddress
  }

  private let identity: LinkIdentity
  private let options: WatchOptions
  private var table: StationTable
  private var oddities: [Oddity: Instant] = [:]
  private var meter: PaceMeter
  private var suppressed = 0
  private var fullToldAt: Instant?
  private var isStarted = false
  private var isFinished = false

  /// When silence is looked for.
  public private(set) var deadline: Instant?

  /// Creates the watch of a link of `identity`'s kind.
  ///
  /// - Parameter records: what was known at an earlier time, in instants of the same clock.
  public init(
    identity: LinkIdentity, options: WatchOptions = WatchOptions(),
    remembering records: [StationRecord] = []
  ) {
    self.identity = identity
    self.options = options
    table = StationTable(limit: options.memory)
    meter = PaceMeter(.framesPerSecond(options.eventsPerSecond), catchUp: .seconds(4))
    for record in records { table.restore(record) }
  }

  /// All nodes: advertisements that nobody asked for go to them.
  public var multicastGroups: [IPv6Address] { [.allNodes] }

  /// How many addresses are known.
  public var count: Int { table.count }

  /// What is known of every address.
  public var records: [StationRecord] { table.records }

  /// Begins to look for silence.
  public mutating func start(at now: Instant) -> Actions {
    guard !isStarted else { return [] }
    isStarted = true
    meter = PaceMeter(
      .framesPerSecond(options.eventsPerSecond), at: now - .seconds(4), catchUp: .seconds(4))
    planCheck(after: now)
    return []
  }

  /// Tells who has fallen silent.
  public mutating func fire(at now: Instant) -> Actions {
    guard !isFinished, let due = deadline, due <= now else { return [] }
    planCheck(after: now)
    guard let silence = options.silence else { return [] }
    var silent: [StationRecord] = []
    table.forEach { entry in
      guard !entry.record.isSilent, now - entry.record.lastSeen >= silence else { return }
      entry.record.isSilent = true
      silent.append(entry.record)
    }
    var actions: Actions = []
    for record in silent.sorted(by: { $0.lastSeen < $1.lastSeen }) {
      tell(WatchEvent(.silent, record.address, at: record.station, time: now), &actions)
      actions.append(.report(.remember(record)))
    }
    return actions
  }

  /// Takes what a station says of its address.
  public mutating func receive(_ frame: LinkFrame, at now: Instant) -> Actions {
    guard isStarted, !isFinished, let claim = frame.neighborClaim(on: identity) else { return [] }
    var actions: Actions = []
    guard isPlausible(claim, at: now, &actions) else { return actions }
    if claim.sender.count > 0, claim.sender != claim.station {
      tellOnce(.mismatch, claim, other: claim.sender, at: now, &actions)
    }
    note(claim, at: now, &actions)
    if claim.kind == .announcement { noteAnnouncement(claim, at: now, &actions) }
    return actions
  }

  /// Ends now.
  public mutating func stop(at now: Instant) -> Actions {
    guard !isFinished else { return [] }
    isFinished = true
    deadline = nil
    return [.finish(records)]
  }

  // MARK: Addresses

  private func isOfLink(_ address: IPAddress) -> Bool {
    switch address {
    case .v4(let v4):
      guard !v4.isUnspecified, !v4.isLoopback, !v4.isMulticast, v4 != .broadcast else {
        return false
      }
      return options.networks.isEmpty || options.networks.contains { $0.contains(address) }
    case .v6(let v6): return !v6.isUnspecified && !v6.isLoopback && !v6.isMulticast
    }
  }

  private mutating func isPlausible(
    _ claim: NeighborClaim, at now: Instant, _ actions: inout Actions
  ) -> Bool {
    guard !identity.isGroup(claim.station), !claim.station.isZero else {
      tellOnce(.broadcast, claim, other: nil, at: now, &actions)
      return false
    }
    guard isOfLink(claim.address) else {
      tellOnce(.bogon, claim, other: nil, at: now, &actions)
      return false
    }
    guard !options.ownAddresses.contains(claim.address) else {
      // This host's own address is not learnt; another station that has it is told.
      if !identity.owns(claim.station) {
        tellOnce(.duplicate, claim, other: identity.hardwareAddress, at: now, &actions)
      }
      return false
    }
    return true
  }

  private mutating func note(_ claim: NeighborClaim, at now: Instant, _ actions: inout Actions) {
    guard var entry = table[claim.address] else { return noteNew(claim, at: now, &actions) }
    let before = entry.record
    entry.record.lastSeen = max(before.lastSeen, now)
    entry.record.isSilent = false
    var isWorthKeeping = false
    if now - before.firstSeen >= StationTable.probation, !entry.isEstablished {
      entry.isEstablished = true
      isWorthKeeping = true
    }
    if before.isSilent || now - before.lastSeen >= options.activityAge {
      tell(WatchEvent(.newActivity, claim.address, at: claim.station, time: now), &actions)
      isWorthKeeping = true
    }
    if claim.station != before.station {
      noteChange(to: claim.station, &entry, at: now, &actions)
      isWorthKeeping = true
    }
    // When an address was last heard of is kept to the hour.
    if isWorthKeeping || now - entry.rememberedAt >= .seconds(3600) {
      entry.rememberedAt = now
      actions.append(.report(.remember(entry.record)))
    }
    table[claim.address] = entry
  }

  private mutating func noteNew(_ claim: NeighborClaim, at now: Instant, _ actions: inout Actions) {
    let record = StationRecord(address: claim.address, station: claim.station, at: now)
    let (isKnown, forgotten) = table.insert(record)
    if let forgotten { actions.append(.report(.forget(forgotten))) }
    if !isKnown || forgotten != nil { noteFull(at: now, &actions) }
    guard isKnown else { return }
    tell(WatchEvent(.newStation, claim.address, at: claim.station, time: now), &actions)
    actions.append(.report(.remember(record)))
  }

  private mutating func noteFull(at now: Instant, _ actions: inout Actions) {
    if let fullToldAt, now - fullToldAt < options.repeatInterval { return }
    guard tell(WatchEvent(.tableFull, time: now), &actions) else { return }
    fullToldAt = now
  }

  /// An address that changes back soon is at both stations: told once, and its changes then no more.
  private mutating func noteChange(
    to station: HardwareAddress, _ entry: inout StationTable.Entry, at now: Instant,
    _ actions: inout Actions
  ) {
    let (address, before) = (entry.record.address, entry.record.station)
    let place = entry.record.former.firstIndex(of: station)
    let kind: WatchEvent.Kind = place == nil ? .changed : place == 0 ? .flipFlop : .reused
    let isSoon = entry.changedAt.map { now - $0 < options.duplicateWindow } ?? false
    let isQuiet = entry.quietUntil.map { now < $0 } ?? false
    if let place { entry.record.former.remove(at: place) }
    entry.record.former.insert(before, at: 0)
    entry.record.former = Array(entry.record.former.prefix(StationRecord.formerLimit))
    entry.record.station = station
    entry.changedAt = now
    guard !isQuiet || kind == .changed else { return }
    tell(WatchEvent(kind, address, at: station, other: before, time: now), &actions)
    guard kind != .changed, isSoon else { return }
    entry.quietUntil = now + options.repeatInterval
    tell(WatchEvent(.duplicate, address, at: station, other: before, time: now), &actions)
  }

  private mutating func noteAnnouncement(
    _ claim: NeighborClaim, at now: Instant, _ actions: inout Actions
  ) {
    guard options.tellsAnnouncements, var entry = table[claim.address] else { return }
    if let last = entry.announcedAt, now - last < options.announcementInterval { return }
    entry.announcedAt = now
    table[claim.address] = entry
    tell(WatchEvent(.announcement, claim.address, at: claim.station, time: now), &actions)
  }

  // MARK: Telling

  /// Tells what every frame would tell again, once in a while for each address and station.
  private mutating func tellOnce(
    _ kind: WatchEvent.Kind, _ claim: NeighborClaim, other: HardwareAddress?, at now: Instant,
    _ actions: inout Actions
  ) {
    let oddity = Oddity(kind: kind, address: claim.address, station: claim.station)
    if let last = oddities[oddity], now - last < options.repeatInterval { return }
    let event = WatchEvent(kind, claim.address, at: claim.station, other: other, time: now)
    guard tell(event, &actions) else { return }
    if oddities.count >= Self.oddityLimit {
      oddities = oddities.filter { now - $0.value < options.repeatInterval }
      if oddities.count >= Self.oddityLimit { oddities.removeAll(keepingCapacity: true) }
    }
    oddities[oddity] = now
  }

  /// Tells `event` unless too many were told already: then it is counted, and what would have been told
  /// once is still to be told.
  ///
  /// - Returns: whether it was told.
  @discardableResult
  private mutating func tell(_ event: WatchEvent, _ actions: inout Actions) -> Bool {
    guard meter.allowance(at: event.at) > 0 else {
      suppressed += 1
      return false
    }
    if suppressed > 0 {
      var notice = WatchEvent(.suppressed, time: event.at)
      notice.count = suppressed
      suppressed = 0
      actions.append(.report(.event(notice)))
    }
    meter.spend(1, at: event.at)
    actions.append(.report(.event(event)))
    return true
  }

  private mutating func planCheck(after now: Instant) {
    deadline = options.silence.map { silence in
      now + max(Self.checks.shortest, min(silence / 16, Self.checks.longest))
    }
  }
}
