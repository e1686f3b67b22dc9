import Drivers
import IPMI

/// `dcmi get_conf_param`: how the controller finds its server.
struct ShowDCMIConfiguration: IPMIOperation {
  var privilege: PrivilegeLevel { .operator }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    var report = DCMIConfigurationReport()
    do throws(OperationFailure) {
      report.discovery = UInt8(try await value(.discoveryConfiguration, over: bmc) & 0xff)
      report.initialTimeoutSeconds = try await value(.initialTimeout, over: bmc) & 0xff
      report.serverTimeoutSeconds = try await value(.serverTimeout, over: bmc)
      report.serverRetrySeconds = try await value(.serverRetry, over: bmc)
    } catch {
      throw error.after(report)
    }
    return report
  }

  /// The parameter as a number of up to 2 bytes.
  private func value(
    _ parameter: DCMIParameterNumber, over bmc: any BMCTransport
  ) async throws(OperationFailure) -> UInt16 {
    let value = try await bmc.askDCMI(
      GetDCMIConfigurationParameters(parameter), "Error Get DCMI Configuration Parameters!"
    ).value
    return UInt16(value.first ?? 0) | UInt16(value.dropFirst().first ?? 0) << 8
  }
}

/// `dcmi set_conf_param`.
struct SetDCMIConfiguration: IPMIOperation {
  var parameter: DCMIParameterNumber
  var value: [UInt8]

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    _ = try await bmc.askDCMI(
      SetDCMIConfigurationParameters(parameter, value: value),
      "Error Set DCMI Configuration Parameters!")
    return DoneReport("")
  }
}

/// How a controller finds its server.
struct DCMIConfigurationReport: IPMIReport {
  /// Bit 0: its name is sent (option 12); bit 1: vendor classes are.
  var discovery: UInt8?
  var initialTimeoutSeconds: UInt16?
  var serverTimeoutSeconds: UInt16?
  var serverRetrySeconds: UInt16?

  func write(to text: inout ReportText) {
    if let discovery {
      func state(_ bit: UInt8) -> String { discovery & bit != 0 ? "enabled" : "disabled" }
      text.write("\n\tDHCP Discovery method\t: ")
      text.write("\n\t\tManagement Controller ID String is \(state(1))")
      text.write(
        "\n\t\tVendor class identifier DCMI IANA and Vendor class-specific Informationa are "
          + state(2))
    }
    for (name, seconds) in [
      ("Initial timeout interval", initialTimeoutSeconds),
      ("Server contact timeout interval", serverTimeoutSeconds),
      ("Server contact retry interval", serverRetrySeconds),
    ] {
      if let seconds { text.write("\n\t\(name)\t: \(seconds) seconds") }
    }
    if serverRetrySeconds != nil { text.line() }
  }
}
