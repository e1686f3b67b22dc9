internal import EventLoop
internal import Machines
internal import MonotonicTime
public import Sockets

/// Brings a service to a rendezvous that users can reach, from where none of them could connect to it.
///
/// It keeps connections to the rendezvous that wait for users, and joins each that gets one with a connection
/// to the service. A connection that got its user is replaced at once. When the rendezvous cannot be reached,
/// it is tried again and again, after pauses that grow.
public final class RendezvousAgent {
  /// Where to connect, looked up anew for each connection.
  public typealias Place = () async throws(NameError) -> [SocketAddress]

  /// The terms.
  public struct Options {
    /// Whether the rendezvous tells by a PROXY header whose connection it is. Only then the service is
    /// connected to when there is a user; without it at once, because it may be the one that speaks first.
    public var readsHello = false
    /// How many connections wait for users.
    public var waitingCount = 1
    /// How long the rendezvous and the service have to accept.
    public var connectTimeout: Duration = .seconds(10)
    /// The first pause after a failure; each further one is twice as long.
    public var firstPause: Duration = .seconds(1)
    /// The longest pause.
    public var longestPause: Duration = .seconds(30)
    /// Which of this host's addresses a connection to an address comes from; nil for the kernel's choice.
    public var source: (SocketAddress) -> SocketAddress? = { _ in nil }
    /// How connections are to be.
    public var streams = StreamOptions()
    /// How bytes are moved; the rendezvous is near, the service far.
    public var pump = PumpOptions()

    /// One connection that waits, and no hello.
    public init() {}
  }

  /// Which of the two places is meant.
  public enum End: Hashable, Sendable {
    /// Where users come from.
    case rendezvous
    /// What users want.
    case service
  }

  /// What happens.
  public enum Event {
    /// A connection waits for a user.
    case waits(StreamSocket)
    /// A place's name has no address.
    case unknown(End, NameError)
    /// A place cannot be reached.
    case unreachable(End, ConnectionError)
    /// The rendezvous ended a connection that waited, or sent no hello that can be understood.
    case dismissed(Refusal)
    /// The rendezvous has a user, whose address it told if it tells such things.
    case joined(SocketAddress?)
    /// A joined connection is over, after this time.
    case ended(SocketAddress?, PumpReport, Duration)
  }

  private let rendezvous: Place
  private let service: Place
  private let options: Options
  private let engine: RelayEngine
  private let onEvent: (Event) -> Void
  private var tasks: [Task<Void, Never>] = []

  private var loop: EventLoop { engine.loop }

  /// An agent that does nothing before `start`.
  ///
  /// - Parameter onEvent: is told what happens, on the loop.
  public init(
    from rendezvous: @escaping Place, to service: @escaping Place, _ options: Options = Options(),
    on engine: RelayEngine, _ onEvent: @escaping (Event) -> Void = { _ in }
  ) {
    self.rendezvous = rendezvous
    self.service = service
    self.options = options
    self.engine = engine
    self.onEvent = onEvent
  }

  /// Connects, and goes on doing so until `stop`.
  public func start() {
    guard tasks.isEmpty else { return }
    for _ in 0..<max(1, options.waitingCount) { tasks.append(loop.spawn { await self.serve() }) }
  }

  /// Makes no more connections. Those that wait are closed, those that have users go on.
  public func stop() {
    for task in tasks { task.cancel() }
    tasks = []
  }

  // MARK: One after another

  /// What became of a connection that waited.
  private enum Outcome {
    /// It has a user.
    case taken
    /// It has none, and will not get one.
    case unused
  }

  private func serve() async {
    var pause = options.firstPause
    while !Task.isCancelled {
      let began = loop.readClock()
      if await offer() == .taken {
        pause = options.firstPause
        continue
      }
      // One that waited for long did not fail.
      if loop.readClock() - began > options.longestPause { pause = options.firstPause }
      guard (try? await loop.sleep(for: pause)) != nil else { return }
      pause = min(pause * 2, options.longestPause)
    }
  }

  private func offer() async -> Outcome {
    guard let near = await connect(.rendezvous) else { return .unused }
    onEvent(.waits(near))
    return options.readsHello ? await awaitHello(near) : await joinAtOnce(near)
  }

  private func connect(_ end: End) async -> StreamSocket? {
    let addresses: [SocketAddress]
    do throws(NameError) {
      addresses = try await end == .rendezvous ? rendezvous() : service()
    } catch {
      onEvent(.unknown(end, error))
      return nil
    }
    do throws(ConnectionError) {
      return try await StreamSocket.connect(
        toFirstOf: addresses, from: options.source, options.streams,
        timeout: options.connectTimeout, on: loop)
    } catch {
      if !Task.isCancelled { onEvent(.unreachable(end, error)) }
      return nil
    }
  }

  // MARK: With a hello

  private func awaitHello(_ near: StreamSocket) async -> Outcome {
    let completion = Completion<ProxyHeaderReader.Outcome>(on: loop)
    let reader = ProxyHeaderReader(near, .init(), isPatient: true, on: loop) {
      completion.fulfil($0)
    }
    guard let outcome = try? await completion.value else {
      reader.cancel()
      near.close()
      return .unused
    }
    switch outcome {
    case .failure(let failure):
      onEvent(.dismissed(failure.refusal))
      near.reset()
      return .unused
    case .success(let (header, rest)):
      // The next user need not wait until this one's service has accepted.
      loop.spawn { [self] in await joinTold(near, header, rest) }
      return .taken
    }
  }

  private func joinTold(_ near: StreamSocket, _ header: ProxyHeader, _ rest: [UInt8]) async {
    guard let far = await connect(.service) else { return near.reset() }
    onEvent(.joined(header.ends?.source))
    _ = join(near, far, of: header.ends?.source, rest)
  }

  // MARK: Without

  private func joinAtOnce(_ near: StreamSocket) async -> Outcome {
    guard let far = await connect(.service), let witness = try? near.duplicate() else {
      near.reset()
      return .unused
    }
    let waiter = DescriptorWaiter(witness.descriptor, on: loop)
    defer {
      waiter.cancel()
      witness.close()
    }
    guard let pump = join(near, far, of: nil, []) else { return .unused }
    do {
      try await waiter.readable()
      // The pump hears of it in the same turn of the loop, or in the next one.
      try await loop.sleep(for: .zero)
    } catch {
      pump.stop()
      return .unused
    }
    guard pump.statistics.nearByteCount > 0 else { return .unused }
    onEvent(.joined(nil))
    return .taken
  }

  // MARK: -

  private func join(
    _ near: StreamSocket, _ far: StreamSocket, of user: SocketAddress?, _ first: [UInt8]
  ) -> Pump? {
    let (loop, onEvent, began) = (loop, onEvent, loop.readClock())
    let pump = Pump(near, far, options.pump, on: engine) { report in
      onEvent(.ended(user, report, loop.readClock() - began))
    }
    if !first.isEmpty { pump.relay(first, readFrom: .near) }
    do throws(SystemError) {
      try pump.start()
      return pump
    } catch {
      let ending = PumpReport.Ending.lost(.far, errno: error.errno)
      onEvent(.ended(user, PumpReport(ending: ending, statistics: PumpStatistics()), .zero))
      return nil
    }
  }
}
