import EventLoop
import Glibc
import LinkLayer
import MonotonicTime
import Relay
import Sockets

/// A relay of datagrams, from its start to its end: reloads give it new terms and targets meanwhile.
final class DatagramRelayRun: ControlledRelay {
  let loop: EventLoop
  private let run: ConnectionRelay
  private(set) var command: RelayCommand
  private var reporter: RelayReporter { RelayReporter(command) }
  private(set) var group: UpstreamGroup?
  private(set) var isEnding = false
  private var relays: [DatagramRelay] = []
  private var control: ControlSocket?

  init(_ run: ConnectionRelay) {
    self.run = run
    loop = run.loop
    command = run.command
  }

  func perform() throws(CommandFailure) -> ExitStatus {
    let group = try loop.run { [run] () async throws(CommandFailure) in
      try await run.targets.resolved(on: run.loop)
    }
    self.group = group
    try open(to: group)
    let signals = try worded { () throws(SystemError) in
      try loop.onSignal([SIGTERM, SIGINT, SIGHUP]) { [unowned self] signal in
        if signal == SIGHUP { reloadUponSignal() } else { loop.stop() }
      }
    }
    defer { signals.cancel() }
    try openControl()
    let addresses = relays.compactMap { try? $0.address.description }
    reporter.began(addresses, group.upstreams)
    loop.runUntilStopped()
    control?.close()
    for relay in relays { relay.stop() }
    return .success
  }

  private func open(to group: UpstreamGroup) throws(CommandFailure) {
    let options = try options(of: command)
    for address in try run.listeningAddresses() {
      guard let internet = address.internetAddress else { throw unfit }
      do throws(SystemError) {
        let relay = try DatagramRelay(at: internet, to: group, options, on: loop)
        relay.onExhaustion = { [unowned self] in reporter.clientsMakeRoom() }
        relays.append(relay)
      } catch {
        if case .port = run.place, error.errno == EAFNOSUPPORT, !relays.isEmpty { continue }
        throw ConnectionRelay.failure(error, at: address, usesDatagrams: true)
      }
    }
    guard !relays.isEmpty else { throw unfit }
  }

  private var unfit: CommandFailure {
    CommandFailure(.usage, "listen \(command.listen): --udp expected PORT or ADDRESS:PORT")
  }

  private func openControl() throws(CommandFailure) {
    guard let path = command.controlling.control else { return }
    do throws(SystemError) {
      control = try ControlSocket(at: path, on: loop) { [unowned self] in await self.answer($0) }
    } catch {
      throw ListeningPlaces.failure(error, ofControl: path)
    }
  }

  private func options(of command: RelayCommand) throws(CommandFailure) -> DatagramRelayOptions {
    var options = DatagramRelayOptions()
    options.allowed = try command.networks("--allow", command.allow)
    options.denied = try command.networks("--deny", command.deny) ?? AddressList([])
    options.sendsProxyHeader = command.proxyProtocol.contains(.output)
    if let seconds = command.idleTimeout { options.idleTimeout = Duration(seconds: seconds) }
    if let count = command.maxConnections { options.sessionLimit = count }
    if let count = command.maxPerSource { options.sessionLimitPerSource = count }
    options.source = command.source.map { InternetAddress($0, port: 0) }
    return options
  }

  // MARK: Controlled

  func snapshots(withSessions: Bool) async -> [RelayServiceSnapshot] {
    relays.map { RelayServiceSnapshot($0, withSessions: withSessions) }
  }

  func reload() async throws(CommandFailure) {
    let command = try run.command.expanded(run.arguments)
    if let difference = command.lastingDifference(from: self.command) {
      throw CommandFailure(.usage, "\(difference): a new process takes that")
    }
    let options = try options(of: command)
    let group = try await command.relayTargets().resolved(on: loop, after: group)
    for relay in relays { relay.reload(to: group, options) }
    self.command = command
    self.group = group
    reporter.reloaded(group.upstreams)
  }

  func drain(for seconds: Double) {
    isEnding = true
    var left = relays.count
    for relay in relays {
      relay.drain { [loop] in
        left -= 1
        if left == 0 { loop.stop() }
      }
    }
    loop.schedule(after: Duration(seconds: seconds)) { [loop] in loop.stop() }
  }

  func handOver() -> ControlAnswer {
    ControlAnswer(
      failure: "a relay of datagrams is not handed over: its clients' ports are its own")
  }

  func leaveToNext() {}
}
