import IPMI

/// `chassis status`.
struct ChassisStatusReport: IPMIReport {
  var power: String
  var isPowerOverloaded: Bool
  var isPowerInterlockActive: Bool
  var hasMainPowerFault: Bool
  var hasPowerControlFault: Bool
  var powerRestorePolicy: String
  var lastPowerEvent: String
  var isIntrusionActive: Bool
  var isFrontPanelLockedOut: Bool
  var hasDriveFault: Bool
  var hasCoolingFault: Bool
  var frontPanel: FrontPanel?

  /// What may be done with the buttons of the front panel, and what is done.
  struct FrontPanel: Encodable {
    var canDisableSleep: Bool
    var canDisableDiagnostic: Bool
    var canDisableReset: Bool
    var canDisablePower: Bool
    var isSleepDisabled: Bool
    var isDiagnosticDisabled: Bool
    var isResetDisabled: Bool
    var isPowerDisabled: Bool
    /// Whether it has no such control at all.
    var hasNone: Bool

    init(_ buttons: FrontPanelButtons) {
      canDisableSleep = buttons.contains(.standbyCanBeDisabled)
      canDisableDiagnostic = buttons.contains(.diagnosticCanBeDisabled)
      canDisableReset = buttons.contains(.resetCanBeDisabled)
      canDisablePower = buttons.contains(.powerCanBeDisabled)
      isSleepDisabled = buttons.contains(.standbyDisabled)
      isDiagnosticDisabled = buttons.contains(.diagnosticDisabled)
      isResetDisabled = buttons.contains(.resetDisabled)
      isPowerDisabled = buttons.contains(.powerDisabled)
      hasNone = buttons.isEmpty
    }
  }

  init(_ status: GetChassisStatus.Response) {
    power = status.isPowerOn ? "on" : "off"
    isPowerOverloaded = status.power.contains(.overload)
    isPowerInterlockActive = status.power.contains(.interlock)
    hasMainPowerFault = status.power.contains(.fault)
    hasPowerControlFault = status.power.contains(.controlFault)
    powerRestorePolicy = status.restorePolicy.text
    lastPowerEvent = status.lastEvent.text
    isIntrusionActive = status.state.contains(.intrusion)
    isFrontPanelLockedOut = status.state.contains(.frontPanelLockout)
    hasDriveFault = status.state.contains(.driveFault)
    hasCoolingFault = status.state.contains(.coolingFault)
    frontPanel = status.buttons.map { FrontPanel($0) }
  }

  func write(to text: inout ReportText) {
    func row(_ name: String, _ value: String) { text.field(name, value, width: 21) }
    func truth(_ name: String, _ value: Bool) { row(name, value ? "true" : "false") }
    func activity(_ name: String, _ value: Bool) { row(name, value ? "active" : "inactive") }

    row("System Power", power)
    truth("Power Overload", isPowerOverloaded)
    activity("Power Interlock", isPowerInterlockActive)
    truth("Main Power Fault", hasMainPowerFault)
    truth("Power Control Fault", hasPowerControlFault)
    row("Power Restore Policy", powerRestorePolicy)
    row("Last Power Event", lastPowerEvent)
    activity("Chassis Intrusion", isIntrusionActive)
    activity("Front-Panel Lockout", isFrontPanelLockedOut)
    truth("Drive Fault", hasDriveFault)
    truth("Cooling/Fan Fault", hasCoolingFault)
    guard let panel = frontPanel else { return }
    guard !panel.hasNone else { return row("Front Panel Control", "none") }

    func allowance(_ name: String, _ value: Bool) { row(name, value ? "allowed" : "not allowed") }
    allowance("Sleep Button Disable", panel.canDisableSleep)
    allowance("Diag Button Disable", panel.canDisableDiagnostic)
    allowance("Reset Button Disable", panel.canDisableReset)
    allowance("Power Button Disable", panel.canDisablePower)
    truth("Sleep Button Disabled", panel.isSleepDisabled)
    truth("Diag Button Disabled", panel.isDiagnosticDisabled)
    truth("Reset Button Disabled", panel.isResetDisabled)
    truth("Power Button Disabled", panel.isPowerDisabled)
  }
}
