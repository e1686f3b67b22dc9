import EventLoop
import Glibc
import LinkLayer
import MonotonicTime
import Relay
import Sockets

extension ConnectionRelay {
  /// Relays datagrams until a signal ends it.
  func relayDatagrams() throws(CommandFailure) -> ExitStatus {
    let group = try loop.run { [targets, loop] () async throws(CommandFailure) in
      try await targets.resolved(on: loop)
    }
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
        throw CommandFailure(
          .usage, "listen \(command.listen): --udp expected PORT or ADDRESS:PORT")
      }
      do throws(SystemError) {
        let relay = try DatagramRelay(at: internet, to: group, options, on: loop)
        addresses.append(try relay.address.description)
        relays.append(relay)
      } catch {
        if case .port = place, error.errno == EAFNOSUPPORT, !relays.isEmpty { continue }
        throw Self.failure(error, at: address, usesDatagrams: true)
      }
    }
    guard !relays.isEmpty else {
      throw CommandFailure(.usage, "listen \(command.listen): --udp expected PORT or ADDRESS:PORT")
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
}
