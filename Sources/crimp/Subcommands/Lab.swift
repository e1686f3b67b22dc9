public import ArgumentParser
import EventLoop
import Glibc
public import Laboratory
import MonotonicTime

/// `crimp lab`: move a service address in a laboratory, and see who repairs the caches.
struct Lab: NativeCommand {
  static let configuration = CommandConfiguration(
    commandName: "lab",
    abstract: "Move a service address between two hosts behind a switch, and measure the outage.",
    discussion: """
      Builds four network namespaces and a bridge, lets a client ping a service address every \
      millisecond, moves the address, and runs an announcer: none, crimp, and each of the original \
      tools that is installed. Takes everything down again. Needs root.
      """)

  @Argument(help: "Scenarios: address, locktime, vrrp-mac, ipv6; all without one.")
  var scenarios: [FailoverScenario] = []

  @Option(
    help: ArgumentHelp("How long the client is watched after a move.", valueName: "seconds"))
  var wait = 4.0

  @Option(name: [.short, .long], help: "Moves of each kind; the table shows the median.")
  var runs = 1

  @Option(
    help: ArgumentHelp("A directory with further announcers to compare.", valueName: "directory"))
  var peers: String?

  @Flag(help: "Only crimp and no announcement.")
  var alone = false

  @Flag(help: "One JSON object a move.")
  var json = false

  func validate() throws {
    guard wait > 0, wait < 3600 else {
      throw ValidationError("--wait \(wait): expected seconds, more than 0 and less than 3600")
    }
    guard (1...1000).contains(runs) else {
      throw ValidationError("--runs \(runs): expected 1 to 1000")
    }
  }

  func perform() throws(CommandFailure) -> ExitStatus {
    let loop = try worded { () throws(SystemError) in try EventLoop() }
    let signals = try worded { () throws(SystemError) in
      try loop.onSignal([SIGINT, SIGTERM]) { _ in loop.stop() }
    }
    defer { signals.cancel() }
    let chosen = scenarios.isEmpty ? FailoverScenario.allCases : scenarios
    return try worded { () throws(LaboratoryError) in
      try loop.run { () async throws(LaboratoryError) in try await measure(chosen, on: loop) }
    }
  }
}

extension Lab {
  private func measure(
    _ scenarios: [FailoverScenario], on loop: EventLoop
  ) async throws(LaboratoryError) -> ExitStatus {
    var report = LabReport(asJSON: json)
    for scenario in scenarios {
      let network = try LaboratoryNetwork(usesIPv6: scenario.usesIPv6)
      defer { network.remove() }
      report.begin(scenario)
      for announcer in announcers(for: scenario) {
        var results: [FailoverResult] = []
        let moves = announcer.command == nil ? 1 : runs
        for _ in 0..<moves {
          let trial = FailoverTrial(
            network: network, scenario: scenario, announcer: announcer, patience: .seconds(wait))
          results.append(try await trial.run(on: loop))
        }
        report.add(results)
      }
    }
    return report.crimpAlwaysRecovered ? .success : .negative
  }

  private func announcers(for scenario: FailoverScenario) -> [Announcer] {
    let originals = alone ? [] : LabAnnouncers(directory: peers).installed(for: scenario)
    return [.nothing] + LabAnnouncers.crimp + originals
  }
}

extension FailoverScenario: ExpressibleByArgument {}

extension LaboratoryError: Worded {
  var failure: CommandFailure { CommandFailure(self) }
}

extension CommandFailure {
  init(_ error: LaboratoryError) {
    switch error {
    case .network(let error): self.init(error)
    case .system(let error) where error.errno == EPERM || error.errno == EACCES:
      self.init(.noPermission, "\(error): the laboratory needs root for its network namespaces")
    case .system(let error): self.init(error)
    case .unreachableBeforeMove:
      self.init(.systemError, "the client never reached the service: is netfilter in the way?")
    case .interrupted: self.init(.negative, "interrupted; the laboratory has been taken down")
    }
  }
}
