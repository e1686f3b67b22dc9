import EventLoop
import Glibc
import LinkLayer
import Machines
import MonotonicTime
import Relay
import Sockets

/// One run of `crimp relay`.
struct ConnectionRelay {
  let command: RelayCommand
  let place: RelayPlace
  let targets: [(name: String, place: RelayPlace)]
  let loop: EventLoop

  private var reporter: RelayReporter {
    RelayReporter(isJSON: command.json, isQuiet: command.quiet, isVerbose: command.verbose)
  }

  func perform() throws(CommandFailure) -> ExitStatus {
    command.udp ? try relayDatagrams() : try relayStreams()
  }

  // MARK: Streams

  private func relayStreams() throws(CommandFailure) -> ExitStatus {
    let options = try serviceOptions()
    let group = try resolvedGroup()
    let engine = RelayEngine(on: loop)
    let service = RelayService(to: group, options, on: engine) { [reporter] in reporter.tell($0) }
    let listeners = try openListeners()
    var addresses: [String] = []
    for listener in listeners {
      addresses.append(listener.address.description)
      try worded { () throws(SystemError) in try service.listen(at: listener) }
    }
    reporter.began(addresses, group.upstreams)
    let checks = Checks(self, group)
    let signals = try worded { () throws(SystemError) in
      try loop.onSignal([SIGTERM, SIGINT, SIGHUP]) { signal in
        switch signal {
        case SIGHUP: reload(service, checks)
        case SIGTERM where !service.isDraining: end(service)
        default:
          service.stop()
          loop.stop()
        }
      }
    }
    defer { signals.cancel() }
    loop.runUntilStopped()
    checks.stop()
    return .success
  }

  private func end(_ service: RelayService) {
    loop.spawn {
      await service.drain(until: loop.readClock() + Duration(seconds: command.drain))
      loop.stop()
    }
  }

  /// Looks the targets up again; those that are not found stay as they were.
  private func reload(_ service: RelayService, _ checks: Checks) {
    loop.spawn {
      do throws(CommandFailure) {
        let group = try await group()
        service.reload(to: group, service.options)
        checks.begin(self, group)
      } catch {
        StandardStream.error.writeLine("crimp: \(error.message): the targets stay as they were")
      }
    }
  }

  private func resolvedGroup() throws(CommandFailure) -> UpstreamGroup {
    try loop.run { () async throws(CommandFailure) in try await group() }
  }

  private func group() async throws(CommandFailure) -> UpstreamGroup {
    var upstreams: [Upstream] = []
    for (name, place) in targets {
      do throws(NameError) {
        upstreams.append(Upstream(name, try await loop.targetAddresses(of: place)))
      } catch {
        throw CommandFailure(.unavailable, "target \(error)")
      }
    }
    return UpstreamGroup(upstreams, command.policy.policy)
  }

  private func openListeners() throws(CommandFailure) -> [StreamListener] {
    if place == .activated {
      let activated = try worded { () throws(SystemError) in
        try SocketActivation.takeListeners()
      }
      guard !activated.isEmpty else {
        throw CommandFailure(.unavailable, "listen activated: LISTEN_FDS hands over no socket")
      }
      return activated.map(\.listener)
    }
    var listeners: [StreamListener] = []
    for address in try listeningAddresses() {
      do throws(SystemError) {
        listeners.append(try StreamListener(at: address, listenerOptions))
      } catch {
        // A host without IPv6 listens at a bare port all the same.
        if case .port = place, error.errno == EAFNOSUPPORT, !listeners.isEmpty { continue }
        throw Self.failure(error, at: address)
      }
    }
    return listeners
  }

  private var listenerOptions: ListenerOptions {
    var options = ListenerOptions()
    options.streams.keepAlive = StreamOptions.KeepAlive()
    return options
  }

  private func listeningAddresses() throws(CommandFailure) -> [SocketAddress] {
    do throws(NameError) {
      return try loop.run { () async throws(NameError) in
        try await loop.listeningAddresses(of: place)
      }
    } catch {
      throw CommandFailure(.unavailable, "listen \(error)")
    }
  }

  private static func failure(_ error: SystemError, at address: SocketAddress) -> CommandFailure {
    switch error.errno {
    case EADDRINUSE:
      CommandFailure(.unavailable, "\(address) is in use: `ss -lptn` tells by whom")
    case EADDRNOTAVAIL:
      CommandFailure(.unavailable, "\(address): no interface of this host has this address")
    case EACCES, EPERM:
      CommandFailure(
        .noPermission,
        "\(address): permission missing: a port below 1024 needs CAP_NET_BIND_SERVICE, a path a directory that may be written"
      )
    default: CommandFailure(.systemError, "\(address): \(error)")
    }
  }

  private func serviceOptions() throws(CommandFailure) -> RelayServiceOptions {
    var options = RelayServiceOptions()
    options.allowed = try command.networks("--allow", command.allow)
    options.denied = try command.networks("--deny", command.deny) ?? AddressList([])
    options.connectionLimit = command.maxConnections
    options.connectionLimitPerSource = command.maxPerSource
    options.connectDelay = command.connectDelay.map { Duration(seconds: $0) }
    options.connectTimeout = Duration(seconds: command.connectTimeout)
    options.source = command.source.map { .internet(InternetAddress($0, port: 0)) }
    options.streams.keepAlive = StreamOptions.KeepAlive()
    if command.proxyProtocol.contains(.input) {
      options.proxyProtocolInput = RelayServiceOptions.ProxyProtocolInput(
        trusted: try command.networks("--trust", command.trust))
    }
    if command.proxyProtocol.contains(.output) { options.proxyProtocolOutput = .v2 }
    if command.proxyProtocol.contains(.outputV1) { options.proxyProtocolOutput = .v1 }
    options.bytesPerSecond = command.limitRate?.bytesPerSecond
    if let rate = command.sharedRate?.bytesPerSecond {
      options.pump.nearLimit = RateLimit(bytesPerSecond: rate, on: loop)
      options.pump.farLimit = RateLimit(bytesPerSecond: rate, on: loop)
    }
    options.pump.mode = command.copy ? .copy : .adaptive
    options.pump.policy.idleTimeout = command.idleTimeout.map { Duration(seconds: $0) }
    return options
  }

  // MARK: Datagrams

  private func relayDatagrams() throws(CommandFailure) -> ExitStatus {
    let group = try resolvedGroup()
    var options = DatagramRelayOptions()
    options.allowed = try command.networks("--allow", command.allow)
    options.sendsProxyHeader = command.proxyProtocol.contains(.output)
    if let seconds = command.idleTimeout { options.idleTimeout = Duration(seconds: seconds) }
    if let count = command.maxConnections { options.sessionLimit = count }
    if let count = command.maxPerSource { options.sessionLimitPerSource = count }
    options.source = command.source.map { InternetAddress($0, port: 0) }
    var relays: [DatagramRelay] = []
    var addresses: [String] = []
    for address in try listeningAddresses() {
      guard let internet = address.internetAddress else {
        throw CommandFailure(.usage, "listen \(listenText): --udp expected PORT or ADDRESS:PORT")
      }
      do throws(SystemError) {
        let relay = try DatagramRelay(at: internet, to: group, options, on: loop)
        addresses.append(try relay.address.description)
        relays.append(relay)
      } catch {
        if case .port = place, error.errno == EAFNOSUPPORT, !relays.isEmpty { continue }
        throw Self.failure(error, at: address)
      }
    }
    guard !relays.isEmpty else {
      throw CommandFailure(.usage, "listen \(listenText): --udp expected PORT or ADDRESS:PORT")
    }
    reporter.began(addresses, group.upstreams)
    let signals = try worded { () throws(SystemError) in
      try loop.onSignal([SIGTERM, SIGINT]) { _ in loop.stop() }
    }
    defer { signals.cancel() }
    loop.runUntilStopped()
    for relay in relays { relay.stop() }
    return .success
  }

  private var listenText: String { command.listen }

  /// The checks of the targets that there are now.
  private final class Checks {
    private var running: HealthChecks?

    init(_ run: ConnectionRelay, _ group: UpstreamGroup) {
      begin(run, group)
    }

    func begin(_ run: ConnectionRelay, _ group: UpstreamGroup) {
      running?.stop()
      running = run.command.check.map { interval in
        var options = HealthChecks.Options()
        options.interval = Duration(seconds: interval)
        let reporter = run.reporter
        return HealthChecks(group, options, on: run.loop) { reporter.changed($0) }
      }
    }

    func stop() {
      running?.stop()
      running = nil
    }
  }
}
