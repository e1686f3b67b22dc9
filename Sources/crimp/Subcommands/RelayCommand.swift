import ArgumentParser
import EventLoop
import Glibc
import LinkLayer
import Machines
import MonotonicTime
import Relay
import Sockets

/// `crimp relay`: TCP, UNIX and UDP relays.
struct RelayCommand: NativeCommand, Sendable {
  static let configuration = CommandConfiguration(
    commandName: "relay",
    abstract: "Relay connections from a port to one target or several.",
    discussion: """
      LISTEN is PORT, ADDRESS:PORT, unix:PATH, unix:@NAME, or activated for the sockets that the service \
      manager opened. A TARGET is HOST:PORT, PORT on this host, or unix:PATH. The end of one side is \
      passed on and the other side's answer waited for; a reset is passed on as a reset. Runs until \
      SIGTERM, which lets connections end, or SIGINT. SIGHUP takes files and names anew. With --control, \
      show [listeners|targets|workers|sessions], reload, drain [SECONDS], enable TARGET and disable TARGET \
      in place of LISTEN are for the relay that answers there.
      """)

  @Argument(help: ArgumentHelp("Where to listen.", valueName: "listen"))
  var listen: String

  @Argument(help: ArgumentHelp("Where connections go.", valueName: "target"))
  var targets: [String] = []

  @OptionGroup var balancing: RelayBalanceOptions

  @Option(
    help: ArgumentHelp("Who may connect: an address or a network, repeated.", valueName: "network"))
  var allow: [String] = []

  @Option(help: ArgumentHelp("Who may not, even if allowed.", valueName: "network"))
  var deny: [String] = []

  @Option(
    help: ArgumentHelp(
      "Bytes a second in each direction of each connection, such as 100k or 10M.", valueName: "rate"
    ))
  var limitRate: ByteRate?

  @Option(
    help: ArgumentHelp("Bytes a second in each direction of all connections.", valueName: "rate"))
  var sharedRate: ByteRate?

  @Option(help: ArgumentHelp("How many connections at once; others wait.", valueName: "count"))
  var maxConnections: Int?

  @Option(
    help: ArgumentHelp(
      "How many connections of one address; others are refused.", valueName: "count"))
  var maxPerSource: Int?

  @Option(
    help: ArgumentHelp("End a connection on which nothing moved for so long.", valueName: "seconds")
  )
  var idleTimeout: Double?

  @Option(help: ArgumentHelp("How long a target has to accept.", valueName: "seconds"))
  var connectTimeout = 10.0

  @Option(help: ArgumentHelp("Wait before each connection to a target.", valueName: "seconds"))
  var connectDelay: Double?

  @Option(
    help: ArgumentHelp(
      "in: connections begin with a PROXY header; out or out-v1: targets get one. Repeatable.",
      valueName: "way"))
  var proxyProtocol: [ProxyProtocolWay] = []

  @Option(
    help: ArgumentHelp("Whose PROXY headers are believed; all without it.", valueName: "network"))
  var trust: [String] = []

  @Option(
    help: ArgumentHelp(
      "Connect to each target so often, to learn whether it is up.", valueName: "seconds"))
  var check: Double?

  @Option(
    help: ArgumentHelp("The address that connections to targets come from.", valueName: "address"))
  var source: IPAddress?

  @Option(
    help: ArgumentHelp("How long connections may still take after SIGTERM.", valueName: "seconds"))
  var drain = 30.0

  @OptionGroup var running: RelayWorkerOptions

  @OptionGroup var controlling: RelayControlOptions

  @OptionGroup var watching: RelayWatchOptions

  @OptionGroup var securing: RelayTLSOptions

  @OptionGroup var proxying: RelayProxyOptions

  @Flag(help: "Relay datagrams of UDP.")
  var udp = false

  @Flag(help: "Copy all bytes, and splice none.")
  var copy = false

  @Flag(help: "One JSON object a line for everything that happens.")
  var json = false

  @Flag(name: [.short, .long], help: "Tell of every connection.")
  var verbose = false

  @Flag(name: [.short, .long], help: "Say nothing but why the relay ends.")
  var quiet = false

  func validate() throws {
    guard !proxying.isServer || targets.isEmpty else {
      throw ValidationError("--serve: expected no target beside it: clients say where to")
    }
    guard !udp || !(securing.isUsed || proxying.isServer || proxying.via != nil) else {
      throw ValidationError("--udp: expected neither TLS nor a proxy beside it")
    }
    let times = [
      ("--idle-timeout", idleTimeout), ("--connect-timeout", connectTimeout),
      ("--connect-delay", connectDelay), ("--check", check), ("--drain", drain),
    ]
    for (name, value) in times {
      guard let value else { continue }
      guard value > 0, value < 1e6 else {
        throw ValidationError("\(name) \(value): expected seconds, more than 0")
      }
    }
    let forStreams = [
      ("--workers", running.workers.number > 1), ("--take-over", controlling.takeOver),
      ("--insert", watching.insert != nil), ("--hexdump", watching.hexdump),
      ("--record", watching.record != nil), ("--limit-rate", limitRate != nil),
      ("--shared-rate", sharedRate != nil), ("--check", check != nil),
      ("--connect-delay", connectDelay != nil), ("--copy", copy),
      ("--host-file", balancing.hostFile != nil),
    ]
    for (name, isGiven) in forStreams where udp && isGiven {
      throw ValidationError("--udp and \(name): expected one of them")
    }
    guard !watching.hexdump || !json else {
      throw ValidationError("--hexdump and --json: expected one of them")
    }
    guard !controlling.takeOver || controlling.control != nil else {
      throw ValidationError("--take-over: expected --control, the socket of the relay before")
    }
    for (name, value) in [
      ("--max-connections", maxConnections), ("--max-per-source", maxPerSource),
    ] {
      guard let value, value < 1 else { continue }
      throw ValidationError("\(name) \(value): expected 1 or more")
    }
  }

  func perform() throws(CommandFailure) -> ExitStatus {
    let loop = try worded { () throws(SystemError) in try EventLoop() }
    // Behind `crimp relay`.
    let arguments = Array(CommandLine.arguments.dropFirst(2))
    if let request = try RelayControlCommand(self, arguments) {
      return try request.perform(on: loop)
    }
    let command = try expanded(arguments)
    return try command.relay(arguments, on: loop)
  }

  private func relay(
    _ arguments: [String], on loop: EventLoop
  ) throws(CommandFailure) -> ExitStatus {
    guard let place = RelayPlace(listen) else {
      let expected = RelayPlace.expected(inPlaceOf: listen, RelayPlace.listenForms)
      throw CommandFailure(.usage, "listen \(listen): \(expected)")
    }
    let run = ConnectionRelay(
      command: self, place: place, targets: try relayTargets(), arguments: arguments, loop: loop)
    return try run.perform()
  }

  /// The targets that the command names; none where clients name theirs.
  func relayTargets() throws(CommandFailure) -> RelayTargets {
    try RelayTargets(targets, balancing.policy.policy, mayBeNone: proxying.isServer)
  }

  /// The networks of an option.
  func networks(_ name: String, _ words: [String]) throws(CommandFailure) -> AddressList? {
    guard !words.isEmpty else { return nil }
    do throws(AddressListError) {
      return try AddressList(parsing: words)
    } catch {
      throw CommandFailure(.usage, "\(name) \(error)")
    }
  }
}

/// What `--proxy-protocol` takes.
enum ProxyProtocolWay: String, ExpressibleByArgument, CaseIterable, Sendable {
  case input = "in"
  case output = "out"
  case outputV1 = "out-v1"
}

/// What `--policy` takes.
enum PolicyName: String, ExpressibleByArgument, CaseIterable, Sendable {
  case roundRobin = "round-robin"
  case leastConnections = "least-connections"
  case leastBytes = "least-bytes"
  case sourceHash = "source-hash"
  case first

  /// How the library calls it.
  var policy: UpstreamGroup.Policy {
    switch self {
    case .roundRobin: .roundRobin
    case .leastConnections: .leastConnections
    case .leastBytes: .leastBytes
    case .sourceHash: .sourceHash
    case .first: .firstUp
    }
  }
}
