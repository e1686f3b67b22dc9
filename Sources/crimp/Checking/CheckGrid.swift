import Drivers
import Machines
import Sockets

/// The verdicts of all ports of all hosts, told by host as soon as those before it are complete.
final class CheckGrid {
  /// The names that have no address.
  let failures: [(name: String, error: NameError)]
  private(set) var tally = CheckTally()
  private let hosts: [CheckedHost]
  private let portCount: Int
  private let everyAddress: Bool
  private let report: CheckReport
  private let tellsAtOnce: Bool
  private var rows: [[PortVerdict?]]
  private var missing: [Int]
  private var told = 0
  /// For each name how many ports are open at one of its addresses.
  private var openPorts: [String: Set<Int>] = [:]

  init(
    _ found: CheckedHosts, _ portCount: Int, everyAddress: Bool, report: CheckReport,
    tellsAtOnce: Bool
  ) {
    hosts = found.hosts
    failures = found.failures
    self.portCount = portCount
    self.everyAddress = everyAddress
    self.report = report
    self.tellsAtOnce = tellsAtOnce
    rows = Array(repeating: [], count: hosts.count)
    missing = Array(repeating: portCount, count: hosts.count)
    tally.unresolved = failures.count
  }

  var hostCount: Int { hosts.count }

  /// Whether every port that was asked for is open: at each address, or at one of each name.
  var isSatisfied: Bool {
    guard failures.isEmpty, !hosts.isEmpty, portCount > 0 else { return false }
    if everyAddress { return tally[.open] == hosts.count * portCount }
    return Set(hosts.map(\.name)).allSatisfy { openPorts[$0]?.count == portCount }
  }

  /// Takes a verdict, and tells what can be told now.
  ///
  /// - Parameter beforeTelling: is called before something is written.
  func take(_ result: PortChecker.Result, beforeTelling: () -> Void) {
    if rows[result.host].isEmpty {
      rows[result.host] = Array(repeating: nil, count: portCount)
    }
    rows[result.host][result.port] = result.verdict
    missing[result.host] -= 1
    tally.add(result.verdict.state)
    if result.verdict.state == .open {
      openPorts[hosts[result.host].name, default: []].insert(result.port)
    }
    guard tellsAtOnce, missing[result.host] == 0, result.host == told else { return }
    beforeTelling()
    while told < hosts.count, missing[told] == 0 { tellNext() }
  }

  /// Tells what has not been told yet, complete or not.
  func tellRest() {
    while told < hosts.count { tellNext() }
  }

  private func tellNext() {
    report.tell(hosts[told], rows[told])
    rows[told] = []
    told += 1
  }
}
