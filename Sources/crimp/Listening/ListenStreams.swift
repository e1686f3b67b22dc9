import EventLoop
import Glibc
import Machines
import MonotonicTime
import Relay
import Sockets
import TLS

/// Serves connections: TCP and UNIX.
final class ListenStreams: ListenService {
  private unowned let run: PseudoServer
  private let engine: RelayEngine
  private var listeners: [StreamListener] = []
  private var pumps: [ObjectIdentifier: Pump] = [:]
  private var handshakes: [ObjectIdentifier: TLSHandshake] = [:]
  /// Why standard output cannot be written.
  private var outputLoss: Int32?
  private var request: PseudoServerRequest { run.request }

  init(_ run: PseudoServer, at addresses: [SocketAddress]) throws(CommandFailure) {
    self.run = run
    engine = RelayEngine(on: run.loop)
    var options = ListenerOptions()
    options.streams.keepAlive = StreamOptions.KeepAlive()
    listeners = try run.opened(addresses) { address throws(SystemError) in
      try StreamListener(at: address, options)
    }
    for listener in listeners {
      try worded { () throws(SystemError) in
        try listener.start(on: run.loop) { [unowned self] in self.accept($0, from: $1) }
      }
    }
  }

  var addresses: [String] { listeners.map(\.address.description) }

  func stop() {
    for listener in listeners { listener.close() }
    for handshake in handshakes.values { handshake.cancel() }
    // Who sends must not take for delivered what was not written.
    for pump in pumps.values { outputLoss == nil ? pump.stop() : pump.reset() }
  }

  // MARK: Clients

  private func accept(_ socket: StreamSocket, from peer: SocketAddress) {
    let name = peer.internetAddress?.description ?? listeners[0].address.description
    if let refusal = request.refusal(of: peer) {
      run.reporter.refused(name, refusal)
      return socket.reset()
    }
    guard !run.isFull else { return socket.close() }
    if let context = request.tls {
      secure(socket, name, context)
    } else {
      begin(socket, name)
    }
    limitConnections()
  }

  /// How many are served, or shake hands.
  private var activeCount: Int { pumps.count + handshakes.count }

  /// Others wait in the kernel's queue; behind the last one nobody does.
  private func limitConnections() {
    guard !run.isFull else { return listeners.forEach { $0.close() } }
    let isFull = activeCount >= request.connectionLimit ?? .max
    for listener in listeners where listener.isPaused != isFull {
      if isFull { listener.pause() } else { listener.resume() }
    }
  }

  private func secure(_ socket: StreamSocket, _ name: String, _ context: TLSContext) {
    let stream: TLSStream
    do throws(TLSConfigurationError) {
      stream = try TLSStream(over: socket, context, peer: name)
    } catch {
      socket.reset()
      return refuse(name, "\(error)")
    }
    let key = ObjectIdentifier(stream)
    handshakes[key] = TLSHandshake(of: stream, on: run.loop) { [unowned self] outcome in
      handshakes[key] = nil
      switch outcome {
      case .success(let stream): begin(stream, name)
      case .failure(let error): refuse(name, error.cause.words)
      }
    }
  }

  private func begin(_ stream: any ByteStream, _ name: String) {
    // Others may have shaken hands meanwhile.
    guard run.takesAnother() else {
      stream.close()
      return leave()
    }
    run.reporter.connected(name)
    do throws(SystemError) {
      try serve(stream, name)
    } catch {
      stream.reset()
      run.note(failure(error))
      refuse(name, error.description)
    }
  }

  /// Why a client cannot be served that should be.
  private func failure(_ error: SystemError) -> CommandFailure {
    guard case .file(let path) = request.mode, !error.isExhaustion else {
      return CommandFailure(.systemError, "\(error)")
    }
    return CommandFailure(.inputOutput, "--file \(path): \(error.reason)")
  }

  private func refuse(_ name: String, _ reason: String) {
    run.reporter.refused(name, reason)
    leave()
  }

  private func serve(_ stream: any ByteStream, _ name: String) throws(SystemError) {
    let begin = run.loop.readClock()
    let (far, policy) = try counterpart(of: stream)
    var options = PumpOptions()
    options.policy = policy
    options.policy.idleTimeout = request.idleTimeout
    if let rate = request.bytesPerSecond {
      options.nearLimit = RateLimit(bytesPerSecond: rate, on: run.loop)
      options.farLimit = RateLimit(bytesPerSecond: rate, on: run.loop)
    }
    var key: ObjectIdentifier?
    let pump = Pump(stream, far, options, on: engine) { [unowned self] report in
      if let key { self.pumps[key] = nil }
      self.end(name, report, seconds: (self.run.loop.readClock() - begin).milliseconds / 1000)
    }
    key = ObjectIdentifier(pump)
    pumps[ObjectIdentifier(pump)] = pump
    do throws(SystemError) {
      try pump.start()
    } catch {
      pumps[ObjectIdentifier(pump)] = nil
      throw error
    }
  }

  private func end(_ name: String, _ report: PumpReport, seconds: Double) {
    var tally = ListenReporter.Tally()
    tally.byteCountIn = report.statistics.nearByteCount
    tally.byteCountOut =
      request.mode == .echo ? tally.byteCountIn : report.statistics.farByteCount
    tally.seconds = seconds
    run.count(tally.byteCountIn, tally.byteCountOut)
    if request.mode == .standardStreams, report.withoutReader == .far { loseOutput(EPIPE) }
    let ending = outputLoss.map { .lost(.far, errno: $0) } ?? report.ending
    if ending != .completed { run.noteLoss() }
    run.reporter.ended(name, ending, tally)
    leave()
  }

  /// What comes cannot be kept: ends the run, which resets who sends.
  private func loseOutput(_ errno: Int32) {
    guard outputLoss == nil else { return }
    outputLoss = errno
    let reason = SystemError(errno: errno, operation: "write").reason
    run.fail(CommandFailure(.inputOutput, "standard output could not be written: \(reason)"))
  }

  /// One client less.
  private func leave() {
    for listener in listeners { listener.descriptorsWereFreed() }
    limitConnections()
    if run.isFull, activeCount == 0 { run.complete() }
  }

  // MARK: Modes

  /// What a client is joined with, and what ends do.
  private func counterpart(
    of stream: any ByteStream
  ) throws(SystemError) -> (any ByteStream, StreamRelay.Policy) {
    var policy = StreamRelay.Policy()
    switch request.mode {
    case .echo:
      guard let socket = stream as? StreamSocket else { return (try Self.loop(), policy) }
      // The same connection once more: what is read of the one is written to the other.
      policy.onlySource = .near
      let number = socket.descriptor
      let copy = try OwnedDescriptor("fcntl") { fcntl(number, F_DUPFD_CLOEXEC, 3) }
      return (StreamSocket(owning: copy, socket.domain), policy)
    case .discard:
      policy.onlySource = .near
      return (try DescriptorStream(owning: Self.opened("/dev/null", O_RDWR)), policy)
    case .file(let path):
      return (
        try DescriptorStream(
          reading: Self.opened(path, O_RDONLY), writing: Self.opened("/dev/null", O_WRONLY)), policy
      )
    case .standardStreams:
      let streams = try StandardStreams(isDetached: false, endsLate: false)
      streams.onOutputLoss = { [unowned self] in loseOutput($0) }
      return (streams, policy)
    }
  }

  /// What is written to it is read from it.
  private static func loop() throws(SystemError) -> DescriptorStream {
    let pipe = try Syscalls.pipe()
    return try DescriptorStream(reading: pipe.reader, writing: pipe.writer)
  }

  private static func opened(_ path: String, _ mode: Int32) throws(SystemError) -> OwnedDescriptor {
    try OwnedDescriptor("open") { unsafe open(path, mode | O_CLOEXEC) }
  }
}
