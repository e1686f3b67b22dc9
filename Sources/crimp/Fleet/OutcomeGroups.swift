/// Hosts by what came of them, their names folded: the end of a run over many.
struct OutcomeGroups {
  private var hosts: [FleetOutcome: [String]] = [:]

  /// Adds what came of a host.
  mutating func add(_ host: String, _ outcome: FleetOutcome) {
    hosts[outcome, default: []].append(host)
  }

  /// A line for each outcome: first what was done, then what was not; the larger group first.
  var lines: [(text: String, isFailure: Bool)] {
    let groups = hosts.sorted { left, right in
      let (leftRank, rightRank) = (left.key.isFailure ? 1 : 0, right.key.isFailure ? 1 : 0)
      return (leftRank, -left.value.count, left.key.words)
        < (rightRank, -right.value.count, right.key.words)
    }
    return groups.map { outcome, hosts in
      let folded = HostFolding.fold(hosts).joined(separator: ",")
      return ("\(outcome.words) (\(hosts.count)): \(folded)", outcome.isFailure)
    }
  }

  /// What the run tells its caller: success when every host did it; the status that all failures
  /// share; else that the answer is no.
  var status: ExitStatus {
    let statuses = Set(hosts.keys.map(\.status)).subtracting([.success])
    guard let first = statuses.first else { return .success }
    return statuses.count == 1 ? first : .negative
  }
}
