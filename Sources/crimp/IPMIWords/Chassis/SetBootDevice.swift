import Drivers
import IPMI
import Machines

/// Sets where the next start is from: marks that the options are being set, takes back what the BIOS
/// acknowledged, writes the flags, commits.
struct SetBootDevice: IPMIOperation {
  /// The device as it was called.
  var word: String
  var flags: BootFlags
  /// When the flags are cleared unused; nil to leave that as it is.
  var retention: BootRetentionOption.Change?

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let isMarked = try await mark(.inProgress, on: bmc)
    var report = BootDeviceReport(device: word)
    do throws(OperationFailure) {
      // Controllers without this option are as good: it tells the BIOS to look again.
      let answer = try await bmc.attempt(
        SetSystemBootOptions(.infoAcknowledge(mask: .bios, .bios)), complaint(.infoAcknowledge))
      if case .failure(let code) = answer {
        report.complaint = complaint(.infoAcknowledge).text(
          .completion(code, command: SetSystemBootOptions.name, meaning: nil))
      }
      try await set(.bootFlags(flags), on: bmc)
      if let retention { try await apply(retention, on: bmc) }
      if isMarked { _ = try await mark(.commitWrite, on: bmc) }
    } catch {
      if isMarked { _ = try await mark(.complete, on: bmc) }
      throw error.after(BootDeviceReport(device: nil, complaint: report.complaint))
    }
    if isMarked { _ = try await mark(.complete, on: bmc) }
    return report
  }

  private func apply(
    _ change: BootRetentionOption.Change, on bmc: any BMCTransport
  ) async throws(OperationFailure) {
    let complaint = Complaint(
      "Error Getting Chassis Boot Parameter 3", refused: "Get Chassis Boot Parameter 3 failed",
      meanings: ShowBootParameter.meanings)
    let response = try await bmc.ask(GetSystemBootOptions(.validBitClearing), complaint)
    let present = BootValidRetention(rawValue: response.optionData.first ?? 0)
    try await set(
      .validBitClearing(present.subtracting(change.cleared).union(change.kept)), on: bmc)
  }

  private func set(_ option: BootOption, on bmc: any BMCTransport) async throws(OperationFailure) {
    _ = try await bmc.ask(SetSystemBootOptions(option), complaint(option.parameter))
  }

  /// Whether the controller has the mark.
  private func mark(
    _ state: SetInProgress, on bmc: any BMCTransport
  ) async throws(OperationFailure) -> Bool {
    let answer = try await bmc.attempt(
      SetSystemBootOptions(.setInProgress(state)), complaint(.setInProgress))
    if case .success = answer { return true }
    return false
  }

  private func complaint(_ parameter: BootOptionParameter) -> Complaint {
    Complaint(
      "Error setting Chassis Boot Parameter \(parameter.rawValue)",
      refused: "Set Chassis Boot Parameter \(parameter.rawValue) failed",
      meanings: [
        0x80: "Unsupported parameter",
        0x81: "Attempt to set 'in progress' while not in 'complete' state",
        0x82: "Parameter is read-only",
      ])
  }
}

/// Where the next start is from.
struct BootDeviceReport: IPMIReport {
  /// nil when it was not set.
  var device: String?
  /// What the controller refused on the way, in ipmitool's words; nil for nothing.
  var complaint: String?

  func write(to text: inout ReportText) {
    if let complaint { text.complain(complaint) }
    if let device { text.line("Set Boot Device to \(device)") }
  }
}
