import Drivers
import IPMI
import Machines

/// `sel get`: records of the log, and the sensors that made them.
struct ShowEvents: IPMIOperation {
  /// The records' numbers.
  var records: [UInt16]

  var privilege: PrivilegeLevel { .user }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    var report = ShownEventsReport()
    var log = EventsReport(isLong: true)
    let sensors = try await sensors(on: bmc, &log)
    if let notice = log.notice { report.complaints.append(notice) }
    let reader = EventLogReader(bmc)
    var inquiry = SensorInquiry(bmc)
    for number in records {
      do throws(OperationFailure) {
        try await show(number, sensors, reader, &inquiry, &report)
      } catch {
        guard case .completion = error.failure else { throw error.after(report) }
        report.complaints.append(error.complaint)
        report.missing.append(number)
      }
    }
    return report
  }

  private func show(
    _ number: UInt16, _ sensors: [StoredRecord], _ reader: EventLogReader,
    _ inquiry: inout SensorInquiry, _ report: inout ShownEventsReport
  ) async throws(OperationFailure) {
    let bytes = try await reader.entry(number).recordData
    let logged: LoggedEvent
    do throws(IPMIError) {
      logged = try LoggedEvent(parsing: bytes, sensors)
    } catch {
      throw OperationFailure(
        .malformedAnswer(error, command: GetSELEntry.name),
        "SEL Entry 0x\(number.hexadecimal(digits: 1)) not found")
    }
    var shown = ShownEventsReport.Shown(logged: logged)
    if let sensor = logged.sensor.flatMap(ReadableSensor.init) {
      shown.sensor = try await inquiry.measured(sensor, withEvents: true)
    }
    report.events.append(shown)
  }
}

/// Records of the log in full, each with its sensor.
struct ShownEventsReport: IPMIReport {
  /// A record and its sensor.
  struct Shown: Sendable {
    var logged: LoggedEvent
    /// What the sensor reads now; nil when it is not known, or cannot be asked.
    var sensor: MeasuredSensor?
  }

  var events: [Shown] = []
  /// Records that there are not.
  var missing: [UInt16] = []
  /// What ipmitool says of them.
  var complaints: [String] = []

  var isAffirmative: Bool { missing.isEmpty }

  func write(to text: inout ReportText) {
    for (index, shown) in events.enumerated() {
      EventDetails(logged: shown.logged, isExtended: true).write(to: &text)
      guard let stored = shown.logged.sensor else { continue }
      if let sensor = shown.sensor {
        SensorThresholdDetails(measured: sensor).write(to: &text)
      } else {
        LocatorLines(stored: stored).write(isExtended: false, isLong: true, to: &text)
      }
      if index + 1 < events.count { text.line("----------------------\n") }
    }
    for complaint in complaints { text.complain(complaint) }
  }

  private enum CodingKeys: CodingKey { case events, missing }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(events.map { EventAndSensor($0) }, forKey: .events)
    if !missing.isEmpty { try container.encode(missing, forKey: .missing) }
  }

  /// A record with the present state of its sensor.
  private struct EventAndSensor: Encodable {
    var event: EventReport
    var sensor: SensorReport?

    init(_ shown: Shown) {
      event = EventReport(shown.logged)
      sensor = shown.sensor.map { SensorReport($0.readout, thresholds: $0.thresholds) }
    }
  }
}
