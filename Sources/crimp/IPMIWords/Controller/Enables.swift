import Drivers
import IPMI

/// `mc getenables`.
struct EnablesReport: IPMIReport {
  /// Whether each is enabled, by ipmitool's words.
  var enables: [String: Bool]

  init(_ present: BMCGlobalEnables) {
    enables = Dictionary(
      uniqueKeysWithValues: ControllerEnable.all.map {
        ($0.name, present.contains($0.bits))
      })
  }

  func write(to text: inout ReportText) {
    for enable in ControllerEnable.all {
      let state = enables[enable.name] == true ? "enabled" : "disabled"
      text.line("\(enable.meaning.filled(to: 40)) : \(state)")
    }
  }
}

/// `mc setenables`: reads what is enabled, changes some, and reads it again.
struct SetEnables: IPMIOperation {
  /// One that is switched on or off.
  struct Change: Sendable {
    var enable: ControllerEnable
    var value: Bool
  }

  var changes: [Change]

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let complaint = Complaint("Get Global Enables command failed")
    let present = try await bmc.ask(GetBMCGlobalEnables(), complaint).enables
    let wanted = changes.reduce(present) { enables, change in
      change.value ? enables.union(change.enable.bits) : enables.subtracting(change.enable.bits)
    }
    var done: [String] = []
    guard wanted != present else {
      return ChangedEnablesReport(done: done, enables: EnablesReport(present))
    }
    done = changes.map { "\($0.value ? "Enabling" : "Disabling") \($0.enable.meaning)" }
    _ = try await bmc.ask(
      SetBMCGlobalEnables(wanted), Complaint("Set Global Enables command failed"))
    let verified = try await bmc.ask(GetBMCGlobalEnables(), complaint).enables
    return ChangedEnablesReport(done: done, enables: EnablesReport(verified))
  }
}

/// What was switched, and what is enabled then.
struct ChangedEnablesReport: IPMIReport {
  var done: [String]
  var enables: EnablesReport

  func write(to text: inout ReportText) {
    for line in done { text.line(line) }
    text.line()
    text.line(done.isEmpty ? "Nothing to change..." : "Verifying...")
    enables.write(to: &text)
  }
}
