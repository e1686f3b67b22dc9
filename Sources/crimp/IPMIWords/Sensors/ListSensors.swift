import Drivers
import IPMI
import Machines

/// `sensor list`: every sensor that can be asked, with its thresholds.
struct ListSensors: IPMIOperation {
  var style: ReportStyle

  var privilege: PrivilegeLevel { .user }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let isLong = style.verbosity > 0 && !style.isCSV
    var report = SensorsReport(isLong: isLong)
    var inquiry = SensorInquiry(bmc)
    for sensor in try await bmc.sensorRecords().compactMap(ReadableSensor.init) {
      do throws(OperationFailure) {
        report.entries.append(.sensor(try await inquiry.measured(sensor, withEvents: isLong)))
      } catch {
        throw error.after(report)
      }
    }
    return report
  }
}

/// `sensor get`: named sensors, with all that they tell.
struct GetSensors: IPMIOperation {
  var names: [String]
  var style: ReportStyle

  var privilege: PrivilegeLevel { .user }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let records = try await bmc.sensorRecords()
    // A line a sensor between commas, however much was to be told.
    let isLong = !style.isCSV
    var report = SensorsReport(isLong: isLong, heading: "Locating sensor record...")
    var inquiry = SensorInquiry(bmc)
    for name in names {
      guard let stored = records.first(named: name) else {
        report.missing.append(name)
        continue
      }
      guard let sensor = ReadableSensor(stored) else {
        report.entries.append(.other(stored))
        continue
      }
      do throws(OperationFailure) {
        report.entries.append(.sensor(try await inquiry.measured(sensor, withEvents: isLong)))
      } catch {
        throw error.after(report)
      }
    }
    return report
  }
}

/// A sensor, what it reads, and its thresholds and events.
struct MeasuredSensor: Sendable {
  var readout: SensorReadout
  /// Nil when it has none, or does not tell.
  var thresholds: SensorThresholds?
  var events = SensorEvents()
}

extension SensorInquiry {
  /// What a sensor reads, and its thresholds.
  mutating func measured(
    _ sensor: ReadableSensor, withEvents: Bool
  ) async throws(OperationFailure) -> MeasuredSensor {
    var measured = MeasuredSensor(readout: try await readout(of: sensor))
    guard sensor.isThreshold else { return measured }
    measured.thresholds = try await thresholds(of: sensor)
    if withEvents { measured.events = try await events(of: sensor) }
    return measured
  }
}

/// Sensors with their thresholds: a line each, or many.
struct SensorsReport: IPMIReport {
  /// One record.
  enum Entry: Sendable {
    /// A sensor.
    case sensor(MeasuredSensor)
    /// A record of that name that is no sensor, or none that can be asked.
    case other(StoredRecord)
  }

  var isLong: Bool
  /// What ipmitool says first.
  var heading: String?
  var entries: [Entry] = []
  /// Names that no record has.
  var missing: [String] = []

  init(isLong: Bool, heading: String? = nil) {
    self.isLong = isLong
    self.heading = heading
  }

  /// Whether every sensor that was named has a reading; a list is a list in any case.
  var isAffirmative: Bool {
    heading == nil || (missing.isEmpty && sensors.allSatisfy(\.readout.isValid))
  }

  func write(to text: inout ReportText) {
    if let heading { text.line(heading) }
    for entry in entries {
      switch entry {
      case .sensor(let sensor): write(sensor, to: &text)
      case .other(let stored):
        LocatorLines(stored: stored).write(isExtended: false, isLong: true, to: &text)
      }
    }
    for name in missing { text.complain("Sensor data record \"\(name)\" not found!") }
  }

  private func write(_ sensor: MeasuredSensor, to text: inout ReportText) {
    if isLong {
      SensorThresholdDetails(measured: sensor).write(to: &text)
    } else if text.style.isCSV {
      SensorTableLine(measured: sensor, hasWords: heading != nil).writeCSV(to: &text)
    } else {
      SensorTableLine(measured: sensor).write(to: &text)
    }
  }

  private var sensors: [MeasuredSensor] {
    entries.compactMap { if case .sensor(let sensor) = $0 { sensor } else { nil } }
  }

  private var others: [StoredRecord] {
    entries.compactMap { if case .other(let stored) = $0 { stored } else { nil } }
  }

  private enum CodingKeys: CodingKey { case sensors, records, missing }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(
      sensors.map { SensorReport($0.readout, thresholds: $0.thresholds) }, forKey: .sensors)
    if !others.isEmpty {
      try container.encode(others.map { LocatorReport($0) }, forKey: .records)
    }
    if !missing.isEmpty { try container.encode(missing, forKey: .missing) }
  }
}
