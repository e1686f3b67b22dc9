import Drivers
import IPMI
import Machines

/// Which records are told of.
enum RecordSelection: Sendable {
  /// Sensors that can be asked.
  case readable
  /// All.
  case all
  /// Those of a record type.
  case type(UInt8)
  /// Sensors of a type.
  case sensorType(SensorType)
  /// Those of a part of the system; nil for any instance.
  case entity(UInt8, instance: UInt8?)
  /// For each name the first record.
  case names([String])

  /// What `records` has of them, and the names that it has not.
  func records(in records: [StoredRecord]) -> (found: [StoredRecord], missing: [String]) {
    guard case .names(let names) = self else { return (records.filter(holds), []) }
    let found = names.map { (name: $0, record: records.first(named: $0)) }
    return (found.compactMap(\.record), found.filter { $0.record == nil }.map(\.name))
  }

  private func holds(_ stored: StoredRecord) -> Bool {
    switch self {
    case .readable: return stored.type == 0x01 || stored.type == 0x02
    case .all: return true
    case .type(let type): return stored.type == type
    case .sensorType(let type): return stored.record.content.sensorType == type
    case .entity(let kind, let instance):
      guard let entity = stored.record.content.entity, entity.kind == kind else { return false }
      return instance.map { $0 == entity.instance & 0x7f } ?? true
    case .names: return false
    }
  }
}

/// `sdr list`, `elist`, `type`, `entity` and `get`: records, and what their sensors read.
struct ListSensorRecords: IPMIOperation {
  private let selection: RecordSelection
  private let isExtended: Bool
  private let style: ReportStyle

  init(_ selection: RecordSelection, isExtended: Bool, style: ReportStyle) {
    self.selection = selection
    self.isExtended = isExtended
    self.style = style
  }

  var privilege: PrivilegeLevel { .user }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let (records, missing) = selection.records(in: try await bmc.sensorRecords())
    var report = SensorRecordsReport(
      isExtended: isExtended, verbosity: style.verbosity, missing: missing)
    var inquiry = SensorInquiry(bmc)
    for stored in records {
      do throws(OperationFailure) {
        report.entries.append(try await entry(stored, &inquiry))
      } catch {
        throw error.after(report)
      }
    }
    return report
  }

  private func entry(
    _ stored: StoredRecord, _ inquiry: inout SensorInquiry
  ) async throws(OperationFailure) -> SensorRecordsReport.Entry {
    guard let sensor = ReadableSensor(stored) else { return .other(stored) }
    let readout = try await inquiry.readout(of: sensor)
    guard style.verbosity > 0, !style.isCSV else { return .sensor(readout, SensorEvents()) }
    return .sensor(readout, try await inquiry.events(of: sensor))
  }
}

/// Records of the repository, in lines.
struct SensorRecordsReport: IPMIReport {
  /// One record.
  enum Entry: Sendable {
    /// A sensor, and what it reads.
    case sensor(SensorReadout, SensorEvents)
    /// Something else.
    case other(StoredRecord)
  }

  var isExtended: Bool
  var verbosity: Int
  var entries: [Entry] = []
  /// Names that no record has.
  var missing: [String] = []

  var isAffirmative: Bool { missing.isEmpty }

  func write(to text: inout ReportText) {
    let isLong = verbosity > 0
    for entry in entries {
      switch entry {
      case .sensor(let readout, let events):
        let lines = SensorLines(readout: readout)
        if text.style.isCSV {
          lines.writeCSV(isExtended: isExtended, verbosity: verbosity, to: &text)
        } else if isLong {
          SensorDetails(readout: readout, events: events).write(to: &text)
        } else if isExtended {
          lines.writeExtended(to: &text)
        } else {
          lines.writeShort(to: &text)
        }
      case .other(let stored):
        LocatorLines(stored: stored).write(isExtended: isExtended, isLong: isLong, to: &text)
      }
    }
    for name in missing { text.complain("Unable to find sensor id '\(name)'") }
  }

  private enum CodingKeys: CodingKey { case sensors, records, missing }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    var sensors: [SensorReport] = []
    var records: [LocatorReport] = []
    for entry in entries {
      switch entry {
      case .sensor(let readout, _): sensors.append(SensorReport(readout))
      case .other(let stored): records.append(LocatorReport(stored))
      }
    }
    try container.encode(sensors, forKey: .sensors)
    if !records.isEmpty { try container.encode(records, forKey: .records) }
    if !missing.isEmpty { try container.encode(missing, forKey: .missing) }
  }
}

/// A record of something else than a sensor that can be asked, as programs read it.
struct LocatorReport: Encodable, Sendable {
  var recordID: UInt16
  /// `event-only`, `controller`, `device`, `fru`, `association`, `oem` or `other`.
  var kind: String
  var name: String?
  var entity: EntityReport?
  /// A sensor's number.
  var number: UInt8?
  /// What a sensor watches.
  var type: String?

  init(_ stored: StoredRecord) {
    recordID = stored.record.recordID
    name = stored.record.name
    entity = stored.record.content.entity.map { EntityReport($0) }
    type = stored.record.content.sensorType?.text
    switch stored.record.content {
    case .eventOnly(let record):
      kind = "event-only"
      number = record.number
    case .controllerLocator: kind = "controller"
    case .genericDeviceLocator: kind = "device"
    case .fruDeviceLocator: kind = "fru"
    case .entityAssociation: kind = "association"
    case .oem: kind = "oem"
    case .full, .compact, .other: kind = "other"
    }
  }
}
