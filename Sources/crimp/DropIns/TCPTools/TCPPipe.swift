internal import EventLoop
internal import Glibc
internal import HostFiles
internal import MonotonicTime
internal import Relay
internal import Sockets

/// `tcppipe`: moves bytes from one source to one destination, at most one of which is a socket.
enum TCPPipe {
  /// Runs the command line and returns the exit status: 0 when the destination has acknowledged all that
  /// the source said, 128 and the signal's number after SIGINT or SIGTERM, 1 for anything else.
  static func run(program: String, _ arguments: [String]) -> Int32 {
    TCPTool.run(program) { tool throws(Exit) in
      let options = try TCPPipeOptions(tool, arguments)
      return try TCPPipeRun(options, tool).run()
    }
  }
}

/// One run of `tcppipe`.
private final class TCPPipeRun {
  private let options: TCPPipeOptions
  private let tool: TCPTool
  private let loop: EventLoop
  private let engine: RelayEngine
  private var signal: Int32?
  private var local = LocalAddresses.any
  private var accounts: [HostAccounts] = []
  private var transfer: OneWayTransfer?
  /// What the ends are called in complaints.
  private var names = (source: "standard input", destination: "standard output")

  init(_ options: TCPPipeOptions, _ tool: TCPTool) throws(Exit) {
    self.options = options
    self.tool = tool
    loop = try tool.told { () throws(SystemError) in try EventLoop() }
    engine = RelayEngine(on: loop)
  }

  func run() throws(Exit) -> Int32 {
    let signals = try tool.told { () throws(SystemError) in
      try loop.onSignal([SIGINT, SIGTERM]) { [unowned self] in
        signal = signal ?? $0
        loop.stop()
      }
    }
    defer { signals.cancel() }
    return try loop.run { [self] () async throws(Exit) in try await pipe() }
  }

  private func pipe() async throws(Exit) -> Int32 {
    let insertion = try options.insertion.map { path throws(Exit) in try tool.insertion(path) }
    local = try await localAddresses()
    let source = try await open(options.source, reads: true)
    let destination = try await open(options.destination, reads: false)
    let ended = Completion<OneWayTransfer.Ending>(on: loop)
    var pump = PumpOptions()
    pump.mode = options.mode
    pump.nearLimit = options.rate.map { RateLimit(bytesPerSecond: $0, on: loop) }
    let transfer = OneWayTransfer(from: source, to: destination, pump, on: engine) {
      ended.fulfil($0)
    }
    if let insertion { transfer.insert(insertion) }
    self.transfer = transfer
    let meter = options.printsThroughput ? ThroughputMeter(of: transfer, on: loop) : nil
    try tool.told { () throws(SystemError) in try transfer.start() }
    let ending = try? await ended.value
    transfer.stop()
    meter?.end()
    for account in accounts { account.end() }
    return try status(ending ?? .stopped)
  }

  private func status(_ ending: OneWayTransfer.Ending) throws(Exit) -> Int32 {
    switch ending {
    case .delivered: return 0
    case .withoutReader:
      throw tool.fail("\(names.destination): nobody reads it any more")
    case .sourceLost(let code):
      throw tool.fail("\(names.source): \(SystemError(errno: code, operation: "read").reason)")
    case .sinkLost(let code):
      throw tool.fail(
        "\(names.destination): \(SystemError(errno: code, operation: "write").reason)")
    case .stopped: throw interrupted
    }
  }

  private var interrupted: Exit { Exit(status: 128 + (signal ?? SIGTERM)) }

  // MARK: Host files

  private func localAddresses() async throws(Exit) -> LocalAddresses {
    guard let path = options.bindFile else {
      return try await tool.told { () async throws(NameError) in
        try await LocalAddresses.inherited(loop)
      }
    }
    let host = try least(of: path)
    return try await tool.told { () async throws(NameError) in
      try await LocalAddresses.named(host, path, loop)
    }
  }

  /// The host of a host file that has moved the fewest bytes; what is moved now is counted for it.
  private func least(of path: String) throws(Exit) -> String {
    let account = HostAccounts(
      in: HostFileStore(at: path), every: options.interval, on: loop
    ) { [tool] in tool.complain("\($0)") }
    let file = try tool.told { () throws(HostFileFailure) in try account.store.read() }
    guard let host = file.least?.host else { throw tool.fail("\(path): it has no host") }
    var counted: UInt64 = 0
    account.collect = { [unowned self, unowned account] in
      let count = transfer?.byteCount ?? 0
      account.add(count - counted, to: host)
      counted = count
    }
    accounts.append(account)
    return host
  }

  // MARK: Ends

  private func open(
    _ place: TCPPipeOptions.Place, reads: Bool
  ) async throws(Exit) -> any ByteStream {
    switch place {
    case .standard:
      return try tool.told { () throws(SystemError) in
        try DescriptorStream(owning: OwnedDescriptor(owning: reads ? 0 : 1))
      }
    case .listening(let port): return try await accept(at: port, reads)
    case .host(nil, let port): return try await connect(to: leastHost(), port, reads)
    case .host(let name?, let port): return try await connect(to: name, port, reads)
    }
  }

  private func leastHost() throws(Exit) -> String {
    try least(of: options.networkFile ?? "")
  }

  private func connect(
    to host: String, _ port: UInt16, _ reads: Bool
  ) async throws(Exit) -> StreamSocket {
    let targets = try await tool.told { () async throws(NameError) in
      try await local.targets(host, port, loop)
    }
    do throws(ConnectionError) {
      let socket = try await StreamSocket.connect(
        toFirstOf: targets, from: local.source, streams, on: loop)
      name((try? socket.peerAddress) ?? targets[0], reads)
      return socket
    } catch {
      guard signal == nil else { throw interrupted }
      throw tool.fail("\(error)")
    }
  }

  private func accept(at port: UInt16, _ reads: Bool) async throws(Exit) -> StreamSocket {
    let listeners = try await local.listeners(at: .port(port), tool, loop)
    let accepted = Completion<(StreamSocket, SocketAddress)>(on: loop)
    for listener in listeners {
      try tool.told { () throws(SystemError) in
        try listener.start(on: loop) { socket, peer in
          for listener in listeners { listener.close() }
          accepted.fulfil((socket, peer))
        }
      }
    }
    do {
      let (socket, peer) = try await accepted.value
      name(peer, reads)
      if let delay = options.delay { try await loop.sleep(for: delay) }
      return socket
    } catch {
      throw interrupted
    }
  }

  private func name(_ address: SocketAddress, _ reads: Bool) {
    if reads { names.source = address.description } else { names.destination = address.description }
  }

  private var streams: StreamOptions {
    var streams = StreamOptions()
    streams.keepAlive = StreamOptions.KeepAlive()
    return streams
  }
}
