import Drivers
import IPMI

/// `dcmi thermalpolicy get`.
struct ShowThermalPolicy: IPMIOperation {
  var entity: EntityID

  var privilege: PrivilegeLevel { .user }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    ThermalPolicyReport(limit: try await bmc.askDCMI(GetThermalLimit(entity: entity)).limit)
  }
}

/// `dcmi thermalpolicy set`.
struct SetThermalPolicy: IPMIOperation {
  var entity: EntityID
  var limit: ThermalLimit

  var privilege: PrivilegeLevel { .operator }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    _ = try await bmc.askDCMI(SetThermalLimit(entity: entity, limit))
    return DoneReport(
      """

      Thermal policy \(entity.instance) for \(entity.kind.hexadecimal(digits: 1, uppercase: true))h \
      entity successfully set.


      """)
  }
}

/// What is done when a place gets too warm.
struct ThermalPolicyReport: IPMIReport {
  var isPersistent: Bool
  var powersOff: Bool
  var logs: Bool
  var celsius: UInt8
  var exceptionSeconds: UInt16

  init(limit: ThermalLimit) {
    isPersistent = limit.actions.contains(.isPersistent)
    powersOff = limit.actions.contains(.powerOff)
    logs = limit.actions.contains(.log)
    celsius = limit.celsius
    exceptionSeconds = limit.exceptionSeconds
  }

  func write(to text: inout ReportText) {
    func row(_ name: String, _ value: String) { text.line("    \(name.filled(to: 41)) \(value)") }
    text.line()
    row("Persistence flag is:", isPersistent ? "set" : "notset")
    text.line("    Exception Actions, taken if the Temperature Limit exceeded:")
    row("    Hard Power Off system and log event:", powersOff ? "active" : "inactive")
    row("    Log event to SEL only:", logs ? "active" : "inactive")
    row("Temperature Limit", "\(celsius) degrees")
    row("Exception Time", "\(exceptionSeconds) seconds")
    for _ in 0..<3 { text.line() }
  }
}
