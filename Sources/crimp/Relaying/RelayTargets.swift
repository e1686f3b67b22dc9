import EventLoop
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
        throw CommandFailure(.usage, "target \(word): \(RelayPlace.targetForms)")
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
  ///   - previous: the targets until now. Those that are the same go on, with their
  ///     connections, their health and their counts.
  func resolved(
    on loop: EventLoop, through route: ProxyRoute? = nil, after previous: UpstreamGroup? = nil
  ) async throws(CommandFailure) -> UpstreamGroup {
    var upstreams: [Upstream] = []
    for (name, place) in named {
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
      upstreams.append(known ?? Upstream(name, addresses, destination: place.destination))
    }
    return UpstreamGroup(upstreams, policy)
  }
}

extension RelayPlace {
  /// What the target is called by a proxy on the way, and by TLS; nil for a path.
  fileprivate var destination: ProxyAddress? {
    switch self {
    case .port(let port): ProxyAddress(host: "localhost", port: port)
    case .host(let host, let port): ProxyAddress(host: host, port: port)
    case .unix, .activated: nil
    }
  }
}
