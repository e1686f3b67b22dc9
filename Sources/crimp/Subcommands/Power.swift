import ArgumentParser
import Drivers
import IPMI
import Machines

/// `crimp power`: power of one machine or of thousands, by their management controllers.
struct Power: NativeCommand {
  static let configuration = CommandConfiguration(
    commandName: "power",
    abstract: "Switch machines on and off, or look at their power, by IPMI over LAN.",
    discussion: """
      Hosts are lists such as node[1-100,107] or 192.0.2.[1-9]:623. Each result is printed as it \
      comes, then hosts are grouped by outcome. Exit status 0 when every host did it; the one that \
      all failures share (69 no answer, 77 refused login), else 1.
      """)

  @Argument(help: "status, on, off, cycle, reset, soft (shut down) or diag (interrupt).")
  var action: PowerAction

  @Argument(help: ArgumentHelp("Lists of hosts.", valueName: "hosts"))
  var hosts: [String] = []

  @Option(
    help: ArgumentHelp(
      "Look until power is as it should be, for so long at most.", valueName: "seconds"))
  var wait: Double?

  @Flag(help: "Cycle and reset switch a machine on that is off.")
  var onIfOff = false

  @OptionGroup var local: LocalOptions

  @OptionGroup var fleet: FleetOptions

  func validate() throws {
    if let wait {
      try ControllerOptions.check("--wait", seconds: wait)
      guard action.changedPower != nil || action == .reset && onIfOff else {
        throw ValidationError("--wait: '\(action.rawValue)' leaves no state to wait for")
      }
    }
    guard !onIfOff || action.restarts else {
      throw ValidationError("--on-if-off: expected cycle or reset, not '\(action.rawValue)'")
    }
  }

  func perform() throws(CommandFailure) -> ExitStatus {
    let run = try ControllerRun(
      hosts, fleet, local, privilege: action.operation == nil ? .user : .operator)
    let report = FleetReport(fleet, total: run.count)
    let operation = PowerOperation(
      request: PowerRequest(
        action: action, wait: wait.map { Duration(seconds: $0) }, isOnIfOff: onIfOff))
    try run.run { transport throws(BMCFailure) in
      try await operation.run(over: transport)
    } onResult: { host, result in
      report.tell(host, outcome(result), PowerRecord(host, action, result))
    }
    return report.finish()
  }

  private func outcome(_ result: Result<PowerResult, BMCFailure>) -> FleetOutcome {
    switch result {
    case .success(let result): result.isMissed ? .missed(result.words) : .done(result.words)
    case .failure(let failure): .failed(failure)
    }
  }
}

extension PowerAction: ExpressibleByArgument {}

/// A host's result as JSON.
private struct PowerRecord: Encodable {
  var host: String
  var action: String
  /// `on` or `off` when it was looked at; never guessed.
  var power: String?
  /// Whether the host did what it was asked.
  var ok: Bool
  /// What came of it, in words.
  var result: String
  /// The failure's name.
  var error: String?

  init(_ host: String, _ action: PowerAction, _ result: Result<PowerResult, BMCFailure>) {
    self.host = host
    self.action = action.rawValue
    switch result {
    case .success(let value):
      power = value.power
      ok = !value.isMissed
      self.result = value.words
    case .failure(let failure):
      ok = false
      self.result = failure.description
      error = failure.key
    }
  }
}
