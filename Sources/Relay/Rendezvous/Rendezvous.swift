public import EventLoop
internal import Machines
internal import MonotonicTime
public import Sockets

/// Joins connections that come from two sides: users, who want a service, and agents, who bring it from
/// where no user can connect to.
///
/// Each user gets the agent that has waited longest; who finds none waits for one. An agent that goes while
/// it waits is forgotten. What users say meanwhile stays in the kernel.
public final class Rendezvous {
  /// The terms.
  public struct Options {
    /// In which version of the PROXY protocol an agent is told whose connection it gets; nil for not at all.
    public var hello: ProxyHeader.Version?
    /// How long a user waits for an agent before its connection is reset; nil for as long as it wants.
    public var patience: Duration? = .seconds(60)
    /// How many users, and how many agents, may wait; further ones stay in the kernel's queue.
    public var waitingLimit = 256
    /// How bytes are moved; users are near, agents far.
    public var pump = PumpOptions()

    /// A minute's patience, and no hello.
    public init() {}
  }

  /// What happens.
  public enum Event {
    /// A user waits, because there is no agent.
    case userWaits(SocketAddress)
    /// No agent came in time, or the user went before one did.
    case userLeft(SocketAddress)
    /// An agent waits for a user.
    case agentWaits(SocketAddress)
    /// An agent went before there was a user for it.
    case agentLeft(SocketAddress)
    /// A user and an agent are joined.
    case joined(user: SocketAddress, agent: SocketAddress)
    /// A joined connection is over.
    case ended(user: SocketAddress, agent: SocketAddress, PumpReport)
  }

  /// The terms of what is joined from now on.
  public let options: Options
  /// How many users are joined with agents now.
  public private(set) var joinedCount = 0

  private let engine: RelayEngine
  private let onEvent: (Event) -> Void
  private let users = Side()
  private let agents = Side()
  private var pumps: [ObjectIdentifier: Pump] = [:]

  /// Those of one side.
  private final class Side {
    var listeners: [StreamListener] = []
    var waiting: [WaitingPeer] = []

    /// Leaves further ones in the kernel's queue while as many wait as may.
    func adjust(_ limit: Int) {
      let isFull = waiting.count >= limit
      for listener in listeners where listener.isPaused != isFull {
        if isFull { listener.pause() } else { listener.resume() }
      }
    }

    func forget(_ peer: WaitingPeer) {
      waiting.removeAll { $0 === peer }
    }
  }

  private var loop: EventLoop { engine.loop }

  /// A rendezvous at which nobody can arrive yet.
  ///
  /// - Parameter onEvent: is told what happens, on the loop.
  public init(
    _ options: Options = Options(), on engine: RelayEngine,
    _ onEvent: @escaping (Event) -> Void = { _ in }
  ) {
    self.options = options
    self.engine = engine
    self.onEvent = onEvent
  }

  /// How many users wait for an agent.
  public var waitingUserCount: Int { users.waiting.count }

  /// How many agents wait for a user.
  public var waitingAgentCount: Int { agents.waiting.count }

  /// Users arrive at this listener, which is the rendezvous' own from now on.
  public func listen(forUsersAt listener: StreamListener) throws(SystemError) {
    users.listeners.append(listener)
    try listener.start(on: loop) { [unowned self] socket, peer in userArrived(socket, peer) }
  }

  /// Agents arrive at this listener, which is the rendezvous' own from now on.
  public func listen(forAgentsAt listener: StreamListener) throws(SystemError) {
    agents.listeners.append(listener)
    try listener.start(on: loop) { [unowned self] socket, peer in agentArrived(socket, peer) }
  }

  /// Closes the listeners, and ends all connections.
  public func stop() {
    for listener in users.listeners + agents.listeners { listener.close() }
    users.listeners = []
    agents.listeners = []
    for peer in users.waiting + agents.waiting { peer.take().close() }
    users.waiting = []
    agents.waiting = []
    for pump in pumps.values { pump.stop() }
  }

  // MARK: Arriving

  private func userArrived(_ socket: StreamSocket, _ address: SocketAddress) {
    guard agents.waiting.isEmpty else {
      let agent = agents.waiting.removeFirst()
      agents.adjust(options.waitingLimit)
      return join(socket, address, agent.take(), agent.address)
    }
    // An end of what a user says is no reason to forget it: it may wait for an answer.
    wait(socket, address, among: users, []) { [unowned self] in onEvent(.userLeft(address)) }
    onEvent(.userWaits(address))
  }

  private func agentArrived(_ socket: StreamSocket, _ address: SocketAddress) {
    guard users.waiting.isEmpty else {
      let user = users.waiting.removeFirst()
      users.adjust(options.waitingLimit)
      return join(user.take(), user.address, socket, address)
    }
    wait(socket, address, among: agents, .peerClosed) { [unowned self] in
      onEvent(.agentLeft(address))
    }
    onEvent(.agentWaits(address))
  }

  private func wait(
    _ socket: StreamSocket, _ address: SocketAddress, among side: Side, _ interest: Interest,
    _ onLeaving: @escaping () -> Void
  ) {
    let peer = WaitingPeer(socket, at: address)
    let leave = { [unowned self, unowned peer] in
      let socket = peer.take()
      side.forget(peer)
      side.adjust(options.waitingLimit)
      socket.reset()
      for listener in users.listeners + agents.listeners { listener.descriptorsWereFreed() }
      onLeaving()
    }
    side.waiting.append(peer)
    side.adjust(options.waitingLimit)
    peer.wait(interest, atMost: side === users ? options.patience : nil, on: loop, leave)
  }

  // MARK: Joining

  private func join(
    _ user: StreamSocket, _ userAddress: SocketAddress, _ agent: StreamSocket,
    _ agentAddress: SocketAddress
  ) {
    var key: ObjectIdentifier?
    let pump = Pump(user, agent, options.pump, on: engine) { [self] report in
      if let key { pumps[key] = nil }
      joinedCount -= 1
      for listener in users.listeners + agents.listeners { listener.descriptorsWereFreed() }
      onEvent(.ended(user: userAddress, agent: agentAddress, report))
    }
    if let version = options.hello {
      let destination = (try? user.localAddress) ?? userAddress
      let header = ProxyHeader(ProxyHeader.Ends(from: userAddress, to: destination))
      pump.insert(header.bytes(version), toward: .far)
    }
    key = ObjectIdentifier(pump)
    pumps[ObjectIdentifier(pump)] = pump
    joinedCount += 1
    onEvent(.joined(user: userAddress, agent: agentAddress))
    do throws(SystemError) {
      try pump.start()
    } catch {
      pumps[ObjectIdentifier(pump)] = nil
      joinedCount -= 1
      let report = PumpReport(
        ending: .lost(.far, errno: error.errno), statistics: PumpStatistics())
      onEvent(.ended(user: userAddress, agent: agentAddress, report))
    }
  }
}

/// A connection that waits for its counterpart.
private final class WaitingPeer {
  let address: SocketAddress
  private let socket: StreamSocket
  private var registration: Registration?
  private var timer: Timer?

  init(_ socket: StreamSocket, at address: SocketAddress) {
    self.socket = socket
    self.address = address
  }

  /// Calls `leave` when the peer goes, which `interest` tells beside errors, or when its time is over.
  func wait(
    _ interest: Interest, atMost patience: Duration?, on loop: EventLoop,
    _ leave: @escaping () -> Void
  ) {
    timer = patience.map { loop.schedule(after: $0, leave) }
    // A socket that cannot be watched is found dead by the pump.
    registration = try? loop.watch(socket.descriptor, interest) { _ in leave() }
  }

  /// Ends the waiting, and gives the connection up.
  func take() -> StreamSocket {
    registration?.cancel()
    registration = nil
    timer?.cancel()
    timer = nil
    return socket
  }
}
