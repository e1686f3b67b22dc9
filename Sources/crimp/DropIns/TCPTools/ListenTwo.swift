internal import EventLoop
internal import Glibc
internal import MonotonicTime
internal import Relay
internal import Sockets

/// `listentwo`: joins connections that come to two ports, one of each at a time.
enum ListenTwo {
  /// Runs the command line and returns the exit status: 0 after SIGINT or SIGTERM, 1 for anything else.
  static func run(program: String, _ arguments: [String]) -> Int32 {
    TCPTool.run(program) { tool throws(Exit) in
      let options = try ListenTwoOptions(tool, arguments)
      return try ListenTwoRun(options, tool).run()
    }
  }
}

/// One run of `listentwo`.
private final class ListenTwoRun {
  private let options: ListenTwoOptions
  private let tool: TCPTool
  private let loop: EventLoop
  private let reporter: ConnectionReporter
  private var rendezvous: Rendezvous?
  private var began: [SocketAddress: Instant] = [:]

  init(_ options: ListenTwoOptions, _ tool: TCPTool) throws(Exit) {
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
    try loop.run { [self] () async throws(Exit) in try await begin() }
    loop.runUntilStopped()
    rendezvous?.stop()
    return 0
  }

  private func begin() async throws(Exit) {
    let local = try await tool.told { () async throws(NameError) in
      try await LocalAddresses.inherited(loop)
    }
    var terms = Rendezvous.Options()
    terms.hello = options.saysHello ? .v1 : nil
    terms.patience = options.patience
    terms.pump.mode = options.mode
    let rendezvous = Rendezvous(terms, on: RelayEngine(on: loop)) { [unowned self] in tell($0) }
    self.rendezvous = rendezvous
    for listener in try await local.listeners(at: options.users, tool, loop) {
      try tool.told { () throws(SystemError) in try rendezvous.listen(forUsersAt: listener) }
    }
    for listener in try await local.listeners(at: options.agents, tool, loop) {
      try tool.told { () throws(SystemError) in try rendezvous.listen(forAgentsAt: listener) }
    }
  }

  private func tell(_ event: Rendezvous.Event) {
    switch event {
    case .joined(let user, _): began[user] = loop.readClock()
    case .ended(let user, let agent, let report):
      let start = began.removeValue(forKey: user) ?? loop.readClock()
      reporter.ended("\(user) -> \(agent)", report, after: loop.readClock() - start)
    case .userLeft(let user): tool.complain("\(user): left before anybody came to serve it")
    case .userWaits, .agentWaits, .agentLeft: break
    }
  }
}
