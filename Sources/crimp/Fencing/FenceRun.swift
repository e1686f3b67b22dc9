import Drivers
import EventLoop
import Glibc
import Machines

/// Has a fence action done, and tells its caller what came of it.
struct FenceRun {
  private let request: FenceRequest
  private let log: FenceLog
  private let console: Console

  init(_ request: FenceRequest, _ log: FenceLog, _ console: Console) {
    self.request = request
    self.log = log
    self.console = console
  }

  /// Does it, and returns the exit status.
  func run() -> Int32 {
    // Two nodes that fence each other: the one with the delay loses.
    if request.action.switchesOff, request.delay > .zero {
      log.note("waiting for \(request.delay)")
      let milliseconds = request.delay.milliseconds
      usleep(UInt32(clamping: Int(milliseconds * 1000)))
    }
    var statuses: [Int32] = []
    do throws(CommandFailure) {
      let (request, log) = (request, log)
      // Nothing that is kept in a file decides whether a host is fenced.
      try FleetRun(request.targets, remembersSuites: false).run { transport throws(BMCFailure) in
        try await FenceOperation(request: request, log: log.note).run(over: transport)
      } onResult: { host, result in
        statuses.append(tell(host, result))
      }
    } catch {
      log.complain(error.message)
      return FenceAgent.Status.failed
    }
    guard request.targets.count != 1 else { return statuses.first ?? FenceAgent.Status.failed }
    // The device works as long as one host's controller answers.
    return statuses.contains(FenceAgent.Status.ok)
      ? FenceAgent.Status.ok : FenceAgent.Status.failed
  }

  private func tell(_ host: String, _ result: Result<FenceResult, BMCFailure>) -> Int32 {
    switch result {
    case .success(let result): return tell(host, result)
    case .failure(let failure):
      log.complain("\(host): \(failure)\(remedy(failure))")
      if request.action == .listStatus { listStatus(host, "UNKNOWN") }
      return FenceAgent.Status.failed
    }
  }

  private func tell(_ host: String, _ result: FenceResult) -> Int32 {
    func word(_ isOn: Bool) -> String { isOn ? "ON" : "OFF" }
    switch result {
    case .status(let isOn) where request.action == .listStatus: listStatus(host, word(isOn))
    case .status where request.action == .monitor: break
    case .status(let isOn):
      console.write("Status: \(word(isOn))\n")
      return isOn ? FenceAgent.Status.ok : FenceAgent.Status.off
    case .already(let isOn): console.write("Success: Already \(word(isOn))\n")
    case .powered(let isOn): console.write("Success: Powered \(word(isOn))\n")
    case .rebooted(let isOn):
      console.write("Success: Rebooted\n")
      if !isOn { log.complain("\(host): it is fenced, but was not seen to be on again") }
    case .timedOut(let isOn):
      log.complain("\(host): Timed out waiting to power \(word(isOn))")
      return FenceAgent.Status.failed
    }
    return FenceAgent.Status.ok
  }

  /// What helps where the words of a failure do not say it.
  private func remedy(_ failure: BMCFailure) -> String {
    guard case .nameNotResolved = failure, let path = request.fileWithoutAddress else { return "" }
    return ", and config \(path) has no address for it"
  }

  private func listStatus(_ host: String, _ word: String) {
    console.write("\(host)\(request.separator)\(request.separator)\(word)\n")
  }
}
