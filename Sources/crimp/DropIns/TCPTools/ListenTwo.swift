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

/// A command line of `listentwo`.
struct ListenTwoOptions {
  /// `-s`: where users connect to.
  var users = RelayPlace.port(0)
  /// `-d`: where connecttwo connects to.
  var agents = RelayPlace.port(0)
  /// `--hello-dst`.
  var saysHello = false
  /// `-w`.
  var patience = Duration.seconds(60)
  /// `--copy` and `--splice`.
  var mode = PumpOptions.Mode.adaptive

  private static let long = [
    LongOption(name: "help", letter: "h"), LongOption(name: "version", letter: "v"),
    LongOption(name: "copy", letter: "\u{101}"), LongOption(name: "splice", letter: "\u{102}"),
    LongOption(name: "hello-dst", letter: "\u{104}"),
  ]

  init(_ tool: TCPTool, _ arguments: [String]) throws(Exit) {
    var places: (users: RelayPlace?, agents: RelayPlace?)
    let operands = try scanOptions(
      program: tool.program, arguments, letters: "d:hs:vw:", long: Self.long
    ) { letter, argument throws(Exit) in
      switch letter {
      case "d": places.agents = try tool.listeningPlace("-d", argument)
      case "h": throw tool.help(Self.usage)
      case "s": places.users = try tool.listeningPlace("-s", argument)
      case "v": throw tool.version()
      case "w": patience = try tool.seconds("-w", argument)
      case "\u{101}": mode = .copy
      case "\u{102}": mode = .splice
      case "\u{104}": saysHello = true
      default: throw tool.refuse()
      }
    }
    if let operand = operands.first { throw tool.refuse("\(operand): expected options only") }
    guard let users = places.users, let agents = places.agents else {
      throw tool.refuse("expected -s PORT, where users connect to, and -d PORT, for connecttwo")
    }
    (self.users, self.agents) = (users, agents)
  }

  private static let usage = """
    usage: listentwo -s port1 -d port2 [--hello-dst]
    Joins each connection that comes to port1 with one that comes to port2, and prints what both have
    moved. Who is alone waits for another.

     -s port1       where users connect to: a port, or an address of this host and a port
     -d port2       where connecttwo connects to, from where the service is
         --hello-dst  tell there whose connection it is: a line of the PROXY protocol, version 1
     -w secs        how long a user waits before the connection is reset (60)
         --copy, --splice  always move bytes by read and write, or by splice
     -h, --help     this help
     -v, --version  the version
    INADDR_DEFAULT: the host or address at which to listen.

    """
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
