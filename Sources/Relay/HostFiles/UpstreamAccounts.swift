public import EventLoop
public import HostFiles

/// Counts what the targets of a relay move for the hosts of a host file, and tells the targets what others have
/// moved for these hosts.
public final class UpstreamAccounts {
  /// Is called before counts are written or compared: services count for their targets what goes on
  /// (``RelayService/creditTargets()``).
  public var credit: () -> Void = {}

  private let accounts: HostAccounts
  private var group: UpstreamGroup?
  /// What of each target's bytes is in the accounts. Connections to targets of earlier groups may still run.
  private var entries: [Entry] = []

  private struct Entry {
    let upstream: Upstream
    var counted: UInt64
  }

  /// Accounts in a file, written at every interval until `end`.
  ///
  /// - Parameter onFailure: is told why the file could not be written. What was counted is kept for the next
  ///   time.
  public init(
    in store: HostFileStore, every interval: Duration, on loop: EventLoop,
    _ onFailure: @escaping (HostFileFailure) -> Void
  ) {
    accounts = HostAccounts(in: store, every: interval, on: loop, onFailure)
    accounts.collect = { [unowned self] in collect() }
  }

  /// Keeps the accounts of a group's targets from now on, each under its `account`; those of the group before
  /// until their last connection has ended.
  public func follow(_ group: UpstreamGroup) {
    self.group = group
    for upstream in group.upstreams where !entries.contains(where: { $0.upstream === upstream }) {
      entries.append(Entry(upstream: upstream, counted: upstream.movedByteCount))
    }
  }

  /// Tells each target how many bytes its host has moved: here, and as other processes wrote.
  ///
  /// - Returns: the file, with what is not yet written; nil when it cannot be read, and the counts stay.
  @discardableResult
  public func bringUpToDate() -> HostFile? {
    guard let file = try? accounts.current() else { return nil }
    for upstream in group?.upstreams ?? [] {
      upstream.byteCount = file.byteCount(of: upstream.account) ?? 0
    }
    return file
  }

  /// Writes for the last time.
  public func end() {
    accounts.end()
  }

  private func collect() {
    credit()
    for index in entries.indices {
      let moved = entries[index].upstream.movedByteCount
      accounts.add(moved &- entries[index].counted, to: entries[index].upstream.account)
      entries[index].counted = moved
    }
    entries.removeAll { entry in
      entry.upstream.activeCount == 0 && entry.upstream.movedByteCount == entry.counted
        && group?.upstreams.contains(where: { $0 === entry.upstream }) != true
    }
  }
}
