import IPMI

/// `chassis restart_cause`.
struct RestartCauseReport: IPMIReport {
  var cause: String

  func write(to text: inout ReportText) {
    text.line("System restart cause: \(cause)")
  }
}

/// `chassis poh`: for how long the machine was on, all in all.
struct PowerOnReport: IPMIReport {
  var minutes: UInt64
  /// Whether the counter is fine enough for minutes.
  var tellsMinutes: Bool

  func write(to text: inout ReportText) {
    let (days, hours) = (minutes / 1440, minutes % 1440 / 60)
    text.line(
      "POH Counter  : \(days) days, \(hours) hours"
        + (tellsMinutes ? ", \(minutes % 60) minutes" : ""))
  }

  private enum CodingKeys: CodingKey { case minutes }
}

/// `chassis identify`: for how long the machine makes itself known.
struct IdentifyReport: IPMIReport {
  /// Seconds; nil for without end.
  var seconds: UInt8?
  private var text: String

  init(_ duration: ChassisIdentify.Duration) {
    switch duration {
    case .standard: (seconds, text) = (15, "default (15 seconds)")
    case .seconds(0): (seconds, text) = (0, "off")
    case .seconds(let count): (seconds, text) = (count, "\(count) seconds")
    case .indefinite: (seconds, text) = (nil, "indefinite")
    }
  }

  func write(to text: inout ReportText) {
    text.line("Chassis identify interval: \(self.text)")
  }

  private enum CodingKeys: CodingKey { case seconds }
}

/// `chassis policy`: what the machine does when power comes back.
struct PowerPolicyReport: IPMIReport {
  /// What was set; nil when nothing was.
  var policy: String?
  /// What can be set.
  var supported: [String] = []

  init(_ supported: SetPowerRestorePolicy.Policies, set policy: PowerRestorePolicy) {
    self.policy = policy == .unknown ? nil : policy.text
    if supported.contains(.alwaysOff) { self.supported.append("always-off") }
    if supported.contains(.alwaysOn) { self.supported.append("always-on") }
    if supported.contains(.previous) { self.supported.append("previous") }
  }

  func write(to text: inout ReportText) {
    if let policy { return text.line("Set chassis power restore policy to \(policy)") }
    // ipmitool puts a space behind all but the last that there is.
    let words = supported.map { $0 == "previous" ? $0 : $0 + " " }.joined()
    text.line("Supported chassis power policy:  \(words)")
  }
}

/// `chassis selftest`.
struct ChassisSelfTestReport: IPMIReport {
  /// How the test ended.
  var result: String
  /// What is broken.
  var faults: [String]

  init(_ response: GetSelfTestResults.Response) {
    let detail = response.detail.hexadecimal()
    switch response.outcome {
    case .passed: result = "passed"
    case .notImplemented: result = "not implemented"
    case .corrupted: result = "device error"
    case .fatalHardwareError: result = "Fatal hardware error: \(detail)h"
    default:
      let outcome = response.outcome.rawValue.hexadecimal()
      result = "Device-specific failure \(outcome)h:\(detail)h"
    }
    let names = [
      "firmware corrupted", "boot block corrupted", "FRU Internal Use Area corrupted",
      "SDR Repository empty", "IPMB not responding", "cannot access BMC FRU",
      "cannot access SDR Repository", "cannot access SEL Device",
    ]
    faults = names.enumerated().filter { bit, _ in response.faults.rawValue >> bit & 1 == 1 }
      .map(\.element)
  }

  func write(to text: inout ReportText) {
    text.line("Self Test Results    : \(result)")
    for fault in faults { text.line("                       [\(fault)]") }
  }
}
