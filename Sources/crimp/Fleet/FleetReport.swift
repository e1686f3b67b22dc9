/// What a run over many hosts says: each result as it comes, then all of them grouped.
///
/// Results go to standard output and failures to standard error, in the same form, so that a script
/// may take either apart from the other.
final class FleetReport {
  private let json: Bool
  private let quiet: Bool
  private let total: Int
  private var groups = OutcomeGroups()

  init(_ options: FleetOptions, total: Int) {
    json = options.json
    quiet = options.quiet
    self.total = total
  }

  /// Tells what came of a host, with the record that stands for it in JSON.
  func tell(_ host: String, _ outcome: FleetOutcome, _ record: some Encodable) {
    groups.add(host, outcome)
    if json {
      JSONLine.write(record)
    } else if outcome.isFailure {
      StandardStream.error.writeLine("\(host): \(outcome.words)")
    } else if !quiet {
      StandardStream.output.writeLine("\(host): \(outcome.words)")
    }
  }

  /// Tells the groups, when there are several hosts, and the run's status.
  func finish() -> ExitStatus {
    guard total > 1, !json, !quiet else { return groups.status }
    StandardStream.output.writeLine("")
    for line in groups.lines { StandardStream.output.writeLine(line.text) }
    return groups.status
  }
}
