import Drivers
import EventLoop
import IPMI
import Machines

/// `sol activate`: a console at the serial line. It needs a session of IPMI 2.0 and a terminal, which
/// whoever runs operations has: see ``ConsoleRun``.
struct ActivateSOL: IPMIOperation {
  var keepAlive = SerialOverLANOptions.KeepAlive.command
  var instance: UInt8 = 1

  var privilege: PrivilegeLevel { .operator }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    throw Self.needsVersion20
  }

  /// The line is a payload of sessions of IPMI 2.0.
  static let needsVersion20 = OperationFailure(
    .completion(
      .notSupportedInState, command: ActivatePayload.name,
      meaning: "it needs a session of IPMI 2.0 of its own"),
    "Error: This command is only available over the lanplus interface")
}

/// `sol deactivate`: takes the line from whoever has it.
struct DeactivateSOL: IPMIOperation {
  var instance: UInt8

  var privilege: PrivilegeLevel { .operator }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    try await deactivate(instance, at: bmc)
    return DoneReport(nil)
  }
}

/// Gives a line back, whoever has it, in ipmitool's words.
private func deactivate(
  _ instance: UInt8, at bmc: any BMCTransport
) async throws(OperationFailure) {
  let line = PayloadInstance(type: PayloadInstance.serialOverLAN.type, number: instance)
  do throws(BMCFailure) {
    _ = try await bmc.request(DeactivatePayload(line))
  } catch {
    throw OperationFailure(error, error.deactivationComplaint)
  }
}

/// `sol looptest`: takes the line and gives it back, again and again.
struct LoopTestSOL: IPMIOperation {
  var count = 200
  var interval = Duration.milliseconds(100)
  var instance: UInt8 = 1

  var privilege: PrivilegeLevel { .operator }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    var report = LoopTestReport(count: count)
    let line = PayloadInstance(type: PayloadInstance.serialOverLAN.type, number: instance)
    for _ in 0..<count {
      do throws(BMCFailure) {
        _ = try await bmc.request(
          ActivatePayload(
            line,
            auxiliary: [SerialOverLANOptions().activation.rawValue, 0, 0, 0]))
        try await pause(bmc)
      } catch {
        report.isAttached = false
        throw OperationFailure(
          error, error.activationComplaint, after: report)
      }
      report.done += 1
      do throws(OperationFailure) {
        try await deactivate(instance, at: bmc)
      } catch {
        throw error.after(report)
      }
    }
    return report
  }

  private func pause(_ bmc: any BMCTransport) async throws(BMCFailure) {
    do throws(CancellationError) {
      try await bmc.loop.sleep(for: interval)
    } catch {
      throw .cancelled
    }
  }
}

/// How often the line was taken and given back.
struct LoopTestReport: IPMIReport {
  var count: Int
  var done = 0
  /// Whether the line was there each time that it was asked for.
  var isAttached = true

  private enum CodingKeys: CodingKey { case count, done }

  func write(to text: inout ReportText) {
    for number in 0..<done {
      text.line("remain loop test counter: \(count - number)")
      text.line("[SOL Session operational.  Use ~? for help]")
    }
    guard !isAttached else { return }
    text.line("remain loop test counter: \(count - done)")
    text.line("SOL looptest failed: -1")
  }
}

extension BMCFailure {
  /// What ipmitool says when a line is not to be had.
  var activationComplaint: String {
    guard case .completion(let code, _, _) = self else {
      return "Error: No response activating SOL payload"
    }
    switch code.rawValue {
    case 0x80: return "Info: SOL payload already active on another session"
    case 0x81: return "Info: SOL payload disabled"
    case 0x82: return "Info: SOL payload activation limit reached"
    case 0x83: return "Info: cannot activate SOL payload with encryption"
    case 0x84: return "Info: cannot activate SOL payload without encryption"
    default: return "Error activating SOL payload: \(code.text)"
    }
  }

  /// What ipmitool says when a line cannot be given back.
  fileprivate var deactivationComplaint: String {
    guard case .completion(let code, _, _) = self else {
      return "Error: No response de-activating SOL payload"
    }
    switch code.rawValue {
    case 0x80: return "Info: SOL payload already de-activated"
    case 0x81: return "Info: SOL payload type disabled"
    default: return "Error de-activating SOL payload: \(code.text)"
    }
  }
}
