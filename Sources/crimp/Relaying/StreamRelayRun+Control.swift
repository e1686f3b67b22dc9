import EventLoop
import Glibc
import Relay
import Sockets

extension StreamRelayRun {
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
    case .handOver:
      guard let control, let workers, !isEnding else {
        return ControlAnswer(failure: "it ends, and has nothing to hand over")
      }
      return HandOver.answer(workers.listeners, control)
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
    let snapshots = await workers?.snapshots(withSessions: subject == .sessions) ?? []
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
    return record
  }
}
