internal import HostFiles
internal import EventLoop
internal import Relay

/// Counts what the connections of a service move for the hosts of a file, those that still run included.
final class ConnectionLedger {
  private let accounts: HostAccounts
  private let tool: TCPTool
  /// What of a running connection is counted already.
  private var counted: [ObjectIdentifier: UInt64] = [:]
  /// The hosts of the targets of all groups that connections may still belong to.
  private var hosts: [ObjectIdentifier: String] = [:]
  private var groups: [UpstreamGroup] = []

  /// Whose connections they are.
  weak var service: RelayService?

  init(_ path: String, every interval: Duration, _ tool: TCPTool, _ loop: EventLoop) {
    self.tool = tool
    accounts = HostAccounts(in: HostFileStore(at: path), every: interval, on: loop) {
      tool.complain("\($0)")
    }
    accounts.collect = { [unowned self] in collect() }
  }

  /// Remembers which host each target of a group is. Connections of earlier groups may still run, so those
  /// are kept.
  func keep(_ group: UpstreamGroup, _ names: [String]) {
    groups.append(group)
    for (upstream, host) in zip(group.upstreams, names) {
      hosts[ObjectIdentifier(upstream)] = host
    }
  }

  /// Says what each target of a group has moved, with what other processes counted.
  ///
  /// - Returns: whether the file still has these hosts.
  func bringUpToDate(_ group: UpstreamGroup) -> Bool {
    // A file that cannot be read now decides nothing: the counts stay as they were.
    guard let file = try? accounts.current() else { return true }
    let names = group.upstreams.map { hosts[ObjectIdentifier($0)] }
    for (upstream, host) in zip(group.upstreams, names) {
      upstream.byteCount = host.flatMap { file.byteCount(of: $0) } ?? 0
    }
    return file.entries.map(\.host) == names
  }

  /// Counts the rest of a connection that is over.
  func ended(_ session: RelaySession, _ report: PumpReport) {
    count(session, report.statistics)
    counted[ObjectIdentifier(session)] = nil
  }

  /// Writes for the last time.
  func end() {
    accounts.end()
  }

  private func collect() {
    for session in service?.activeSessions ?? [] { count(session, session.statistics) }
  }

  private func count(_ session: RelaySession, _ statistics: PumpStatistics) {
    guard let upstream = session.upstream, let host = hosts[ObjectIdentifier(upstream)] else {
      return
    }
    let moved = statistics.nearByteCount &+ statistics.farByteCount
    accounts.add(moved &- counted[ObjectIdentifier(session), default: 0], to: host)
    counted[ObjectIdentifier(session)] = moved
  }
}
