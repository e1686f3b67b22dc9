import EventLoop
import Relay
import Sockets

/// The targets of a relay, as people wrote them.
struct RelayTargets: Sendable {
  let named: [(name: String, place: RelayPlace)]
  let policy: UpstreamGroup.Policy

  /// Reads the targets of a command line.
  init(_ words: [String], _ policy: UpstreamGroup.Policy) throws(CommandFailure) {
    var named: [(name: String, place: RelayPlace)] = []
    for word in words {
      guard let place = RelayPlace(word), place != .activated else {
        throw CommandFailure(.usage, "target \(word): \(RelayPlace.targetForms)")
      }
      named.append((word, place))
    }
    guard !named.isEmpty else {
      throw CommandFailure(.usage, "target: \(RelayPlace.targetForms)")
    }
    self.named = named
    self.policy = policy
  }

  /// Looks their names up.
  ///
  /// - Parameter previous: the targets until now. Those that are the same go on, with their connections,
  ///   their health and their counts.
  func resolved(
    on loop: EventLoop, after previous: UpstreamGroup? = nil
  ) async throws(CommandFailure) -> UpstreamGroup {
    var upstreams: [Upstream] = []
    for (name, place) in named {
      let addresses: [SocketAddress]
      do throws(NameError) {
        addresses = try await loop.targetAddresses(of: place)
      } catch {
        throw CommandFailure(.unavailable, "target \(error)")
      }
      let known = previous?.upstreams.first { known in
        known.name == name && known.addresses == addresses
          && !upstreams.contains { $0 === known }
      }
      upstreams.append(known ?? Upstream(name, addresses))
    }
    return UpstreamGroup(upstreams, policy)
  }
}
