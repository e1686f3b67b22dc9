internal import LinkLayer
internal import MonotonicTime

/// The clients of a relay by the address that they come from, to know who is to make room for others: of the
/// address that has the most clients the one that was silent longest. So whoever sends from many ports displaces
/// himself, and not those who have one.
///
/// Adding and removing take constant time, finding one to evict as long as an address has clients.
struct DatagramSources {
  private final class Source {
    var sessions: [DatagramSession] = []
    /// Where it stands among those that have as many.
    var index = 0
  }

  private var sources: [IPAddress: Source] = [:]
  /// The addresses by how many clients they have, less one.
  private var byCount: [[Source]] = []

  /// How many clients an address has.
  func count(of address: IPAddress) -> Int { sources[address]?.sessions.count ?? 0 }

  /// The client that is to make room; nil when no address has more than one.
  var mostExpendable: DatagramSession? {
    guard byCount.count > 1, let source = byCount.last?.first else { return nil }
    return source.sessions.min { $0.lastUsed < $1.lastUsed }
  }

  /// Counts a client.
  mutating func add(_ session: DatagramSession) {
    let source = sources[session.source] ?? Source()
    sources[session.source] = source
    leave(source)
    session.sourceIndex = source.sessions.count
    source.sessions.append(session)
    enter(source)
  }

  /// Counts a client no more.
  mutating func remove(_ session: DatagramSession) {
    guard let source = sources[session.source], session.sourceIndex < source.sessions.count,
      source.sessions[session.sourceIndex] === session
    else { return }
    leave(source)
    source.sessions.swapAt(session.sourceIndex, source.sessions.count - 1)
    source.sessions[session.sourceIndex].sourceIndex = session.sourceIndex
    source.sessions.removeLast()
    if source.sessions.isEmpty { sources[session.source] = nil } else { enter(source) }
    while byCount.last?.isEmpty == true { byCount.removeLast() }
  }

  private mutating func enter(_ source: Source) {
    let place = source.sessions.count - 1
    while byCount.count <= place { byCount.append([]) }
    source.index = byCount[place].count
    byCount[place].append(source)
  }

  private mutating func leave(_ source: Source) {
    guard !source.sessions.isEmpty else { return }
    let place = source.sessions.count - 1
    let last = byCount[place].count - 1
    byCount[place].swapAt(source.index, last)
    byCount[place][source.index].index = source.index
    byCount[place].removeLast()
  }
}
