/// What a run over many hosts says: each result as it comes, then all of them grouped.
///
/// Results go to standard output and failures to standard error, in the same form, so that a script
/// may take either apart from the other.
final class FleetReport {
  private let json: Bool
  private let quiet: Bool
  private let total: Int
  private var groups = OutcomeGroups()
  private var progress: Progress?

  init(_ options: FleetOptions, total: Int) {
    json = options.json
    quiet = options.quiet
    self.total = total
    // Where results show on the terminal they are progress enough.
    let showsProgress = total > 1 && !quiet && !StandardStream.output.isTerminal
    progress = showsProgress ? Progress(total: total) : nil
  }

  /// Tells what came of a host, with the record that stands for it in JSON.
  func tell(_ host: String, _ outcome: FleetOutcome, _ record: some Encodable) {
    groups.add(host, outcome)
    progress?.clear()
    if json {
      JSONLine.write(record)
    } else if outcome.isFailure {
      StandardStream.error.writeLine("\(host): \(outcome.words)")
    } else if !quiet {
      StandardStream.output.writeLine("\(host): \(outcome.words)")
    }
    progress?.show(groups.count, failed: groups.failureCount)
  }

  /// Tells the groups, when there are several hosts, and the run's status.
  func finish() -> ExitStatus {
    progress?.clear()
    guard total > 1, !json, !quiet else { return groups.status }
    StandardStream.output.writeLine("")
    for line in groups.lines { StandardStream.output.writeLine(line.text) }
    return groups.status
  }
}

/// How far a long run is: one line on a terminal's standard error, which is written over.
private struct Progress {
  private let total: Int
  private let step: Int
  private var isShown = false

  init?(total: Int) {
    guard StandardStream.error.isTerminal else { return nil }
    self.total = total
    step = max(1, total / 200)
  }

  mutating func show(_ done: Int, failed: Int) {
    guard done % step == 0, done < total else { return }
    let failures = failed > 0 ? ", \(failed) failed" : ""
    StandardStream.error.write("\r\(done) of \(total)\(failures)\u{1b}[K")
    isShown = true
  }

  mutating func clear() {
    guard isShown else { return }
    StandardStream.error.write("\r\u{1b}[K")
    isShown = false
  }
}
