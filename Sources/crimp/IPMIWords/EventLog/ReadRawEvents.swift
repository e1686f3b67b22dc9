import Drivers
import IPMI
import Machines

/// `sel readraw` and `sel ereadraw`: records of a file; only the names of sensors need a controller.
struct ReadRawEvents: IPMIOperation {
  var path: String
  /// Whether sensors are named.
  var isExtended: Bool
  var verbosity: Int

  var privilege: PrivilegeLevel { .user }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let bytes: [UInt8]
    do throws(CommandFailure) {
      bytes = try WholeFile.bytes(at: path)
    } catch {
      throw OperationFailure(
        .completion(.notPresent, command: "sel readraw", meaning: error.message),
        "\(EventFile.unreadable(path, error))\nipmitool: could not open input file.")
    }
    var report = EventsReport(isLong: verbosity > 0)
    let sensors = isExtended ? try await sensors(on: bmc, &report) : []
    let (records, rest) = RawEventFile.records(in: bytes)
    for record in records { report.add(record, sensors) }
    guard rest == 0 else {
      throw OperationFailure(
        .completion(.dataTruncated, command: "sel readraw", meaning: "\(path) ends in a record"),
        "ipmitool: incomplete record found in file.", after: report)
    }
    return report
  }
}
