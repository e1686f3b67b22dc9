import EventLoop
import Glibc
import Relay
import Sockets

/// A relay that runs, as its control socket and its signals know it.
protocol ControlledRelay: AnyObject {
  var loop: EventLoop { get }
  var command: RelayCommand { get }
  /// The targets; nil before they are known.
  var group: UpstreamGroup? { get }
  /// Whether it takes no new connections.
  var isEnding: Bool { get }

  /// What each of its parts says of itself.
  func snapshots(withSessions: Bool) async -> [RelayServiceSnapshot]
  /// Takes files and names anew. What is wrong leaves all as it was.
  func reload() async throws(CommandFailure)
  /// Takes no new connections, and ends when the last one has.
  func drain(for seconds: Double)
  /// Gives copies of its listeners away.
  func handOver() -> ControlAnswer
  /// Another process serves them: ends when the last connection has.
  func leaveToNext()
}

extension ControlledRelay {
  /// Reloads as a signal asks for it.
  func reloadUponSignal() {
    loop.spawn { [self] in
      do throws(CommandFailure) {
        try await reload()
      } catch {
        ThroughputLine.clear()
        StandardStream.error.writeLine("crimp: \(error.message): all stays as it was")
      }
    }
  }

  /// Answers a request of the control socket.
  func answer(_ request: ControlRequest) async -> ControlAnswer {
    switch request {
    case .show(let subject): return await show(subject)
    case .reload:
      do throws(CommandFailure) {
        try await reload()
      } catch {
        return ControlAnswer(failure: error.message)
      }
      return ControlAnswer()
    case .drain(let seconds):
      guard !isEnding else { return ControlAnswer(failure: "it drains already") }
      drain(for: seconds ?? command.drain)
      return ControlAnswer()
    case .enable(let name, let isEnabled): return enable(name, isEnabled)
    case .handOver: return handOver()
    case .taken:
      leaveToNext()
      return ControlAnswer()
    }
  }

  private func enable(_ name: String, _ isEnabled: Bool) -> ControlAnswer {
    let named = group?.upstreams.filter { $0.name == name } ?? []
    guard !named.isEmpty else { return ControlAnswer(failure: "no target is named \(name)") }
    for upstream in named { upstream.isEnabled = isEnabled }
    return ControlAnswer()
  }

  private func show(_ subject: ControlRequest.Subject) async -> ControlAnswer {
    let snapshots = await snapshots(withSessions: subject == .sessions)
    var records: [RelayStatusRecord] = []
    if subject == .all { records.append(summary(snapshots)) }
    for (number, snapshot) in snapshots.enumerated() {
      if subject == .all || subject == .listeners {
        records += snapshot.listeners.map { RelayStatusRecord($0, worker: number) }
      }
      if subject == .sessions {
        let now = loop.readClock()
        records += snapshot.sessions.map { RelayStatusRecord($0, worker: number, at: now) }
      }
    }
    if subject == .all || subject == .targets {
      records += (group?.upstreams ?? []).map { RelayStatusRecord($0) }
    }
    if subject == .all || subject == .workers {
      records += snapshots.enumerated().map { RelayStatusRecord($1, worker: $0) }
    }
    return ControlAnswer(records.map { JSONLine.text($0) })
  }

  private func summary(_ snapshots: [RelayServiceSnapshot]) -> RelayStatusRecord {
    var record = RelayStatusRecord(.relay)
    record.process = getpid()
    record.workers = snapshots.count
    record.draining = isEnding
    record.connections = snapshots.map(\.activeCount).reduce(0, +)
    record.accepted = snapshots.map(\.acceptedCount).reduce(0, +)
    record.refused = snapshots.map(\.refusedCount).reduce(0, +)
    var statistics = PumpStatistics()
    for snapshot in snapshots { statistics += snapshot.statistics }
    record.set(statistics)
    let datagrams = snapshots.compactMap(\.datagrams)
    if !datagrams.isEmpty {
      record.lost = datagrams.map(\.lostCount).reduce(0, &+)
      record.evicted = datagrams.map(\.evictedCount).reduce(0, &+)
    }
    return record
  }
}
