public import LinkLayer
internal import Machines
internal import Synchronization

/// The targets of a relay, and how one is chosen for a connection: by all workers of it together.
public final class UpstreamGroup: Sendable {
  /// How a target is chosen among those that are up.
  public enum Policy: Hashable, Sendable, CaseIterable {
    /// Each in its turn.
    case roundRobin
    /// The one with the fewest connections now; each in its turn when several have as few.
    case leastConnections
    /// The one that has moved the fewest bytes.
    case leastBytes
    /// By the client's address: it comes to the same target as long as that is up, and when one goes down
    /// only its own clients move (rendezvous hashing, RFC 2991's highest random weight).
    case sourceHash
    /// The first of the list that is up.
    case firstUp
  }

  /// The targets, in the order in which they were given.
  public let upstreams: [Upstream]
  /// How one is chosen.
  public let policy: Policy
  private let turn = Atomic<UInt>(0)

  /// A group of targets; none for a relay whose clients name theirs.
  public init(_ upstreams: [Upstream], _ policy: Policy = .roundRobin) {
    self.upstreams = upstreams
    self.policy = policy
  }

  /// Chooses a target for a connection.
  ///
  /// - Parameters:
  ///   - source: who connects.
  ///   - tried: targets that were tried for this connection, which are not chosen again.
  /// - Returns: nil when all were tried or disabled. When none of the others is up, one that is down is
  ///   tried all the same: better a late answer than a certain refusal.
  public func choose(for source: IPAddress?, notOf tried: [Upstream] = []) -> Upstream? {
    let left = upstreams.filter { upstream in
      upstream.isEnabled && !tried.contains { $0 === upstream }
    }
    let up = left.filter(\.health.isUp)
    return pick(up.isEmpty ? left : up, source)
  }

  private func pick(_ candidates: [Upstream], _ source: IPAddress?) -> Upstream? {
    guard candidates.count > 1 else { return candidates.first }
    switch policy {
    case .firstUp: return candidates.first
    case .roundRobin: return nextInTurn(candidates)
    case .leastConnections:
      // Read once: other workers change them meanwhile.
      let counts = candidates.map(\.activeCount)
      let least = counts.min()
      return nextInTurn(zip(candidates, counts).filter { $0.1 == least }.map(\.0))
    case .leastBytes: return candidates.min { $0.byteCount < $1.byteCount }
    case .sourceHash:
      return candidates.max { Self.weight($0, source) < Self.weight($1, source) }
    }
  }

  private func nextInTurn(_ candidates: [Upstream]) -> Upstream? {
    let turn = turn.wrappingAdd(1, ordering: .relaxed).oldValue
    return candidates[Int(turn % UInt(candidates.count))]
  }

  /// FNV-1a over the address and the target's name, mixed: the same in every process.
  private static func weight(_ upstream: Upstream, _ source: IPAddress?) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in (source?.unmapped.bytes ?? []) + Array(upstream.name.utf8) {
      hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }
    hash = (hash ^ hash >> 30) &* 0xbf58_476d_1ce4_e5b9
    hash = (hash ^ hash >> 27) &* 0x94d0_49bb_1331_11eb
    return hash ^ hash >> 31
  }
}
