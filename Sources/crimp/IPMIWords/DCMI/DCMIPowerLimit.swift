import Drivers
import IPMI
import Machines

/// `dcmi power get_limit`.
struct ShowPowerLimit: IPMIOperation {
  var privilege: PrivilegeLevel { .user }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    try await bmc.powerLimit()
  }
}

/// `dcmi power set_limit`: what is not said stays as it is.
struct SetPowerLimitParts: IPMIOperation {
  var action: PowerLimit.ExceptionAction?
  var watts: UInt16?
  var correctionMilliseconds: UInt32?
  var samplingSeconds: UInt16?

  var privilege: PrivilegeLevel { .operator }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let limit: PowerLimit
    if let action, let watts, let correctionMilliseconds, let samplingSeconds {
      limit = PowerLimit(
        watts: watts, exceptionAction: action, correctionMilliseconds: correctionMilliseconds,
        samplingSeconds: samplingSeconds)
    } else {
      let present = try await bmc.powerLimit().limit
      limit = PowerLimit(
        watts: watts ?? present.watts, exceptionAction: action ?? present.exceptionAction,
        correctionMilliseconds: correctionMilliseconds ?? present.correctionMilliseconds,
        samplingSeconds: samplingSeconds ?? present.samplingSeconds)
    }
    _ = try await bmc.askDCMI(SetPowerLimit(limit))
    return try await bmc.powerLimit()
  }
}

extension BMCTransport {
  /// The limit, and whether it counts: when it does not, it comes behind a completion code that says
  /// so. DCMI 1.5, section 6.6.2.
  fileprivate func powerLimit() async throws(OperationFailure) -> PowerLimitReport {
    do throws(BMCFailure) {
      var answer = try await call(BMCCall(GetPowerLimit()))
      let isActive = answer.completionCode == .completed
      let isInactive = answer.completionCode.rawValue == 0x80 && !answer.data.isEmpty
      if isInactive { answer.completionCode = .completed }
      return PowerLimitReport(
        limit: try GetPowerLimit.response(in: answer).limit, isActive: isActive)
    } catch {
      throw OperationFailure(dcmi: error).after(EmptyLineReport())
    }
  }
}

/// What the machine may draw.
struct PowerLimitReport: IPMIReport {
  fileprivate var limit: PowerLimit
  var isActive: Bool

  private enum CodingKeys: CodingKey {
    case isActive, watts, action, correctionMilliseconds, samplingSeconds
  }

  private var actionText: String {
    switch limit.exceptionAction.rawValue {
    case 0x00: "No Action"
    case 0x01: "Hard Power Off & Log Event to SEL"
    case 0x02...0x10: "OEM reserved (\(limit.exceptionAction.rawValue.hexadecimal())h)"
    case 0x11: "Log Event to SEL"
    default: "Unknown (0x\(limit.exceptionAction.rawValue.hexadecimal(digits: 1)))"
    }
  }

  func write(to text: inout ReportText) {
    text.line()
    text.line(
      "    Current Limit State: \(isActive ? "Power Limit Active" : "No Active Power Limit")")
    text.line("    Exception actions:   \(actionText)")
    text.line("    Power Limit:         \(limit.watts) Watts")
    text.line("    Correction time:     \(limit.correctionMilliseconds) milliseconds")
    text.line("    Sampling period:     \(limit.samplingSeconds) seconds")
    text.line()
    text.line()
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(isActive, forKey: .isActive)
    try container.encode(limit.watts, forKey: .watts)
    try container.encode(actionText, forKey: .action)
    try container.encode(limit.correctionMilliseconds, forKey: .correctionMilliseconds)
    try container.encode(limit.samplingSeconds, forKey: .samplingSeconds)
  }
}
