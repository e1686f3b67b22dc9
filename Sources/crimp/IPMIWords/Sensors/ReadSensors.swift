import Drivers
import IPMI
import Machines

/// `sensor reading`: the numbers of named sensors.
struct ReadSensors: IPMIOperation {
  var names: [String]

  var privilege: PrivilegeLevel { .user }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let records = try await bmc.sensorRecords()
    var report = ReadingsReport()
    var inquiry = SensorInquiry(bmc)
    for name in names {
      guard let stored = records.first(named: name) else {
        report.missing.append(name)
        continue
      }
      guard let sensor = ReadableSensor(stored) else { continue }
      do throws(OperationFailure) {
        report.readouts.append(try await inquiry.readout(of: sensor))
      } catch {
        throw error.after(report)
      }
    }
    return report
  }
}

/// Sensors and their numbers.
struct ReadingsReport: IPMIReport {
  var readouts: [SensorReadout] = []
  /// Names that no record has.
  var missing: [String] = []

  var isAffirmative: Bool { missing.isEmpty }

  func write(to text: inout ReportText) {
    for readout in readouts where readout.sensor.full != nil && readout.isValid {
      let name = readout.sensor.name
      // ipmitool has room for 15 characters.
      let value = readout.valueText(3).prefix(15)
      if !readout.isAnalog {
        text.complain("Sensor \"\(name)\" is a discrete sensor!")
      } else if text.style.isCSV {
        text.line("\(name),\(value)")
      } else {
        text.line("\(name.filled(to: 16)) | \(value)")
      }
    }
    for name in missing { text.complain("Sensor \"\(name)\" not found!") }
  }

  private enum CodingKeys: CodingKey { case sensors, missing }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(readouts.map { SensorReport($0) }, forKey: .sensors)
    if !missing.isEmpty { try container.encode(missing, forKey: .missing) }
  }
}
