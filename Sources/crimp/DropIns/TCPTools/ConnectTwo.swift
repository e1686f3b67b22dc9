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

/// A command line of `connecttwo`.
struct ConnectTwoOptions {
  /// `-s`: listentwo's `-d`.
  var source: (host: String, port: UInt16) = ("", 0)
  /// `-d`: the service.
  var destination: (host: String, port: UInt16) = ("", 0)
  /// `--hello-from-src`.
  var readsHello = false
  /// `--hello-log`.
  var logsHello = false
  /// `-n`.
  var waitingCount = 1
  /// `--copy` and `--splice`.
  var mode = PumpOptions.Mode.adaptive

  private static let long = [
    LongOption(name: "help", letter: "h"), LongOption(name: "version", letter: "v"),
    LongOption(name: "copy", letter: "\u{101}"), LongOption(name: "splice", letter: "\u{102}"),
    LongOption(name: "hello-from-src", letter: "\u{104}"),
    LongOption(name: "hello-log", letter: "\u{105}"),
  ]

  init(_ tool: TCPTool, _ arguments: [String]) throws(Exit) {
    var ends: (source: (String, UInt16)?, destination: (String, UInt16)?)
    let operands = try scanOptions(
      program: tool.program, arguments, letters: "d:hn:s:v", long: Self.long
    ) { letter, argument throws(Exit) in
      switch letter {
      case "d": ends.destination = try tool.target("-d", argument)
      case "h": throw tool.help(Self.usage)
      case "n": waitingCount = try tool.count("-n", argument)
      case "s": ends.source = try tool.target("-s", argument)
      case "v": throw tool.version()
      case "\u{101}": mode = .copy
      case "\u{102}": mode = .splice
      case "\u{104}": readsHello = true
      case "\u{105}": logsHello = true
      default: throw tool.refuse()
      }
    }
    if let operand = operands.first { throw tool.refuse("\(operand): expected options only") }
    guard let source = ends.source, let destination = ends.destination else {
      throw tool.refuse("expected -s HOST:PORT, where listentwo is, and -d HOST:PORT, the service")
    }
    (self.source, self.destination) = (source, destination)
  }

  private static let usage = """
    usage: connecttwo -s host1:port1 -d host2:port2 [--hello-from-src]
    Connects to host1, and for each user that comes there to host2; joins the two, and prints what both
    have moved. When host1 cannot be reached, tries again and again.

     -s host1:port1  where listentwo waits (its -d)
     -d host2:port2  the service that users want
         --hello-from-src  host1 tells whose connection it is (listentwo --hello-dst); only then is
                     host2 connected to
         --hello-log print each user's address
     -n count        how many connections wait for users (1)
         --copy, --splice  always move bytes by read and write, or by splice
     -h, --help      this help
     -v, --version   the version
    INADDR_DEFAULT: the host or address from which to connect.

    """
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
