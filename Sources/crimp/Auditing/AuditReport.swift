import Machines

/// What an audit says: each host's findings as they come, then each finding with its remedy and the hosts
/// that have it.
final class AuditReport {
  private let options: FleetOptions
  private let limit: AuditSeverity
  private var groups = OutcomeGroups()
  /// The hosts of each finding, whose evidence may differ.
  private var hosts: [String: (finding: AuditFinding, hosts: [String])] = [:]

  /// A report for which findings of `limit` and above count.
  init(_ options: FleetOptions, limit: AuditSeverity) {
    self.options = options
    self.limit = limit
  }

  func tell(_ host: String, _ result: Result<Audit, BMCFailure>) {
    switch result {
    case .success(let audit): tell(host, audit)
    case .failure(let failure):
      groups.add(host, .failed(failure))
      if options.json { return JSONLine.write(AuditRecord(host, failure)) }
      StandardStream.error.writeLine("\(host): \(failure)")
    }
  }

  private func tell(_ host: String, _ audit: Audit) {
    let countedFindings = audit.findings.filter { $0.severity >= limit }.count
    groups.add(
      host,
      countedFindings > 0
        ? .missed("findings at \(limit.rawValue) or above") : .done("nothing found"))
    for finding in audit.findings {
      hosts[finding.id, default: (finding, [])].hosts.append(host)
    }
    if options.json {
      return JSONLine.write(AuditRecord(host, audit, isClean: countedFindings == 0))
    }
    guard !options.quiet else { return }
    for finding in audit.findings {
      StandardStream.output.writeLine(
        "\(host): \(finding.severity.rawValue): \(finding.id): \(finding.words) "
          + "(\(finding.evidence))")
    }
    let verdict =
      countedFindings > 0
      ? "\(countedFindings) at \(limit.rawValue) or above" : "nothing at \(limit.rawValue) or above"
    StandardStream.output.writeLine(
      "\(host): \(verdict); tried \(counted(audit.logins, "login")) as users that may be there, "
        + "\(counted(audit.sessions, "session")) in all; nothing was changed")
  }

  private func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  /// Tells remedies, and the run's status.
  func finish() -> ExitStatus {
    guard !options.json, !options.quiet, !hosts.isEmpty else { return groups.status }
    StandardStream.output.writeLine("")
    let sorted = hosts.values.sorted { left, right in
      (right.finding.severity, left.finding.id) < (left.finding.severity, right.finding.id)
    }
    for (finding, hosts) in sorted {
      let folded = HostFolding.fold(hosts).joined(separator: ",")
      StandardStream.output.writeLine(
        "\(finding.severity.rawValue): \(finding.id) (\(hosts.count)): \(folded)\n"
          + "  \(finding.remedy)")
    }
    return groups.status
  }
}

/// A host's audit as JSON.
private struct AuditRecord: Encodable {
  var host: String
  /// Whether nothing was found that counts.
  var ok: Bool
  var findings: [AuditFinding]?
  var logins: Int?
  var sessions: Int?
  var error: String?
  var result: String?

  init(_ host: String, _ audit: Audit, isClean: Bool) {
    (self.host, ok) = (host, isClean)
    (findings, logins, sessions) = (audit.findings, audit.logins, audit.sessions)
  }

  init(_ host: String, _ failure: BMCFailure) {
    (self.host, ok) = (host, false)
    (error, result) = (failure.key, failure.description)
  }
}
