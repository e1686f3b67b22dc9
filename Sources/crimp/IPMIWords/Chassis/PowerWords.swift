import IPMI

/// `power …` and `chassis power …`.
enum PowerWords {
  static let group = WordGroup(
    names: ["power"], summary: "Shortcut to chassis power commands",
    read: { words throws(WordsEnd) in try read(&words) })

  private static let help = "chassis power Commands: status, on, off, cycle, reset, diag, soft"

  /// Reads what follows `power`.
  static func read(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard !words.takesHelp() else { throw .help(help) }
    let expected = "expected status, on, off, cycle, reset, diag or soft"
    let word = try words.next(or: .wrong("power: \(expected)", help, status: 0))
    if word == "status" { return status }
    guard let operation = ChassisControl.Operation(word: word) else {
      throw .wrong("power \(word): \(expected)", "Invalid chassis power command: \(word)")
    }
    return SingleRequest(
      request: ChassisControl(operation),
      complaint: Complaint(
        "Unable to set Chassis Power Control to \(operation.text)",
        refused: "Set Chassis Power Control to \(operation.text) failed"),
      // A second cycle of a machine that starts would cut its start.
      isRepeatable: [.powerUp, .powerDown].contains(operation)
    ) { _ in PowerControlReport(control: operation.text) }
  }

  private static var status: any IPMIOperation {
    SingleRequest(
      request: GetChassisStatus(),
      complaint: Complaint(
        "Unable to get Chassis Power Status", refused: "Get Chassis Power Status failed")
    ) { PowerStatusReport(power: $0.isPowerOn ? "on" : "off") }
  }
}

extension ChassisControl.Operation {
  /// The operation that ipmitool's word names; nil when it names none.
  init?(word: String) {
    switch word {
    case "on", "up": self = .powerUp
    case "off", "down": self = .powerDown
    case "cycle": self = .powerCycle
    case "reset": self = .hardReset
    case "diag": self = .diagnosticInterrupt
    case "soft", "acpi": self = .softShutdown
    default: return nil
    }
  }
}

/// Whether the power is on.
struct PowerStatusReport: IPMIReport {
  /// `on` or `off`.
  var power: String

  func write(to text: inout ReportText) {
    text.line("Chassis Power is \(power)")
  }
}

/// What was done with the power.
struct PowerControlReport: IPMIReport {
  /// The operation as ipmitool names it.
  var control: String

  func write(to text: inout ReportText) {
    text.line("Chassis Power Control: \(control)")
  }
}
