internal import EventLoop
internal import Glibc
internal import LinkLayer
internal import Machines
internal import MonotonicTime
internal import Sockets

/// A sweep of UDP ports under way: the machine, and one socket a version of IP.
final class DatagramRun {
  let completion: Completion<Void>
  private let loop: EventLoop
  private let hosts: [InternetAddress]
  private let ports: [UInt16]
  private let probes: [DatagramProbe]
  private let nonce: UInt64
  private let onVerdict: (Int, Int, PortVerdict) -> Void
  private let hostPlaces: [InternetAddress: Int]
  private let portPlaces: [UInt16: Int]
  private var ends: [InternetFamily: End] = [:]
  private var sweep: DatagramSweep
  private var alarm: Alarm?
  private var own = OwnAddresses()
  private var hasStepAhead = false
  private var isOver = false

  private static let batch = 512

  /// A socket, and what is to leave by it.
  private final class End {
    let socket: DatagramSocket
    var registration: Registration?
    var outgoing = DatagramBatch()
    init(_ socket: DatagramSocket) { self.socket = socket }
  }

  init(
    _ loop: EventLoop, _ hosts: [InternetAddress], _ ports: [UInt16],
    _ options: PortChecker.Options, _ nonce: UInt64,
    _ onVerdict: @escaping (Int, Int, PortVerdict) -> Void
  ) throws(SystemError) {
    self.loop = loop
    self.hosts = hosts
    self.ports = ports
    self.nonce = nonce
    self.onVerdict = onVerdict
    probes = ports.map { options.probe ?? DatagramProbe(port: $0) }
    hostPlaces = Dictionary(
      hosts.enumerated().map { ($1.withoutPort, $0) }, uniquingKeysWith: { first, _ in first })
    portPlaces = Dictionary(
      ports.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    completion = Completion(on: loop)
    sweep = DatagramSweep(
      hosts: hosts.map(\.address), portsPerHost: ports.count, options: options.udp)
    for family in Set(hosts.map(\.family)) {
      guard let socket = try Self.socket(family, options) else { continue }
      let end = End(socket)
      ends[family] = end
      end.registration = try loop.watch(end.socket.descriptor, .readable) { [weak self] _ in
        self?.hear(end)
      }
    }
    alarm = Alarm(on: loop) { [weak self] in self?.step() }
  }

  /// The socket of a version of IP; nil when this host does not speak it.
  private static func socket(
    _ family: InternetFamily, _ options: PortChecker.Options
  ) throws(SystemError) -> DatagramSocket? {
    var settings = DatagramOptions()
    settings.interface = options.interface
    settings.receiveBufferByteCount = 1 << 20
    let socket: DatagramSocket
    do throws(SystemError) {
      socket = try DatagramSocket(family, settings)
    } catch {
      guard error.errno == EAFNOSUPPORT else { throw error }
      return nil
    }
    if var source = options.source(family) {
      source.port = 0
      try socket.bind(to: source)
    }
    return socket
  }

  func start() { step() }

  /// Closes the sockets; nothing is told any more.
  func end() {
    isOver = true
    alarm = nil
    for end in ends.values { end.registration?.cancel() }
    ends = [:]
  }

  // MARK: Actions

  private func step() {
    hasStepAhead = false
    guard !isOver else { return }
    let now = loop.readClock()
    for _ in 0..<Self.batch {
      guard let action = sweep.next(at: now) else {
        flush()
        if !hasStepAhead { alarm?.deadline = sweep.deadline(at: now) }
        return
      }
      switch action {
      case .send(let target, let attempt): send(target, attempt)
      case .verdict(let target, let verdict):
        onVerdict(target / ports.count, target % ports.count, verdict)
      case .finish:
        completion.fulfil(())
        return
      }
    }
    flush()
    stepSoon()
  }

  private func stepSoon() {
    guard !hasStepAhead else { return }
    hasStepAhead = true
    loop.execute { [weak self] in self?.step() }
  }

  private func send(_ target: Int, _ attempt: Int) {
    var address = hosts[target / ports.count]
    address.port = ports[target % ports.count]
    guard let end = ends[address.family] else {
      return sweep.receive(
        .failed(errno: EAFNOSUPPORT), target: target, at: loop.readClock())
    }
    let request = probes[target % ports.count].request(attempt: attempt, nonce: nonce)
    end.outgoing.append(request, to: address)
  }

  private func flush() {
    for end in ends.values where !end.outgoing.isEmpty {
      end.socket.send(&end.outgoing) { take($0) }
      if !end.outgoing.isEmpty { flushLater() }
    }
  }

  /// The kernel's queue is full: it empties as fast as the wire takes it.
  private func flushLater() {
    loop.schedule(after: .milliseconds(1)) { [weak self] in self?.flush() }
  }

  // MARK: Events

  private func hear(_ end: End) {
    guard !isOver else { return }
    do throws(SystemError) {
      _ = try end.socket.takeFailures { take($0) }
      _ = try end.socket.receive(limit: Self.batch) { bytes, information in
        let copy = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
        take(copy, from: information.source)
      }
    } catch {
      // Nothing was received: what was asked for stays unanswered, and is asked again.
    }
    stepSoon()
  }

  private func take(_ answer: [UInt8], from source: InternetAddress) {
    guard let host = hostPlaces[source.withoutPort] else { return }
    if let port = portPlaces[source.port] {
      return sweep.receive(
        .answered(answer), target: host * ports.count + port, at: loop.readClock())
    }
    for port in ports.indices where probes[port].mayAnswerFromAnotherPort(answer, nonce: nonce) {
      sweep.receive(
        .answered(answer), target: host * ports.count + port, at: loop.readClock())
    }
  }

  private func take(_ failure: DeliveryFailure) {
    guard let host = hostPlaces[failure.destination.withoutPort],
      let port = portPlaces[failure.destination.port]
    else { return }
    let event: DatagramSweep.Event =
      switch failure.portEvent(&own) {
      case .local(let code): .failed(errno: code)
      case .report(let report): .unreachable(report)
      }
    sweep.receive(event, target: host * ports.count + port, at: loop.readClock())
    stepSoon()
  }
}

extension InternetAddress {
  fileprivate var withoutPort: InternetAddress {
    var address = self
    address.port = 0
    return address
  }
}
