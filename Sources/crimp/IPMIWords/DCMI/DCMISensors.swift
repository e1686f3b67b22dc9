import Drivers
import IPMI
import Machines

/// `dcmi sensors`: which sensors measure the temperatures of air inlet, processors and board, and what
/// they read.
struct ShowDCMISensors: IPMIOperation {
  /// How the report will be written: a long one tells of events too.
  var style: ReportStyle

  var privilege: PrivilegeLevel { .operator }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    var report = DCMISensorsReport(places: [])
    var records: [StoredRecord]?
    var inquiry = SensorInquiry(bmc)
    for place in DCMIPlace.all {
      let numbers: [UInt16]
      do throws(BMCFailure) {
        numbers = try await recordNumbers(of: place, over: bmc)
      } catch {
        let failure = OperationFailure(dcmi: error)
        // A controller need not have sensors at each place.
        guard error.completionCode != nil else { throw failure.after(report) }
        report.places.append(.init(name: place.name, fault: failure.complaint))
        continue
      }
      var found = DCMISensorsReport.Place(name: place.name)
      if !numbers.isEmpty, records == nil { records = try await bmc.sensorRecords() }
      for number in numbers {
        found.sensors.append(try await sensor(number, in: records ?? [], &inquiry))
      }
      report.places.append(found)
    }
    return report
  }

  private func recordNumbers(
    of place: DCMIPlace, over bmc: any BMCTransport
  ) async throws(BMCFailure) -> [UInt16] {
    var numbers: [UInt16] = []
    var start = 1
    while start <= 255 {
      let response = try await bmc.request(
        GetDCMISensorInfo(
          sensorType: SensorType(rawValue: 0x01),
          entity: EntityID(kind: place.entity, instance: 0), start: UInt8(clamping: start)))
      numbers += response.records
      start += response.records.count
      guard !response.records.isEmpty, start <= response.total else { break }
    }
    return numbers
  }

  private func sensor(
    _ number: UInt16, in records: [StoredRecord], _ inquiry: inout SensorInquiry
  ) async throws(OperationFailure) -> DCMISensorsReport.Sensor {
    guard let stored = records.first(where: { $0.record.recordID == number }),
      let sensor = ReadableSensor(stored)
    else { return .init(recordID: number) }
    let readout = try await inquiry.readout(of: sensor)
    let events = style.verbosity > 0 ? try await inquiry.events(of: sensor) : SensorEvents()
    return .init(recordID: number, readout: readout, events: events)
  }
}

/// Which sensors measure temperatures, and what they read.
struct DCMISensorsReport: IPMIReport {
  /// A sensor: the record that tells of it, and what it reads.
  struct Sensor: Sendable {
    var recordID: UInt16
    /// What it reads; nil when there is no such record.
    var readout: SensorReadout?
    var events = SensorEvents()
  }

  /// A place and its sensors.
  struct Place: Sendable {
    var name: String
    var sensors: [Sensor] = []
    /// Why they are not known.
    var fault: String?
  }

  var places: [Place]

  /// What came of the last place: that is what ipmitool's status tells.
  var isAffirmative: Bool { places.last?.fault == nil }

  func write(to text: inout ReportText) {
    for place in places {
      if let fault = place.fault {
        text.complain(fault)
        continue
      }
      let count = place.sensors.count
      text.line("\n\(place.name): \(count) temperature sensor\(count > 1 ? "s" : "") found:")
      for sensor in place.sensors { write(sensor, to: &text) }
    }
    text.line()
  }

  private func write(_ sensor: Sensor, to text: inout ReportText) {
    text.write("Record ID 0x\(sensor.recordID.hexadecimal(digits: 4)): ")
    guard let readout = sensor.readout else { return }
    if text.style.isCSV {
      SensorLines(readout: readout).writeCSV(
        isExtended: false, verbosity: text.style.verbosity, to: &text)
    } else if text.style.verbosity > 0 {
      SensorDetails(readout: readout, events: sensor.events).write(to: &text)
    } else {
      SensorLines(readout: readout).writeShort(to: &text)
    }
  }

  // MARK: For programs

  private enum CodingKeys: CodingKey { case places }
  private struct PlaceRecord: Encodable {
    var place: String
    var recordIDs: [UInt16]
    var sensors: [SensorReport]
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(
      places.map { place in
        PlaceRecord(
          place: place.name.lowercased(), recordIDs: place.sensors.map(\.recordID),
          sensors: place.sensors.compactMap { $0.readout.map { SensorReport($0) } })
      }, forKey: .places)
  }
}
