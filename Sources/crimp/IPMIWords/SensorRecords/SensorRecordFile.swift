import IPMI

/// A file of sensor data records, one behind the other: what `sdr dump` writes and `-S` reads.
enum SensorRecordFile {
  /// Why bytes are no such file; in ipmitool's words.
  struct Fault: Error {
    var words: String
  }

  /// The versions of records that there have been: IPMI 1.0, 1.5 and 2.0.
  private static let versions: Set<UInt8> = [0x01, 0x51, 0x02]

  /// Reads a file. What stands before a fault is returned with it.
  static func records(in bytes: [UInt8]) -> (records: [StoredRecord], fault: Fault?) {
    let header = SensorDataRecord.headerByteCount
    var records: [StoredRecord] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let start = Array(rest.prefix(header))
      guard start.count == header else {
        return (records, Fault(words: "header read \(start.count) bytes, expected \(header)"))
      }
      rest = rest.dropFirst(header)
      let count = Int(start[4])
      guard count > 0 else { continue }
      guard versions.contains(start[2]) else {
        return (records, Fault(words: "invalid sdr header version \(start[2].hexadecimal())"))
      }
      let body = rest.prefix(count)
      guard body.count == count else {
        let number = UInt16(start[0]) | UInt16(start[1]) << 8
        return (
          records,
          Fault(
            words: "record \(number.hexadecimal(digits: 4)) read \(body.count) bytes, "
              + "expected \(count)")
        )
      }
      rest = rest.dropFirst(count)
      if let record = StoredRecord(start + body) { records.append(record) }
    }
    return (records, nil)
  }

  /// The file of these records.
  static func bytes(of records: [StoredRecord]) -> [UInt8] {
    records.flatMap(\.bytes)
  }
}
