import EventLoop
import Glibc
import HostFiles
import Proxies
import Relay
import Sockets

/// The targets of a relay, as people wrote them.
struct RelayTargets: Sendable {
  let named: [(name: String, place: RelayPlace)]
  let policy: UpstreamGroup.Policy

  /// Reads the targets of a command line.
  ///
  /// - Parameter mayBeNone: clients name theirs.
  init(
    _ words: [String], _ policy: UpstreamGroup.Policy, mayBeNone: Bool = false
  ) throws(CommandFailure) {
    var named: [(name: String, place: RelayPlace)] = []
    for word in words {
      guard let place = RelayPlace(word), place != .activated else {
        let expected = RelayPlace.expected(inPlaceOf: word, RelayPlace.targetForms)
        throw CommandFailure(.usage, "target \(word): \(expected)")
      }
      named.append((word, place))
    }
    guard mayBeNone || !named.isEmpty else {
      throw CommandFailure(.usage, "target: \(RelayPlace.targetForms)")
    }
    self.named = named
    self.policy = policy
  }

  /// Looks their names up.
  ///
  /// - Parameters:
  ///   - route: the proxy that does so instead, and is where they are reached.
  ///   - hosts: the host file in which the host `.` is each one.
  ///   - previous: the targets until now. Those that are the same go on, with their
  ///     connections, their health and their counts.
  func resolved(
    on loop: EventLoop, through route: ProxyRoute? = nil, hosts: HostFileStore? = nil,
    after previous: UpstreamGroup? = nil
  ) async throws(CommandFailure) -> UpstreamGroup {
    var upstreams: [Upstream] = []
    for (name, place) in try expanded(hosts) {
      let addresses: [SocketAddress]
      do throws(NameError) {
        if let route {
          addresses = route.addresses
        } else {
          addresses = try await loop.targetAddresses(of: place)
        }
      } catch {
        throw CommandFailure(.unavailable, "target \(error)")
      }
      let known = previous?.upstreams.first { known in
        known.name == name && known.addresses == addresses
          && !upstreams.contains { $0 === known }
      }
      upstreams.append(
        known
          ?? Upstream(
            name, addresses, destination: place.destination, account: place.destinationHost))
    }
    return UpstreamGroup(upstreams, policy)
  }

  /// The targets, with the hosts of the file in the place of `.`.
  private func expanded(
    _ store: HostFileStore?
  ) throws(CommandFailure) -> [(name: String, place: RelayPlace)] {
    guard let store else { return named }
    let file: HostFile
    do throws(HostFileFailure) {
      file = try store.read()
    } catch {
      throw CommandFailure(error.status, "--host-file \(error)")
    }
    var result: [(name: String, place: RelayPlace)] = []
    for (name, place) in named {
      guard case .host(".", let port) = place else {
        result.append((name, place))
        continue
      }
      for host in file.entries.map(\.host) {
        let name = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        result.append((name, .host(host, port)))
      }
    }
    guard !result.isEmpty else {
      throw CommandFailure(.noInput, "--host-file \(store.path): it has no host")
    }
    return result
  }
}

extension HostFileFailure {
  /// With which status a command ends for it.
  fileprivate var status: ExitStatus {
    switch cause {
    case .malformed: .usage
    case .system(let error) where error.errno == EACCES: .noPermission
    case .system: .noInput
    }
  }
}

extension RelayPlace {
  /// What a host file calls the target; nil for a path.
  fileprivate var destinationHost: String? {
    switch self {
    case .port: "localhost"
    case .host(let host, _): host
    case .unix, .activated: nil
    }
  }

  /// What the target is called by a proxy on the way, and by TLS; nil for a path.
  fileprivate var destination: ProxyAddress? {
    switch self {
    case .port(let port): ProxyAddress(host: "localhost", port: port)
    case .host(let host, let port): ProxyAddress(host: host, port: port)
    case .unix, .activated: nil
    }
  }
}
