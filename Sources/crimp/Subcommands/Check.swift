import ArgumentParser
import Drivers
import EventLoop
import Glibc
import LinkLayer
import Machines
import ServiceProbes
import Sockets

/// `crimp check`: which ports are open, and why the others are not.
struct Check: NativeCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check ports of hosts, TCP and UDP, and say what the verdict rests upon.",
    discussion: """
      Ports are numbers, ranges and services: 22, 1-500, ssh, 53/udp, u:53,161,t:22. Hosts are names, \
      addresses, networks such as 192.0.2.0/24 and lists such as node[1-100]; all addresses of a name \
      are asked. TCP ports are open, closed (refused), filtered (ICMP says so) or without an answer; of \
      UDP ports that give no answer nobody can say whether they are open. Exit status 0 when every port \
      is open, 1 when one is not, 69 when a host has no address or cannot be reached from here.
      """)

  @Argument(
    help: ArgumentHelp(
      "A host, a network such as 192.0.2.0/24 or a list such as node[1-100].", valueName: "hosts"))
  var hosts: String

  @Argument(help: ArgumentHelp("Ports, ranges, services.", valueName: "ports"))
  var ports: [String]

  @Flag(name: [.short, .long], help: "A port without a protocol is one of UDP.")
  var udp = false

  @Flag(name: .customShort("4"), help: "Only addresses of IPv4.")
  var onlyVersion4 = false

  @Flag(name: .customShort("6"), help: "Only addresses of IPv6.")
  var onlyVersion6 = false

  @Flag(help: "Each address of a name must have its ports open; without it, one of them.")
  var everyAddress = false

  @Option(
    help: ArgumentHelp(
      "How long a port that does not answer is waited for.", valueName: "seconds"))
  var timeout = 3.3

  @Option(
    help: ArgumentHelp(
      "How often a port is asked before its silence counts (TCP 2, UDP 3).", valueName: "count"))
  var attempts: Int?

  @Option(help: ArgumentHelp("How many TCP ports are asked at once.", valueName: "count"))
  var window = SweepOptions.tcp.window

  @Option(
    help: ArgumentHelp(
      "How many questions a second leave this host (TCP 10000, UDP 5000).", valueName: "count"))
  var rate: Double?

  @Option(
    help: ArgumentHelp(
      "Ask again until every port is open, for so long at most.", valueName: "seconds"))
  var wait: Double?

  @Option(help: ArgumentHelp("Ask from this address of this host.", valueName: "address"))
  var source: [IPAddress] = []

  @Option(name: [.short, .long], help: ArgumentHelp("Ask by this interface.", valueName: "name"))
  var interface: String?

  @Flag(help: "Listen to open TCP ports for a moment, and show what they say first.")
  var banner = false

  @Option(
    help: ArgumentHelp(
      "Ask every UDP port this: \(Check.probeNames).", valueName: "protocol"))
  var probe: String?

  @Flag(help: "Tell open ports only.")
  var open = false

  @Flag(help: "One JSON object a port, and one with the sums.")
  var json = false

  @Flag(name: [.short, .long], help: "Say nothing but errors.")
  var quiet = false

  static let probeNames =
    (["empty", "ipmi"] + DatagramService.allCases.map(\.rawValue)).joined(separator: ", ")

  func validate() throws {
    guard !onlyVersion4 || !onlyVersion6 else {
      throw ValidationError("-4 and -6: expected one of them")
    }
    guard timeout > 0, timeout < 1e6 else {
      throw ValidationError("--timeout \(timeout): expected seconds, more than 0")
    }
    if let attempts, !(1...16).contains(attempts) {
      throw ValidationError("--attempts \(attempts): expected 1 to 16")
    }
    guard window > 0 else { throw ValidationError("--window \(window): expected 1 or more") }
    if let rate, !(rate > 0) { throw ValidationError("--rate \(rate): expected more than 0") }
    if let wait, !(wait > 0 && wait < 1e9) {
      throw ValidationError("--wait \(wait): expected seconds, more than 0")
    }
    if let probe, datagramProbe == nil {
      throw ValidationError("--probe \(probe): expected one of \(Self.probeNames)")
    }
  }

  func perform() throws(CommandFailure) -> ExitStatus {
    let services = ServiceNames.ofThisHost()
    let request = try request(services)
    let loop = try worded { () throws(SystemError) in try EventLoop() }
    let signals = try worded { () throws(SystemError) in
      try loop.onSignal([SIGINT, SIGTERM]) { _ in loop.stop() }
    }
    defer { signals.cancel() }
    do throws(SystemError) {
      return try loop.run { () async throws(SystemError) in
        try await CheckRun(request, services, on: loop).run()
      }
    } catch {
      throw failure(error)
    }
  }

  private func request(_ services: ServiceNames) throws(CommandFailure) -> CheckRun.Request {
    let family: InternetFamily? = onlyVersion4 ? .v4 : onlyVersion6 ? .v6 : nil
    return CheckRun.Request(
      names: try names(), ports: try portList(services), family: family, options: options,
      style: CheckReport.Style(json: json, quiet: quiet, openOnly: open),
      everyAddress: everyAddress, wait: wait.map { Duration(seconds: $0) })
  }

  private func names() throws(CommandFailure) -> [String] {
    let hosts: [NamedHost]
    do throws(HostRangeError) {
      hosts = try HostSweep.hosts(in: self.hosts)
    } catch {
      throw CommandFailure(.usage, "hosts: \(error.words)")
    }
    for host in hosts where host.port != nil {
      throw CommandFailure(
        .usage, "hosts: '\(host)': expected the port as an argument of its own")
    }
    return hosts.map(\.name)
  }

  private func portList(_ services: ServiceNames) throws(CommandFailure) -> [CheckedPort] {
    do throws(PortListError) {
      return try PortList.ports(in: ports, udp ? .udp : .tcp, services)
    } catch {
      throw CommandFailure(.usage, "ports: \(error.words)")
    }
  }

  private var options: PortChecker.Options {
    var options = PortChecker.Options()
    options.tcp.patience = Duration(seconds: timeout)
    options.udp.patience = Duration(seconds: timeout)
    options.tcp.window = window
    options.tcp.greetingWait = banner ? .seconds(1) : nil
    if let attempts { (options.tcp.attempts, options.udp.attempts) = (attempts, attempts) }
    if let rate {
      options.tcp.pace = .framesPerSecond(rate)
      options.udp.pace = .framesPerSecond(rate)
    }
    options.sources = source.map { InternetAddress($0, port: 0) }
    options.interface = interface
    options.probe = datagramProbe
    return options
  }

  private var datagramProbe: DatagramProbe? {
    switch probe {
    case nil: nil
    case "empty": .empty
    case "ipmi": .controller
    case let name?: DatagramService(rawValue: name).map { .services([$0]) }
    }
  }

  private func failure(_ error: SystemError) -> CommandFailure {
    switch error.errno {
    case EADDRNOTAVAIL:
      CommandFailure(.unavailable, "--source: this host has no such address")
    case ENODEV:
      CommandFailure(
        .unavailable, "no interface named \(interface ?? ""): `crimp links` lists them")
    case EPERM, EACCES:
      CommandFailure(.noPermission, "\(error): run it as root, or leave --interface out")
    default: CommandFailure(error)
    }
  }
}
