internal import EventLoop
internal import Glibc
internal import MonotonicTime
internal import Relay
internal import Sockets

/// `connecttwo`: connects to two places and joins the connections, for one user after another.
enum ConnectTwo {
  /// Runs the command line and returns the exit status: 0 after SIGINT or SIGTERM, 1 for anything else.
  static func run(program: String, _ arguments: [String]) -> Int32 {
    TCPTool.run(program) { tool throws(Exit) in
      let options = try ConnectTwoOptions(tool, arguments)
      return try ConnectTwoRun(options, tool).run()
    }
  }
}

/// One run of `connecttwo`.
private final class ConnectTwoRun {
  private let options: ConnectTwoOptions
  private let tool: TCPTool
  private let loop: EventLoop
  private let reporter: ConnectionReporter
  /// What was complained about last, so that the same is not said at every try.
  private var lastComplaint = ""

  init(_ options: ConnectTwoOptions, _ tool: TCPTool) throws(Exit) {
    self.options = options
    self.tool = tool
    loop = try tool.told { () throws(SystemError) in try EventLoop() }
    reporter = ConnectionReporter(tool, loop)
  }

  func run() throws(Exit) -> Int32 {
    let signals = try tool.told { () throws(SystemError) in
      try loop.onSignal([SIGINT, SIGTERM]) { [loop] _ in loop.stop() }
    }
    defer { signals.cancel() }
    let local = try loop.run { [self] () async throws(Exit) in
      try await tool.told { () async throws(NameError) in try await LocalAddresses.inherited(loop) }
    }
    let agent = RendezvousAgent(
      from: place(options.source, local), to: place(options.destination, local), terms(local),
      on: RelayEngine(on: loop)
    ) { [unowned self] in tell($0) }
    agent.start()
    loop.runUntilStopped()
    agent.stop()
    return 0
  }

  private func place(
    _ target: (host: String, port: UInt16), _ local: LocalAddresses
  ) -> RendezvousAgent.Place {
    { [loop] () async throws(NameError) in
      try await local.targets(target.host, target.port, loop)
    }
  }

  private func terms(_ local: LocalAddresses) -> RendezvousAgent.Options {
    var terms = RendezvousAgent.Options()
    terms.readsHello = options.readsHello
    terms.waitingCount = options.waitingCount
    terms.source = local.source
    terms.streams.keepAlive = StreamOptions.KeepAlive()
    terms.pump.mode = options.mode
    return terms
  }

  private func tell(_ event: RendezvousAgent.Event) {
    switch event {
    case .waits: lastComplaint = ""
    case .unknown(_, let error): complain("\(error)")
    case .unreachable(_, let error): complain("\(error)")
    case .dismissed(.noHeader): complain("\(options.source.host):\(options.source.port) hung up")
    case .dismissed(let refusal):
      complain("\(options.source.host):\(options.source.port): \(refusal.words)")
    case .joined(let user):
      guard options.logsHello, let user else { return }
      StandardStream.output.writeLine("\(user): hello")
    case .ended(let user, let report, let duration):
      guard report.statistics.nearByteCount > 0 || user != nil else { return }
      let name = user?.description ?? "\(options.source.host):\(options.source.port)"
      reporter.ended(
        "\(name) -> \(options.destination.host):\(options.destination.port)", report,
        after: duration)
    }
  }

  private func complain(_ words: String) {
    guard words != lastComplaint else { return }
    lastComplaint = words
    tool.complain(words)
  }
}
