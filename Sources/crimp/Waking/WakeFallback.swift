import Drivers
import IPMI
import Machines

/// The other way to the power of hosts that no magic packet has woken: their management controllers.
struct WakeFallback {
  private let targets: [String: FleetTarget]

  /// The controllers of `hosts` that the configuration has. All of it is read before anybody is woken.
  init(_ hosts: [WakeTarget], _ fleet: ConfiguredFleet) throws(CommandFailure) {
    var targets: [String: FleetTarget] = [:]
    for host in hosts {
      targets[host.name] = try fleet.target(host.name, privilege: .operator)
    }
    guard !targets.isEmpty else {
      throw CommandFailure(
        .usage, "--or-power-on: no host has the address of a controller in --bmc-config")
    }
    self.targets = targets
  }

  /// Orders the machines of `hosts` on, tells `report` of each, and returns those that were.
  func powerOn(_ hosts: [WakeTarget], _ report: WakeReport) throws(CommandFailure) -> Set<String> {
    var ordered: Set<String> = []
    var known: [String: WakeTarget] = [:]
    for host in hosts where targets[host.name] != nil { known[host.name] = host }
    guard !known.isEmpty else { return [] }
    let operation = PowerOperation(request: PowerRequest(action: .on))
    try FleetRun(hosts.compactMap { targets[$0.name] }).run { transport throws(BMCFailure) in
      try await operation.run(over: transport)
    } onResult: { name, result in
      guard let host = known[name] else { return }
      switch result {
      case .success:
        ordered.insert(name)
        report.tellOrderedOn(host)
      case .failure(let failure): report.tell(failure, of: host)
      }
    }
    return ordered
  }
}
