public import EventLoop
public import MonotonicTime
public import Sockets

/// A relay on several loops: the first is the caller's, each other one turns on a thread of its own.
///
/// Each worker has listeners of its own in the kernel's queues (`SO_REUSEPORT`), and a service of its own. One
/// that has clearly more connections than another gives it the next. Targets, places and rates are counted
/// together, so that each limit is one limit, and the fewest connections are the fewest of all.
public final class RelayWorkers {
  /// A listener that a worker has.
  public struct Listening: Sendable {
    /// Where.
    public let address: SocketAddress
    /// The socket's number, to be handed over.
    public let descriptor: Int32
  }

  /// The listeners, in the order in which they were given.
  public private(set) var listeners: [Listening] = []

  private let loop: EventLoop
  private let workers: [RelayWorker]
  private var isEnded = false

  /// As many workers as wanted, at least one, that listen nowhere yet.
  ///
  /// - Parameter onEvent: is told what happens to connections, on the loop of each.
  /// - Throws: what keeps a loop or its thread from being made.
  public init(
    _ count: Int, _ plan: RelayPlan, on loop: EventLoop,
    _ onEvent: @escaping @Sendable (RelayEvent) -> Void = { _ in }
  ) throws(SystemError) {
    self.loop = loop
    let ledger = RelayLedger()
    var workers = [RelayWorker(on: loop, nil)]
    while workers.count < count {
      let thread = try LoopThread()
      workers.append(RelayWorker(on: thread.loop, thread))
    }
    self.workers = workers
    for worker in workers {
      let begin: @Sendable () -> Void = {
        worker.service = RelayService(
          to: plan.group, plan.options(worker.loop), on: RelayEngine(on: worker.loop),
          sharing: ledger, onEvent)
      }
      if worker.thread == nil { begin() } else { worker.loop.post(begin) }
    }
  }

  deinit {
    end()
  }

  /// How many there are.
  public var count: Int { workers.count }

  // MARK: Listening

  /// Opens listeners at an address: one for each worker where the kernel spreads connections, one otherwise.
  ///
  /// - Throws: `EADDRINUSE` also when another relay of this user shares its port with anybody.
  public static func listeners(
    at address: SocketAddress, _ options: ListenerOptions = ListenerOptions(), for count: Int
  ) throws(SystemError) -> [StreamListener] {
    guard count > 1, case .internet(let internet) = address else {
      return [try StreamListener(at: address, options)]
    }
    if internet.port != 0 {
      // A socket that shares nothing is refused where any other listens.
      try StreamListener.checkIsFree(address, options)
    }
    var options = options
    options.sharesPort = true
    let first = try StreamListener(at: address, options)
    var listeners = [first]
    while listeners.count < count {
      listeners.append(try StreamListener(at: first.address, options))
    }
    return listeners
  }

  /// Accepts connections at these listeners: those of one address are dealt out to the workers in turn. More
  /// of them than workers, as an earlier process may have left, are served too.
  public func listen(at new: [StreamListener]) async throws(SystemError) {
    var counts: [SocketAddress: Int] = [:]
    for listener in new {
      let (address, descriptor) = (listener.address, listener.descriptor)
      let index = counts[address, default: 0]
      counts[address] = index + 1
      // A path is its listener's, which stays with the first worker.
      let worker = address.domain == .unix ? workers[0] : workers[index % workers.count]
      listeners.append(Listening(address: address, descriptor: descriptor))
      guard worker.thread != nil else {
        try workers[0].service?.listen(at: listener)
        continue
      }
      guard let number = listener.release()?.release() else { continue }
      try await ask(worker) { (service: RelayService) throws(SystemError) in
        try service.listen(at: StreamListener(owning: OwnedDescriptor(owning: number)))
      }.get()
    }
  }

  /// Stops listening and leaves all queues as they are, with the paths of UNIX sockets: another process has
  /// the listeners too, and serves them.
  public func giveUpListeners() async {
    listeners = []
    _ = await askAll { service in
      for address in service.listeningAddresses {
        _ = service.giveUpListener(at: address)?.release()
      }
    }
  }

  // MARK: Reloading and ending

  /// Connections that are accepted from now on follow this plan. Returns when all workers do.
  public func reload(_ plan: RelayPlan) async {
    _ = await askAll { service in
      service.reload(to: plan.group, plan.options(service.engine.loop))
    }
  }

  /// Closes the listeners, and waits until the last connection has ended; those that have not by the
  /// deadline are ended then.
  public func drain(until deadline: Instant) async {
    listeners = []
    let gathering = Gathering<Void>(workers.count, on: loop)
    for (index, worker) in workers.enumerated() {
      worker.loop.post {
        worker.loop.spawn {
          await worker.service?.drain(until: deadline)
          gathering.put((), at: index)
        }
      }
    }
    _ = await gathering.values
    end()
  }

  /// Closes the listeners and ends all connections.
  public func stop() async {
    listeners = []
    _ = await askAll { $0.stop() }
    end()
  }

  /// Ends services and threads, if that was not done.
  private func end() {
    guard !isEnded else { return }
    isEnded = true
    for worker in workers {
      let release: @Sendable () -> Void = {
        worker.service?.stop()
        worker.service = nil
      }
      guard let thread = worker.thread else {
        release()
        continue
      }
      worker.loop.post(release)
      thread.stop()
    }
  }

  // MARK: Asking

  /// What each worker says of itself.
  ///
  /// - Parameter sessions: whether to tell of each connection.
  public func snapshots(withSessions sessions: Bool = false) async -> [RelayServiceSnapshot] {
    await askAll { RelayServiceSnapshot($0, withSessions: sessions) }
  }

  /// Counts for the targets what connections that go on have moved.
  public func creditTargets() async {
    _ = await askAll { $0.creditTargets() }
  }

  private func askAll<Value: Sendable>(
    _ body: @escaping @Sendable (RelayService) -> Value
  ) async -> [Value] {
    guard !isEnded else { return [] }
    let gathering = Gathering<Value>(workers.count, on: loop)
    for (index, worker) in workers.enumerated() {
      worker.loop.post {
        guard let service = worker.service else { return }
        gathering.put(body(service), at: index)
      }
    }
    return await gathering.values
  }

  private func ask<Value: Sendable>(
    _ worker: RelayWorker, _ body: @escaping @Sendable (RelayService) throws(SystemError) -> Value
  ) async -> Result<Value, SystemError> {
    let gathering = Gathering<Result<Value, SystemError>>(1, on: loop)
    worker.loop.post {
      guard let service = worker.service else { return }
      let result: Result<Value, SystemError>
      do throws(SystemError) {
        result = .success(try body(service))
      } catch {
        result = .failure(error)
      }
      gathering.put(result, at: 0)
    }
    return await gathering.values[0]
  }
}

/// A loop and its service, which is touched on that loop alone.
private final class RelayWorker: @unchecked Sendable {
  let loop: EventLoop
  /// Nil for the loop of the caller.
  let thread: LoopThread?
  var service: RelayService?

  init(on loop: EventLoop, _ thread: LoopThread?) {
    self.loop = loop
    self.thread = thread
  }
}

/// Answers from several loops, gathered on one: all is touched there alone.
private final class Gathering<Value: Sendable>: @unchecked Sendable {
  private let loop: EventLoop
  private let completion: Completion<[Value]>
  private var answers: [Value?]

  init(_ count: Int, on loop: EventLoop) {
    self.loop = loop
    completion = Completion(on: loop)
    answers = Array(repeating: nil, count: count)
  }

  /// Gives an answer, on any thread.
  func put(_ value: Value, at index: Int) {
    loop.post { [self] in
      answers[index] = value
      let given = answers.compactMap { $0 }
      if given.count == answers.count { completion.fulfil(given) }
    }
  }

  var values: [Value] {
    get async { await completion.valueThroughCancellation }
  }
}
