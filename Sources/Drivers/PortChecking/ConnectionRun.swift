internal import EventLoop
internal import Glibc
internal import LinkLayer
internal import Machines
internal import MonotonicTime
internal import Sockets

/// A sweep of TCP ports under way: the machine, and a socket for each of its slots.
final class ConnectionRun {
  let completion: Completion<Void>
  private let loop: EventLoop
  private let hosts: [InternetAddress]
  private let ports: [UInt16]
  private let sockets: ConnectionSockets
  private let greets: Bool
  private let onVerdict: (Int, Int, PortVerdict) -> Void
  private var sweep: ConnectionSweep
  private var alarm: Alarm?
  private var own = OwnAddresses()
  /// The port that each slot connects to.
  private var targets: [Int] = []
  /// Whether a slot's connection stands and is listened to.
  private var isListening: [Bool] = []
  private var hasStepAhead = false
  private var isOver = false
  /// How many connections in a row were not answered before `connect` returned: elsewhere than within
  /// this host it is no use to look at once.
  private var misses = 0

  private static let missLimit = 8
  /// How many actions one turn of the loop does at most, so that signals and timers have theirs.
  private static let batch = 512
  private static let greetingLimit = 512

  init(
    _ loop: EventLoop, _ hosts: [InternetAddress], _ ports: [UInt16],
    _ options: PortChecker.Options, _ onVerdict: @escaping (Int, Int, PortVerdict) -> Void
  ) throws(SystemError) {
    self.loop = loop
    self.hosts = hosts
    self.ports = ports
    self.onVerdict = onVerdict
    completion = Completion(on: loop)
    greets = options.tcp.greetingWait != nil
    sockets = ConnectionSockets(options)
    try sockets.check(Set(hosts.map(\.family)))
    var bounded = options.tcp
    bounded.window = max(1, min(bounded.window, hosts.count * ports.count))
    bounded.window = ConnectionSockets.bound(bounded.window)
    sweep = ConnectionSweep(hosts: hosts.count, portsPerHost: ports.count, options: bounded)
    alarm = Alarm(on: loop) { [weak self] in self?.step() }
  }

  func start() { step() }

  /// Closes all sockets; nothing is told any more.
  func end() {
    isOver = true
    alarm = nil
    sockets.removeAll()
  }

  // MARK: Actions

  private func step() {
    hasStepAhead = false
    guard !isOver else { return }
    var now = loop.readClock()
    for _ in 0..<Self.batch {
      guard let action = sweep.next(at: now) else {
        alarm?.deadline = sweep.deadline(at: now)
        return
      }
      switch action {
      case .connect(let slot, let target):
        now = connect(slot, target, at: now)
      case .release(let slot):
        isListening[slot] = false
        sockets[slot]?.abandon()
      case .verdict(let target, let verdict):
        onVerdict(target / ports.count, target % ports.count, verdict)
      case .finish:
        completion.fulfil(())
        return
      }
    }
    stepSoon()
  }

  /// Once all that this turn brings has been told to the machine.
  private func stepSoon() {
    guard !hasStepAhead else { return }
    hasStepAhead = true
    loop.execute { [weak self] in self?.step() }
  }

  private func address(_ target: Int) -> InternetAddress {
    var address = hosts[target / ports.count]
    address.port = ports[target % ports.count]
    return address
  }

  /// Connects the socket of `slot`, and returns when it was done.
  private func connect(_ slot: Int, _ target: Int, at now: Instant) -> Instant {
    while targets.count <= slot {
      targets.append(0)
      isListening.append(false)
    }
    targets[slot] = target
    let address = address(target)
    let socket: ConnectionSocket
    do throws(SystemError) {
      socket = try sockets.socket(slot, for: address)
    } catch {
      sweep.receive(event(error.errno), slot: slot, at: now)
      return now
    }
    var state = socket.connect(to: address)
    if state == .underway, misses < Self.missLimit {
      state = socket.connect(to: address)
      misses = state == .underway ? misses + 1 : 0
    }
    let end = loop.readClock()
    if state == .underway {
      sweep.receive(.underway, slot: slot, at: end)
      watch(socket, slot)
    } else if state == .failed(ECONNREFUSED), address.address.isLoopback {
      // Within this host an ICMP message comes while `connect` holds the socket, and then does not end
      // it: this was a reset, and the error queue need not be asked.
      sweep.receive(.refused, slot: slot, at: end)
    } else {
      tell(state, socket, slot)
    }
    return end
  }

  private func watch(_ socket: ConnectionSocket, _ slot: Int) {
    do throws(SystemError) {
      try sockets.watch(slot, on: loop) { [weak self] in self?.look(slot) }
    } catch {
      sweep.receive(.exhausted(errno: error.errno), slot: slot, at: loop.readClock())
      socket.abandon()
    }
  }

  // MARK: Events

  /// Something happened to the socket of `slot`: perhaps an answer, perhaps an echo of what was before.
  private func look(_ slot: Int) {
    guard !isOver, let socket = sockets[slot], slot < targets.count else { return }
    stepSoon()
    if isListening[slot] { return listen(socket, slot) }
    if let event = failure(socket, address(targets[slot])) {
      return sweep.receive(event, slot: slot, at: loop.readClock())
    }
    let state = socket.connect(to: address(targets[slot]))
    if state != .underway { tell(state, socket, slot) }
  }

  private func listen(_ socket: ConnectionSocket, _ slot: Int) {
    guard let bytes = socket.read(limit: Self.greetingLimit) else { return }
    sweep.receive(.greeting(bytes), slot: slot, at: loop.readClock())
  }

  private func tell(_ state: ConnectionSocket.State, _ socket: ConnectionSocket, _ slot: Int) {
    let now = loop.readClock()
    switch state {
    case .underway: break
    case .accepted: accept(socket, slot, at: now)
    case .failed(let code):
      let event = failure(socket, address(targets[slot])) ?? event(code)
      if case .exhausted = event { sockets.replace(slot) }
      sweep.receive(event, slot: slot, at: now)
    }
  }

  private func accept(_ socket: ConnectionSocket, _ slot: Int, at now: Instant) {
    let address = address(targets[slot])
    if let local = socket.localAddress, local.port == address.port,
      local.address == address.address
    {
      // The kernel chose the very port that was asked for, and the socket has met itself. It chooses no
      // port that has a listener: nobody else is there.
      socket.abandon()
      return sweep.receive(.refused, slot: slot, at: now)
    }
    sweep.receive(.accepted, slot: slot, at: now)
    guard greets else { return }
    isListening[slot] = true
    watch(socket, slot)
    listen(socket, slot)
  }

  /// What ICMP said of the connection to `address`.
  private func failure(
    _ socket: ConnectionSocket, _ address: InternetAddress
  ) -> ConnectionSweep.Event? {
    while let failure = socket.takeFailure() {
      guard failure.destination.port == address.port,
        failure.destination.address == address.address
      else { continue }
      switch failure.portEvent(&own) {
      case .local(let code): return event(code)
      case .report(let report): return .unreachable(report)
      }
    }
    return nil
  }

  private func event(_ code: Int32) -> ConnectionSweep.Event {
    switch code {
    case ECONNREFUSED, ECONNRESET: .refused
    case EADDRNOTAVAIL, EADDRINUSE, EAGAIN, ENOBUFS, ENOMEM, EMFILE, ENFILE:
      .exhausted(errno: code)
    default: .failed(errno: code)
    }
  }
}
