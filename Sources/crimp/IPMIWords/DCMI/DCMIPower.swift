import Drivers
import IPMI
import Machines

/// `dcmi power reading`.
struct ReadPower: IPMIOperation {
  /// The period to average over; nil for the system's own.
  var period: DCMIPeriod?

  var privilege: PrivilegeLevel { .user }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let request = GetPowerReading(period.map { .period($0.number) } ?? .statistics)
    return PowerReadingReport(try await bmc.askDCMI(request), hasPeriod: period != nil)
  }
}

/// What power the machine draws.
struct PowerReadingReport: IPMIReport {
  var watts: UInt16
  var minimumWatts: UInt16
  var maximumWatts: UInt16
  var averageWatts: UInt16
  /// When, in seconds since 1970.
  var time: UInt32
  var periodMilliseconds: UInt32
  var isActive: Bool
  private var hasPeriod: Bool

  init(_ reading: GetPowerReading.Response, hasPeriod: Bool) {
    watts = reading.current
    minimumWatts = reading.minimum
    maximumWatts = reading.maximum
    averageWatts = reading.average
    time = reading.time
    periodMilliseconds = reading.periodMilliseconds
    isActive = reading.isActive
    self.hasPeriod = hasPeriod
  }

  private enum CodingKeys: CodingKey {
    case watts, minimumWatts, maximumWatts, averageWatts, time, periodMilliseconds, isActive
  }

  func write(to text: inout ReportText) {
    func row(_ name: String, _ watts: UInt16) {
      text.line("    \((name + ":").filled(to: 41)) \(String(watts).filledInFront(to: 8)) Watts")
    }
    text.line()
    row("Instantaneous power reading", watts)
    row("Minimum during sampling period", minimumWatts)
    row("Maximum during sampling period", maximumWatts)
    row("Average power reading over sample period", averageWatts)
    let stamp = Timestamp(seconds: time, isUTC: text.style.isUTC).numeric
    // ipmitool ends no line here.
    text.write("    \("IPMI timestamp:".filled(to: 41)) \(stamp)")
    text.line("    \("Sampling period:".filled(to: 41)) \(period)")
    text.line(
      "    \("Power reading state is:".filled(to: 41)) \(isActive ? "activated" : "deactivated")")
    text.line()
    text.line()
  }

  private var period: String {
    guard hasPeriod else {
      let seconds = String(periodMilliseconds / 1000)
      return String(repeating: "0", count: max(0, 8 - seconds.count)) + seconds + " Seconds."
    }
    let number = UInt16(truncatingIfNeeded: periodMilliseconds)
    let known = DCMIPeriod.all.first { UInt16($0.number) == number }
    return (known?.name ?? "Unknown (0x\(number.hexadecimal(digits: 1)))") + " "
  }
}

/// `dcmi power activate` and `deactivate`.
struct SwitchPowerLimit: IPMIOperation {
  var isActive: Bool

  var privilege: PrivilegeLevel { .operator }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    _ = try await bmc.askDCMI(ActivatePowerLimit(isActive: isActive))
    return DoneReport("\n    Power limit successfully \(isActive ? "" : "de")activated\n")
  }
}
