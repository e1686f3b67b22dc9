import Drivers
import IPMI
import Machines

/// `sel add`: adds events of a file to the log, as a remote console's software.
struct AddEvents: IPMIOperation {
  private static let generatorID: UInt16 = 0x41

  private let events: [PlatformEventMessage]

  init(_ events: [PlatformEventMessage]) {
    self.events = events
  }

  var privilege: PrivilegeLevel { .operator }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    var report = AddedEventsReport()
    for event in events {
      let record = SystemEventRecord(
        recordID: 0, .event(event.systemEvent(generatorID: Self.generatorID), time: 0))
      do throws(OperationFailure) {
        let response = try await bmc.ask(
          AddSELEntry(recordData: record.bytes), Complaint("Add SEL Entry failed"),
          isRepeatable: false)
        report.add(record, as: response.recordID)
      } catch {
        throw error.after(report)
      }
    }
    return report
  }
}

/// The records that were added.
struct AddedEventsReport: IPMIReport {
  /// Their numbers.
  var added: [UInt16] = []
  private var events: [LoggedEvent] = []

  init() {}

  /// Notes a record, and the number that it got.
  mutating func add(_ record: SystemEventRecord, as number: UInt16) {
    added.append(number)
    do throws(IPMIError) {
      events.append(try LoggedEvent(parsing: record.bytes))
    } catch {
      // A record that was just written is one.
    }
  }

  func write(to text: inout ReportText) {
    for event in events { EventLine(logged: event).write(to: &text) }
  }

  private enum CodingKeys: CodingKey { case added }
}
