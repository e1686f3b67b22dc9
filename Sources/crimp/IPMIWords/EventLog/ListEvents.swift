import Drivers
import IPMI
import Machines

/// `sel list` and `sel elist`: records of the log.
struct ListEvents: IPMIOperation {
  /// Which records.
  enum Range: Sendable {
    /// All.
    case all
    /// The oldest; 0 means all.
    case first(Int)
    /// The newest; 0 means all.
    case last(Int)
  }

  var range: Range
  /// Whether sensors are named, and readings told.
  var isExtended: Bool
  var verbosity: Int

  var privilege: PrivilegeLevel { .user }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    var report = EventsReport(isLong: verbosity > 0)
    let state = try await bmc.ask(GetSELInfo(), Complaint("Get SEL Info command failed"))
    guard state.entries > 0 else {
      report.notice = "SEL has no entries"
      return report
    }
    let sensors = isExtended ? try await sensors(on: bmc, &report) : []
    let reader = EventLogReader(bmc)
    do throws(OperationFailure) {
      switch range {
      case .all, .first(0), .last(0):
        try await reader.walk { report.add($0, sensors) }
      case .first(let count):
        try await reader.walk(atMost: count) { report.add($0, sensors) }
      case .last(let count):
        for bytes in try await reader.last(count) { report.add(bytes, sensors) }
      }
    } catch {
      throw error.after(report)
    }
    return report
  }
}

extension IPMIOperation {
  /// The records of sensors that made events; a controller that refuses them has events none the less,
  /// with numbers instead of names.
  func sensors(
    on bmc: any BMCTransport, _ report: inout EventsReport
  ) async throws(OperationFailure) -> [StoredRecord] {
    do throws(OperationFailure) {
      return try await bmc.sensorRecords()
    } catch {
      guard case .completion = error.failure else { throw error }
      report.notice = error.complaint
      return []
    }
  }
}

/// Records of the log, in lines.
struct EventsReport: IPMIReport {
  var isLong: Bool
  var events: [LoggedEvent] = []
  /// The records as they came.
  var bytes: [[UInt8]] = []
  /// What ipmitool says on standard error.
  var notice: String?

  init(isLong: Bool) {
    self.isLong = isLong
  }

  /// Adds a record; one that is too short is passed over.
  mutating func add(_ bytes: [UInt8], _ sensors: [StoredRecord]) {
    do throws(IPMIError) {
      events.append(try LoggedEvent(parsing: bytes, sensors))
      self.bytes.append(bytes)
    } catch {
      notice = "a record of the log has \(bytes.count) bytes and not 16"
    }
  }

  func write(to text: inout ReportText) {
    for logged in events {
      if isLong {
        EventDetails(logged: logged).write(to: &text)
      } else {
        EventLine(logged: logged).write(to: &text)
      }
    }
    if let notice { text.complain(notice) }
  }

  private enum CodingKeys: CodingKey { case events }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(events.map { EventReport($0) }, forKey: .events)
  }
}
