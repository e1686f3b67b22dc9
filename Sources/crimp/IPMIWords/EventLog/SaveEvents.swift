import Drivers
import IPMI
import Machines

/// `sel save` and `sel writeraw`: the log, told and written to a file.
struct SaveEvents: IPMIOperation {
  var path: String
  /// Whether the file has the records' bytes, and not lines that `sel add` and `event file` read.
  var isRaw: Bool
  var verbosity: Int

  var privilege: PrivilegeLevel { .user }
  var isForOneController: Bool { true }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let list = ListEvents(range: .all, isExtended: false, verbosity: verbosity)
    guard let report = try await list.run(over: bmc) as? EventsReport else {
      return DoneReport(nil)
    }
    guard !report.events.isEmpty else { return report }
    var saved = SavedEventsReport(
      log: report, file: FileReport(path: path, records: report.events.count))
    saved.file.write(
      isRaw ? report.bytes.flatMap(RawEventFile.bytes) : EventFile.bytes(of: report.events))
    return saved
  }
}

/// The log, and the file that has it.
struct SavedEventsReport: IPMIReport {
  var log: EventsReport
  var file: FileReport

  var isAffirmative: Bool { file.isAffirmative }

  func write(to text: inout ReportText) {
    log.write(to: &text)
    file.write(to: &text)
  }

  func encode(to encoder: any Encoder) throws { try file.encode(to: encoder) }
}

/// Records as ipmitool writes them to a file: 16 bytes each, as on the wire but for a manufacturer's
/// number, which stands there with its highest byte first.
enum RawEventFile {
  /// The bytes in the file of a record, and the other way round.
  static func bytes(_ record: [UInt8]) -> [UInt8] {
    guard record.count == SystemEventRecord.byteCount, (0xc0...0xdf).contains(record[2]) else {
      return record
    }
    var bytes = record
    (bytes[7], bytes[9]) = (bytes[9], bytes[7])
    return bytes
  }

  /// The records in a file, and how many bytes behind them are none.
  static func records(in bytes: [UInt8]) -> (records: [[UInt8]], rest: Int) {
    let size = SystemEventRecord.byteCount
    let records = (0..<bytes.count / size).map { index in
      self.bytes(Array(bytes[index * size..<(index + 1) * size]))
    }
    return (records, bytes.count % size)
  }
}
