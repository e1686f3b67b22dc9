import IPMI

/// `mc selftest`.
struct SelfTestReport: IPMIReport {
  /// How the test ended: `passed`, `not implemented`, `device corrupted`, `fatal error`, or
  /// `device specific`.
  var result: String
  /// The test's first byte.
  var outcome: UInt8
  /// The test's second byte.
  var detail: UInt8
  /// What is broken.
  var faults: [String] = []
  /// Whether the machine may go on.
  var isAffirmative: Bool

  private enum CodingKeys: CodingKey { case result, outcome, detail, faults }

  init(_ response: GetSelfTestResults.Response) {
    outcome = response.outcome.rawValue
    detail = response.detail
    switch response.outcome {
    case .passed: (result, isAffirmative) = ("passed", true)
    case .notImplemented: (result, isAffirmative) = ("not implemented", false)
    case .corrupted: (result, isAffirmative) = ("device corrupted", false)
    case .fatalHardwareError: (result, isAffirmative) = ("fatal error", false)
    default: (result, isAffirmative) = ("device specific", outcome != 0xff)
    }
    let words: [(GetSelfTestResults.Fault, String)] = [
      (.selDevice, " -> SEL device not accessible"),
      (.sdrRepository, " -> SDR repository not accessible"),
      (.fruDevice, "FRU device not accessible"),
      (.ipmb, "IPMB signal lines do not respond"),
      (.emptySDRRepository, "SDR repository empty"),
      (.internalUseArea, "Internal Use Area corrupted"),
      (.bootBlock, "Controller update boot block corrupted"),
      (.firmware, "controller operational firmware corrupted"),
    ]
    faults = words.filter { response.faults.contains($0.0) }.map(\.1)
  }

  func write(to text: inout ReportText) {
    switch result {
    case "fatal error":
      text.line("Selftest     : fatal error")
      text.line("Failure code : \(detail.hexadecimal())")
    case "device specific" where outcome == 0xff:
      text.write("Selftest: N/A")
    case "device specific":
      text.line("Selftest     : device specific (\(outcome.hexadecimal(uppercase: true))h)")
      text.line("Failure code : \(detail.hexadecimal(uppercase: true))h")
    default:
      text.line("Selftest: \(result)")
      for fault in faults { text.line(fault) }
    }
  }
}
