import ArgumentParser
import EventLoop
import IPMI
import Machines
import Relay
import Sockets

/// Proxies of a relay: it is one itself, or reaches its targets through one.
struct RelayProxyOptions: ParsableArguments, Sendable {
  @Option(
    help: ArgumentHelp(
      "Let clients say where to: socks4, socks4a, socks5, connect (HTTP) or all; repeatable.",
      valueName: "protocol"))
  var serve: [ServedProtocol] = []

  @Option(
    help: ArgumentHelp(
      "Who may use the proxy: a file with lines of user:password.", valueName: "file"))
  var users: String?

  @Option(
    help: ArgumentHelp(
      "Where clients may go: a network, a name, .domain or *, perhaps with :ports; repeatable.",
      valueName: "target"))
  var allowTarget: [String] = []

  @Option(
    help: ArgumentHelp("Where they may not go, even if allowed.", valueName: "target"))
  var denyTarget: [String] = []

  @Option(
    help: ArgumentHelp(
      "Reach targets through a proxy: socks4, socks4a, socks5 or connect://[user@]host[:port].",
      valueName: "proxy"))
  var via: ProxyPlace?

  @Option(
    help: ArgumentHelp("The password of --via's user: a file's first line.", valueName: "file"))
  var viaPasswordFile: String?

  func validate() throws {
    if serve.isEmpty, users != nil || !allowTarget.isEmpty || !denyTarget.isEmpty {
      throw ValidationError(
        "--users, --allow-target and --deny-target: expected --serve beside them")
    }
    if viaPasswordFile != nil, via?.user == nil {
      throw ValidationError("--via-password-file: expected --via with a user beside it")
    }
  }

  /// Whether clients say where to.
  var isServer: Bool { !serve.isEmpty }

  /// How clients are served that say where to; nil when they do not.
  func server() throws(CommandFailure) -> ProxyServerOptions? {
    guard isServer else { return nil }
    var options = ProxyServerOptions()
    options.kinds = Set(serve.flatMap(\.kinds))
    options.users = try knownUsers()
    options.targets = TargetRules(
      allowed: try rules("--allow-target", allowTarget),
      denied: try rules("--deny-target", denyTarget))
    return options
  }

  private func knownUsers() throws(CommandFailure) -> ProxyUsers? {
    guard let users else { return nil }
    var bytes = try WholeFile.bytes(at: users)
    defer { bytes.wipe() }
    try SecretSource.refuseShared(users)
    do throws(ProxyUsers.MalformedLine) {
      return try ProxyUsers(parsing: bytes)
    } catch {
      throw CommandFailure(.usage, "\(users):\(error.number): expected user:password")
    }
  }

  private func rules(
    _ option: String, _ words: [String]
  ) throws(CommandFailure) -> [TargetRules.Rule] {
    var rules: [TargetRules.Rule] = []
    for word in words {
      guard let rule = TargetRules.Rule(word) else {
        throw CommandFailure(
          .usage,
          "\(option) \(word): expected a network, a name, .domain or *, perhaps with :ports")
      }
      rules.append(rule)
    }
    return rules
  }

  /// The way to targets through a proxy, whose name is looked up; nil for the direct one.
  func route(on loop: EventLoop) async throws(CommandFailure) -> ProxyRoute? {
    guard let via else { return nil }
    let credentials = try credentials(of: via)
    do throws(NameError) {
      let addresses = try await loop.resolve(via.host, port: via.port)
      return ProxyRoute(
        via.kind, "\(via.host):\(via.port)", addresses.map(SocketAddress.internet), credentials)
    } catch {
      throw CommandFailure(.unavailable, "--via \(error)")
    }
  }

  private func credentials(of via: ProxyPlace) throws(CommandFailure) -> ProxyCredentials? {
    guard let user = via.user else { return nil }
    guard let viaPasswordFile else { return ProxyCredentials(user: user) }
    let password = try SecretSource.file(
      viaPasswordFile, option: "--via-password-file", limit: 255)
    return ProxyCredentials(user: user, password: password)
  }
}

/// What `--serve` takes.
enum ServedProtocol: String, ExpressibleByArgument, CaseIterable, Sendable {
  case socks4, socks4a, socks5, connect, all

  var kinds: [ProxyKind] {
    switch self {
    case .socks4: [.socks4]
    case .socks4a: [.socks4, .socks4a]
    case .socks5: [.socks5]
    case .connect: [.httpConnect]
    case .all: ProxyKind.allCases
    }
  }
}

/// What `--via` takes: `socks5://user@proxy.example.org:1080`.
struct ProxyPlace: ExpressibleByArgument, Hashable, Sendable {
  var kind: ProxyKind
  var user: String?
  var host: String
  var port: UInt16

  init?(argument: String) {
    guard let colon = argument.firstIndex(of: ":"), argument[colon...].hasPrefix("://"),
      let kind = ProxyKind(rawValue: String(argument[..<colon]))
    else { return nil }
    var rest = argument[colon...].dropFirst(3)
    self.kind = kind
    if let at = rest.lastIndex(of: "@") {
      let user = rest[..<at]
      // A password would stand on the command line, which everybody on the host can read.
      guard !user.isEmpty, !user.contains(":") else { return nil }
      self.user = String(user)
      rest = rest[rest.index(after: at)...]
    }
    guard let (host, port) = HostAndPort.split(String(rest)) else { return nil }
    self.host = String(host)
    self.port = port ?? kind.usualPort
  }
}
