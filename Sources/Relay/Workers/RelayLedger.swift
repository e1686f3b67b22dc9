internal import EventLoop
internal import LinkLayer
internal import Sockets
internal import Synchronization

/// What the services of several loops count together, so that a limit is one limit: places, and how many
/// of them one source has. It also knows which of them has least to do.
///
/// Without a second service nothing here is waited for: each count is one atomic addition.
public final class RelayLedger: Sendable {
  /// One service, as the others see it.
  final class Party: Sendable {
    /// How many connections it has.
    let active = Atomic<Int>(0)
    /// Whether clients of it wait for a place.
    let isWaiting = Atomic<Bool>(false)
    /// Tells it, on its own loop, that places were freed.
    let wake: @Sendable () -> Void
    /// Gives it a connection, on its own loop.
    let give: @Sendable (AcceptedConnection) -> Void

    init(
      wake: @escaping @Sendable () -> Void, give: @escaping @Sendable (AcceptedConnection) -> Void
    ) {
      self.wake = wake
      self.give = give
    }
  }

  private let places = Atomic<Int>(0)
  private let sources = Mutex<[IPAddress: Int]>([:])
  private let parties = Mutex<[Party]>([])
  private let partyCount = Atomic<Int>(0)

  /// A service that has so many connections more than the least busy one gives the next to that one.
  static let unevenness = 4

  /// A ledger without a service.
  public init() {}

  /// How many places are taken.
  public var placeCount: Int { places.load(ordering: .relaxed) }

  // MARK: Services

  func join(_ party: Party) {
    parties.withLock { $0.append(party) }
    partyCount.add(1, ordering: .relaxed)
  }

  func leave(_ party: Party) {
    let isGone = parties.withLock { parties in
      let before = parties.count
      parties.removeAll { $0 === party }
      return parties.count < before
    }
    if isGone { partyCount.subtract(1, ordering: .relaxed) }
  }

  /// The least busy service, when `party` has clearly more to do than it has; nil otherwise. A connection
  /// is counted there at once: a storm would all go to the same one otherwise, and a service that leaves
  /// would not know that one is on its way.
  ///
  /// Whom the kernel gives a connection, a hash of addresses and ports decides (`SO_REUSEPORT`), or chance:
  /// a few lasting connections can all meet in one queue.
  func lessBusy(than party: Party) -> Party? {
    let own = party.active.load(ordering: .relaxed)
    guard own >= Self.unevenness, partyCount.load(ordering: .relaxed) > 1 else { return nil }
    return parties.withLock { parties in
      let counts = parties.map { $0.active.load(ordering: .relaxed) }
      guard let least = counts.min(), own - least >= Self.unevenness,
        let index = counts.firstIndex(of: least)
      else { return nil }
      parties[index].active.add(1, ordering: .relaxed)
      return parties[index]
    }
  }

  // MARK: Places

  /// Whether all places are taken.
  func isFull(_ limit: Int?) -> Bool {
    limit.map { places.load(ordering: .sequentiallyConsistent) >= $0 } ?? false
  }

  /// Takes a place, if there is one.
  func takePlace(of limit: Int?) -> Bool {
    guard let limit else {
      places.add(1, ordering: .relaxed)
      return true
    }
    var current = places.load(ordering: .sequentiallyConsistent)
    while current < limit {
      let outcome = places.weakCompareExchange(
        expected: current, desired: current + 1, ordering: .sequentiallyConsistent)
      if outcome.exchanged { return true }
      current = outcome.original
    }
    return false
  }

  /// Gives a place back, and wakes up the other services whose clients wait for one.
  func leavePlace(_ party: Party) {
    places.subtract(1, ordering: .sequentiallyConsistent)
    guard partyCount.load(ordering: .relaxed) > 1 else { return }
    for other in parties.withLock({ $0 })
    where other !== party && other.isWaiting.load(ordering: .sequentiallyConsistent) {
      other.wake()
    }
  }

  // MARK: Sources

  /// Counts a connection of a source, unless it has as many as it may have.
  func enter(_ source: IPAddress, limit: Int?) -> Bool {
    sources.withLock { sources in
      let count = sources[source, default: 0]
      guard limit.map({ count < $0 }) ?? true else { return false }
      sources[source] = count + 1
      return true
    }
  }

  /// A connection that `enter` counted is over.
  func leave(_ source: IPAddress) {
    sources.withLock { sources in
      guard let count = sources[source] else { return }
      sources[source] = count > 1 ? count - 1 : nil
    }
  }
}

/// A connection on its way from one service to another, which owns the number.
struct AcceptedConnection: Sendable {
  let descriptor: Int32
  let domain: SocketDomain
  let peer: SocketAddress
}
