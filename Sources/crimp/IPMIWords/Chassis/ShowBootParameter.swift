import Drivers
import IPMI
import Machines

/// `chassis bootparam get`.
struct ShowBootParameter: IPMIOperation {
  var privilege: PrivilegeLevel { .operator }

  var parameter: BootOptionParameter
  var set: UInt8

  /// ipmitool's words for the command's own completion codes.
  static let meanings: [UInt8: String] = [0x80: "Unsupported parameter"]

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let complaint = Complaint(
      "Error Getting Chassis Boot Parameter \(parameter.rawValue)",
      refused: "Get Chassis Boot Parameter \(parameter.rawValue) failed",
      meanings: Self.meanings)
    let response = try await bmc.ask(GetSystemBootOptions(parameter, set: set), complaint)
    do throws(IPMIError) {
      return BootParameterReport(response, try response.option())
    } catch {
      throw OperationFailure(
        .malformedAnswer(error, command: GetSystemBootOptions.name), complaint)
    }
  }
}

/// A boot option, and what it means.
struct BootParameterReport: IPMIReport {
  var version: UInt8
  var parameter: UInt8
  var isValid: Bool
  /// Hexadecimal digits.
  var data: String
  private var option: BootOption

  init(_ response: GetSystemBootOptions.Response, _ option: BootOption) {
    version = response.version
    parameter = response.parameter.rawValue
    isValid = !response.isMarkedInvalid
    data = response.optionData.hexadecimal
    self.option = option
  }

  private enum CodingKeys: CodingKey { case version, parameter, isValid, data }

  func write(to text: inout ReportText) {
    text.line("Boot parameter version: \(version)")
    text.line("Boot parameter \(parameter) is \(isValid ? "valid/unlocked" : "invalid/locked")")
    text.line("Boot parameter data: \(data)")
    switch option {
    case .setInProgress(let state):
      text.line(" Set In Progress : \(Self.text(state))")
    case .servicePartitionSelector(let partition):
      text.line(
        " Service Partition Selector : \(partition == 0 ? "unspecified" : String(partition))")
    case .servicePartitionScan(let scan):
      text.line(" Service Partition Scan :")
      let texts = ["Request BIOS to scan", "Service Partition Discovered"]
      writeFlags(scan.rawValue, texts, indent: 5, to: &text)
    case .validBitClearing(let retention):
      text.line(" BMC boot flag valid bit clearing :")
      writeFlags(retention.rawValue, BootValidRetention.texts, indent: 5, fromTop: true, to: &text)
    case .infoAcknowledge(_, let who):
      text.line(" Boot Info Acknowledge :")
      writeFlags(who.rawValue, BootInfoAcknowledge.texts, indent: 4, fromTop: true, to: &text)
    case .bootFlags(let flags):
      write(flags, to: &text)
    case .initiatorInfo(let info):
      text.line(" Boot Initiator Info :")
      text.line("    Channel Number : \(info.channel.rawValue)")
      text.line("    Session Id     : \(info.sessionID.hexadecimal(digits: 8, uppercase: true))h")
      text.line(
        "    Timestamp      : \(Timestamp(seconds: info.time, isUTC: text.style.isUTC).numeric)")
    case .initiatorMailbox(let block, let data):
      text.line(" Selector       : \(block)")
      text.line(" Block Data     : \(data.hexadecimal)")
    case .other:
      text.line(" Unsupported parameter \(parameter)")
    }
  }

  private static func text(_ state: SetInProgress) -> String {
    switch state {
    case .complete: "set complete"
    case .inProgress: "set in progress"
    case .commitWrite: "commit write"
    default: "error, reserved bit"
    }
  }

  private func writeFlags(
    _ bits: UInt8, _ texts: [String], indent: Int, fromTop: Bool = false,
    to text: inout ReportText
  ) {
    let set = texts.enumerated().filter { bit, _ in bits >> bit & 1 == 1 }.map(\.element)
    guard !set.isEmpty else { return text.line("     No flag set") }
    for each in fromTop ? set.reversed() : set {
      text.line(String(repeating: " ", count: indent) + "- " + each)
    }
  }

  private func write(_ flags: BootFlags, to text: inout ReportText) {
    func row(_ words: String, if condition: Bool = true) {
      if condition { text.line("   - " + words) }
    }
    text.line(" Boot Flags :")
    row("Boot Flag \(flags.isValid ? "Valid" : "Invalid")")
    row("Options apply to \(flags.isPersistent ? "all future boots" : "only next boot")")
    row("BIOS \(flags.isEFI ? "EFI" : "PC Compatible (legacy)") boot ")
    row("CMOS Clear", if: flags.clearsCMOS)
    row("Lock Keyboard", if: flags.locksKeyboard)
    row("Boot Device Selector : \(flags.device.text)")
    row("Screen blank", if: flags.blanksScreen)
    row("Lock out Reset buttons", if: flags.locksResetButton)
    row("Lock out (power off/sleep request) via Power Button", if: flags.locksPowerButton)
    row("BIOS verbosity : \(flags.verbosityText)")
    row("Force progress event traps", if: flags.forcesProgressTraps)
    row("User password bypass", if: flags.bypassesPassword)
    row("Lock Out Sleep Button", if: flags.locksSleepButton)
    row("Console Redirection control : \(flags.consoleRedirectionText)")
    row("BIOS Shared Mode Override", if: flags.overridesSharedMode)
    row("BIOS Mux Control Override : \(flags.serialSwitchText)")
  }
}
