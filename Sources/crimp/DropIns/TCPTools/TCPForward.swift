internal import EventLoop
internal import Glibc
internal import HostFiles
internal import LinkLayer
internal import Machines
internal import MonotonicTime
internal import Relay
internal import Sockets

/// `tcp-pf`: relays the connections that come to a port to a host, or to the one of several that has moved
/// the fewest bytes.
enum TCPForward {
  /// Runs the command line and returns the exit status: 0 after SIGINT or SIGTERM, 1 for anything else.
  static func run(program: String, _ arguments: [String]) -> Int32 {
    TCPTool.run(program) { tool throws(Exit) in
      let options = try TCPForwardOptions(tool, arguments)
      return try TCPForwardRun(options, tool).run()
    }
  }
}

/// One run of `tcp-pf`.
private final class TCPForwardRun {
  private let options: TCPForwardOptions
  private let tool: TCPTool
  private let loop: EventLoop
  private let reporter: ConnectionReporter
  private var local = LocalAddresses.any
  private var service: RelayService?
  private var accounts: UpstreamAccounts?
  /// Whether names are being looked up; and whether to do so once more behind that.
  private var isReloading = false
  private var isReloadWanted = false
  /// When hosts that have come are looked up again, which could not be looked up before.
  private var nextLookup: Instant?

  /// How long hosts that cannot be looked up are left alone, whoever connects meanwhile.
  private static let lookupPause: Duration = .seconds(5)

  init(_ options: TCPForwardOptions, _ tool: TCPTool) throws(Exit) {
    self.options = options
    self.tool = tool
    loop = try tool.told { () throws(SystemError) in try EventLoop() }
    reporter = ConnectionReporter(tool, loop)
  }

  func run() throws(Exit) -> Int32 {
    let signals = try tool.told { () throws(SystemError) in
      try loop.onSignal([SIGHUP, SIGINT, SIGTERM]) { [unowned self] signal in
        if signal == SIGHUP { loop.spawn { await self.reload() } } else { loop.stop() }
      }
    }
    defer { signals.cancel() }
    try loop.run { [self] () async throws(Exit) in try await begin() }
    loop.runUntilStopped()
    service?.stop()
    accounts?.end()
    return 0
  }

  private func begin() async throws(Exit) {
    local = try await tool.told { () async throws(NameError) in
      try await LocalAddresses.inherited(loop)
    }
    if case .multiplex(let file, _) = options.destination {
      accounts = UpstreamAccounts(
        in: HostFileStore(at: file), every: options.interval, on: loop
      ) { [tool] in tool.complain("\($0)") }
    }
    let (group, terms) = try await rules()
    let service = RelayService(to: group, terms, on: RelayEngine(on: loop)) {
      [reporter] event in reporter.tell(event)
    }
    self.service = service
    accounts?.credit = { [unowned service] in service.creditTargets() }
    service.onChoice = { [unowned self] in compareHosts() }
    for listener in try await local.listeners(at: options.place, tool, loop) {
      try tool.told { () throws(SystemError) in try service.listen(at: listener) }
    }
  }

  /// Looks at what all have moved, and for hosts that have come or gone.
  private func compareHosts() {
    guard let service, let hosts = accounts?.bringUpToDate()?.entries.map(\.host),
      hosts != service.group.upstreams.map(\.account), !isReloading,
      loop.now >= nextLookup ?? .origin
    else { return }
    // This connection still goes to those that are known.
    loop.spawn { await self.reload() }
  }

  /// Looks all up anew. One at a time: of several the last answer would win, whichever it is.
  private func reload() async {
    isReloadWanted = true
    guard !isReloading else { return }
    isReloading = true
    while isReloadWanted {
      isReloadWanted = false
      // What cannot be looked up now stays as it was, and the complaint says which that is.
      if let service, let (group, terms) = try? await rules() {
        service.reload(to: group, terms)
        nextLookup = nil
      } else {
        nextLookup = loop.now + Self.lookupPause
      }
    }
    isReloading = false
  }

  // MARK: Rules

  private func rules() async throws(Exit) -> (UpstreamGroup, RelayServiceOptions) {
    let group: UpstreamGroup
    switch options.destination {
    case .host(let host, let port):
      group = UpstreamGroup([try await upstream(host, port)], .firstUp)
    case .multiplex(let file, let port): group = try await self.group(of: file, port)
    }
    return (group, try await terms())
  }

  private func group(of path: String, _ port: UInt16) async throws(Exit) -> UpstreamGroup {
    let file = try tool.told { () throws(HostFileFailure) in try HostFileStore(at: path).read() }
    var upstreams: [Upstream] = []
    for entry in file.entries { upstreams.append(try await upstream(entry.host, port)) }
    guard !upstreams.isEmpty else { throw tool.fail("\(path): it has no host") }
    let group = UpstreamGroup(upstreams, .leastBytes)
    accounts?.follow(group)
    return group
  }

  private func upstream(_ host: String, _ port: UInt16) async throws(Exit) -> Upstream {
    let targets = try await tool.told { () async throws(NameError) in
      try await local.targets(host, port, loop)
    }
    // One source for all: addresses of the other kind are left out where there is a source.
    let source = local.source(for: targets[0])
    let addresses = source == nil ? targets : targets.filter { $0.domain == targets[0].domain }
    let name = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    return Upstream(name, addresses, from: source, account: host)
  }

  private func terms() async throws(Exit) -> RelayServiceOptions {
    var terms = RelayServiceOptions()
    if !options.allowed.isEmpty { terms.allowed = try await allowedAddresses() }
    if let path = options.insertion { terms.insertion = try tool.insertion(path) }
    terms.bytesPerSecond = options.rate
    terms.streams.keepAlive = StreamOptions.KeepAlive()
    terms.pump.mode = options.mode
    let end: StreamRelay.EndPolicy = options.isLazy ? .ignore : .close
    terms.pump.policy.nearEnd = end
    terms.pump.policy.farEnd = end
    return terms
  }

  private func allowedAddresses() async throws(Exit) -> AddressList {
    var prefixes: [IPPrefix] = []
    for host in options.allowed {
      if let prefix = IPPrefix(host) {
        prefixes.append(prefix)
        continue
      }
      let addresses = try await tool.told { () async throws(NameError) in
        try await loop.resolve(host, port: 0)
      }
      prefixes += addresses.map { IPPrefix(host: $0.address) }
    }
    return AddressList(prefixes)
  }
}
