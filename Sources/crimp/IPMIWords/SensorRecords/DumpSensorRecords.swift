import Drivers
import IPMI
import Machines

/// `sdr dump`: all records, in a file that `-S` reads.
struct DumpSensorRecords: IPMIOperation {
  var path: String

  var privilege: PrivilegeLevel { .user }
  var isForOneController: Bool { true }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let records = try await bmc.sensorRecords()
    let bytes = SensorRecordFile.bytes(of: records)
    var report = FileReport(
      path: path, records: records.count,
      announcement: "Dumping Sensor Data Repository to '\(path)'")
    report.write(bytes)
    return report
  }
}

/// Something was written to a file, whole or not at all.
struct FileReport: IPMIReport {
  /// The file.
  var path: String
  /// How many records it has.
  var records: Int
  /// What ipmitool says before it writes.
  var announcement: String?
  /// Why the file was not written.
  var fault: String?

  var isAffirmative: Bool { fault == nil }

  /// Writes the file, or notes why that cannot be done.
  mutating func write(_ bytes: [UInt8]) {
    do throws(CommandFailure) {
      try WholeFile.write(bytes, to: path)
    } catch {
      fault = error.message
    }
  }

  func write(to text: inout ReportText) {
    if let announcement { text.line(announcement) }
    if let fault { text.complain("Unable to open file \(path) for write: \(fault)") }
  }

  private enum CodingKeys: CodingKey { case path, records, fault }
}
