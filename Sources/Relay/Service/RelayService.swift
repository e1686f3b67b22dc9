public import EventLoop
internal import LinkLayer
internal import Machines
public import MonotonicTime
public import Sockets
internal import Synchronization

/// Accepts connections and relays each to one of its targets.
///
/// accept → who is it, and how many has it → PROXY header → choose a target → connect, and to the next
/// target upon failure → PROXY header → pump.
///
/// Services on several loops that share a ledger count and limit their connections together
/// (``RelayWorkers``).
public final class RelayService {
  /// What the connections share with those of other services on the loop.
  public let engine: RelayEngine
  /// The targets of connections that are accepted from now on.
  public var group: UpstreamGroup { rules.group }
  /// The rules of connections that are accepted from now on.
  public var options: RelayServiceOptions { rules.options }
  /// Whether it takes no new connections, and ends with those that it has.
  public private(set) var isDraining = false
  /// How many connections were accepted, refused ones included.
  public private(set) var acceptedCount: UInt64 = 0
  /// How many of these were refused.
  public private(set) var refusedCount: UInt64 = 0
  /// Is called before a target is chosen: whoever keeps accounts beyond this process brings them up to date.
  public var onChoice: () -> Void = {}
  /// What connections that have ended moved.
  public private(set) var endedStatistics = PumpStatistics()

  private(set) var rules: RelayRules
  private let onEvent: (RelayEvent) -> Void
  let ledger: RelayLedger
  private let party: RelayLedger.Party
  private(set) var listeners: [StreamListener] = []
  private var sessions: [RelaySession] = []
  /// Clients that were accepted when a service on another loop took the last place.
  private var unplaced: [(socket: StreamSocket, peer: SocketAddress)] = []
  /// Clients whose targets wait for a descriptor.
  private var waiting: [RelaySession] = []
  private var retry: Timer?
  /// How often in a row none of these got one, and nobody was left to end.
  private var fruitlessRetries = 0
  private var drained: Completion<Void>?
  private var isStopped = false
  private var sweep: Timer?

  /// How long to wait for descriptors when no session ends.
  private static let retryDelay: Duration = .milliseconds(100)
  /// After so many tries in vain clients that only wait for each other's descriptors make room.
  private static let patience = 10

  var loop: EventLoop { engine.loop }

  /// A service that listens nowhere yet.
  ///
  /// - Parameters:
  ///   - ledger: what it counts together with services on other loops.
  ///   - onEvent: is told what happens to connections, on the loop.
  public init(
    to group: UpstreamGroup, _ options: RelayServiceOptions = RelayServiceOptions(),
    on engine: RelayEngine, sharing ledger: RelayLedger = RelayLedger(),
    _ onEvent: @escaping (RelayEvent) -> Void = { _ in }
  ) {
    rules = RelayRules(group, options)
    self.engine = engine
    self.ledger = ledger
    self.onEvent = onEvent
    let (loop, reference) = (engine.loop, ServiceReference())
    party = RelayLedger.Party(
      wake: { loop.post { reference.service?.placeWaiting() } },
      give: { connection in loop.post { reference.take(connection) } })
    reference.service = self
    ledger.join(party)
  }

  deinit {
    ledger.leave(party)
  }

  /// The connections that there are now.
  public var activeSessions: [RelaySession] { sessions }

  /// How many connections there are now.
  public var activeCount: Int { sessions.count }

  /// What all connections moved, those that there are now included.
  public var statistics: PumpStatistics {
    var result = endedStatistics
    for session in sessions { result += session.statistics }
    return result
  }

  // MARK: Listening

  /// Accepts connections at a listener, which is this service's from now on.
  public func listen(at listener: StreamListener) throws(SystemError) {
    listeners.append(listener)
    try listener.start(on: loop) { [unowned self] socket, peer in accept(socket, peer) }
    adjustListeners()
  }

  /// Where it listens.
  public var listeningAddresses: [SocketAddress] { listeners.map(\.address) }

  /// Gives a listener up unclosed, with the connections that wait in its queue: for another service, or
  /// another process. Nil when there is none at this address.
  public func giveUpListener(at address: SocketAddress) -> StreamListener? {
    guard let index = listeners.firstIndex(where: { $0.address == address }) else { return nil }
    let listener = listeners.remove(at: index)
    listener.stop()
    return listener
  }

  /// Connections that are accepted from now on follow these rules and go to these targets; those that there
  /// are keep theirs. Listeners stay as they are, and none of their queues is closed.
  public func reload(to group: UpstreamGroup, _ options: RelayServiceOptions) {
    rules = RelayRules(group, options)
    if options.connectionLimitPerSource != nil { countSources() }
    placeWaiting()
    adjustListeners()
  }

  // MARK: Ending

  /// Closes the listeners, and waits until the last connection has ended; those that have not by the
  /// deadline are ended then.
  public func drain(until deadline: Instant) async {
    isDraining = true
    // Others give it no connections from now on; it keeps those that it has.
    ledger.leave(party)
    let last = listeners
    listeners = []
    for listener in last {
      listener.acceptWaiting()
      listener.close()
    }
    guard hasClients else { return }
    let completion = drained ?? Completion<Void>(on: loop)
    drained = completion
    let timer = loop.schedule(at: deadline) { [self] in stop() }
    await completion.valueThroughCancellation
    timer.cancel()
  }

  /// Closes the listeners and ends all connections.
  public func stop() {
    ledger.leave(party)
    isStopped = true
    for listener in listeners { listener.close() }
    listeners = []
    sweep?.cancel()
    sweep = nil
    retry?.cancel()
    retry = nil
    waiting = []
    for client in unplaced {
      client.socket.reset()
      party.active.subtract(1, ordering: .relaxed)
    }
    unplaced = []
    for session in sessions { session.stop() }
    tellDrained()
  }

  private func tellDrained() {
    if !hasClients { drained?.fulfil(()) }
  }

  /// Whether there are any, those on their way from other services included.
  private var hasClients: Bool { party.active.load(ordering: .relaxed) > 0 }

  // MARK: Sessions

  private func accept(_ socket: StreamSocket, _ peer: SocketAddress) {
    if let other = ledger.lessBusy(than: party), let number = socket.release() {
      return other.give(
        AcceptedConnection(descriptor: number.release(), domain: socket.domain, peer: peer))
    }
    party.active.add(1, ordering: .relaxed)
    take(socket, peer)
  }

  /// Serves a client that is counted as this service's.
  func take(_ socket: StreamSocket, _ peer: SocketAddress) {
    acceptedCount &+= 1
    guard !isStopped else {
      socket.reset()
      party.active.subtract(1, ordering: .relaxed)
      return
    }
    guard unplaced.isEmpty, ledger.takePlace(of: options.connectionLimit) else {
      unplaced.append((socket, peer))
      return placeWaiting()
    }
    serve(socket, peer)
  }

  private func serve(_ socket: StreamSocket, _ peer: SocketAddress) {
    let source = options.connectionLimitPerSource == nil ? nil : peer.internetAddress?.address
    if let refusal = refusal(of: peer, countedFor: source) {
      socket.reset()
      release()
      return tell(.refused(peer, refusal))
    }
    let session = RelaySession(socket, from: peer, of: self)
    session.index = sessions.count
    session.countsForSource = source != nil
    sessions.append(session)
    adjustListeners()
    armSweep()
    session.start()
  }

  /// One client less.
  private func release() {
    party.active.subtract(1, ordering: .relaxed)
    ledger.leavePlace(party)
  }

  private func refusal(of peer: SocketAddress, countedFor source: IPAddress?) -> Refusal? {
    guard let address = peer.internetAddress?.address else { return nil }
    if options.denied.contains(address) { return .address }
    if let allowed = options.allowed, !allowed.contains(address) { return .address }
    guard let source else { return nil }
    return ledger.enter(source, limit: options.connectionLimitPerSource) ? nil : .tooMany
  }

  func tell(_ event: RelayEvent) {
    switch event {
    case .refused: refusedCount &+= 1
    case .ended(_, let report): endedStatistics += report.statistics
    default: break
    }
    onEvent(event)
  }

  func sessionEnded(_ session: RelaySession) {
    guard session.index < sessions.count, sessions[session.index] === session else { return }
    sessions.swapAt(session.index, sessions.count - 1)
    sessions[session.index].index = session.index
    sessions.removeLast()
    if session.countsForSource, let source = session.peer.internetAddress?.address {
      ledger.leave(source)
    }
    release()
    if !waiting.isEmpty { waiting.removeAll { $0 === session } }
    descriptorsWereFreed()
    if !unplaced.isEmpty { placeWaiting() }
    adjustListeners()
    tellDrained()
  }

  /// Sources are counted only while there is a limit.
  private func countSources() {
    for session in sessions where !session.countsForSource {
      guard let source = session.peer.internetAddress?.address else { continue }
      session.countsForSource = ledger.enter(source, limit: nil)
    }
  }

  // MARK: Keeping alive

  /// Connections that last are set to be kept alive. It would cost one that is short four system calls
  /// out of some thirty.
  private func armSweep() {
    guard sweep == nil, let keepAlive = options.keepAlive else { return }
    sweep = loop.schedule(after: keepAlive.idle / 2) { [self] in
      sweep = nil
      for session in sessions { session.keepAlive(keepAlive) }
      if !sessions.isEmpty { armSweep() }
    }
  }

  // MARK: Want of places and descriptors

  /// Serves those that wait for a place, as far as there are any, and listens again.
  private func placeWaiting() {
    party.isWaiting.store(false, ordering: .sequentiallyConsistent)
    while !unplaced.isEmpty {
      // Said before asking: whoever frees a place in between then sees it.
      party.isWaiting.store(true, ordering: .sequentiallyConsistent)
      guard ledger.takePlace(of: options.connectionLimit) else { break }
      party.isWaiting.store(false, ordering: .sequentiallyConsistent)
      let client = unplaced.removeFirst()
      serve(client.socket, client.peer)
    }
    adjustListeners()
    tellDrained()
  }

  /// Leaves further connections in the kernel's queue while there are as many as there may be, or while
  /// one that was accepted waits for a descriptor.
  private func adjustListeners() {
    var mustWait = !waiting.isEmpty || !unplaced.isEmpty
    if !mustWait, ledger.isFull(options.connectionLimit) {
      // Said before asking once more: whoever frees a place in between then sees it.
      party.isWaiting.store(true, ordering: .sequentiallyConsistent)
      mustWait = ledger.isFull(options.connectionLimit)
    }
    for listener in listeners where listener.isPaused != mustWait {
      if mustWait { listener.pause() } else { listener.resume() }
    }
  }

  func waitForDescriptors(_ session: RelaySession) {
    if waiting.isEmpty { tell(.exhausted) }
    waiting.append(session)
    adjustListeners()
    armRetry()
  }

  private func armRetry() {
    guard retry == nil, !waiting.isEmpty else { return }
    retry = loop.schedule(after: Self.retryDelay) { [self] in
      retry = nil
      makeRoom()
      descriptorsWereFreed()
    }
  }

  /// Nobody's end will free a descriptor when all only wait for one: then the last that came gives way.
  private func makeRoom() {
    fruitlessRetries = waiting.count == sessions.count ? fruitlessRetries + 1 : 0
    guard fruitlessRetries >= Self.patience, let last = waiting.last else { return }
    fruitlessRetries = 0
    tell(.failed(last))
    last.stop()
  }

  private func descriptorsWereFreed() {
    for listener in listeners where listener.isExhausted { listener.descriptorsWereFreed() }
    guard !waiting.isEmpty else { return }
    // One at a time: a session that ends frees two descriptors, and each needs one.
    let session = waiting.removeFirst()
    loop.execute { session.connect() }
    armRetry()
    adjustListeners()
  }
}
