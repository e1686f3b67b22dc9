import Drivers
import IPMI
import Machines

/// The manufacturer's own area of an inventory: where it is in it. FRU Information Storage Definition
/// 1.0, section 9.
private struct InternalUseArea {
  var device: InventoryDevice
  var range: Range<Int>

  init(of number: UInt8, over bmc: any BMCTransport) async throws(OperationFailure) {
    do throws(BMCFailure) {
      device = try await InventoryDevice(number, over: bmc)
      let bytes = try await device.header()
      range = Self.range(bytes, device.byteCount)
    } catch {
      let reason = error.completionCode?.text ?? "No Response"
      throw OperationFailure(
        error, "Cannot access internal use area",
        after: InternalUseReport(absence: " Device not present (\(reason))"))
    }
  }

  private static func range(_ header: [UInt8], _ byteCount: Int) -> Range<Int> {
    do throws(IPMIError) {
      let header = try FRUHeader(parsing: header.messageBytes)
      guard let start = header.internalUse, start < byteCount else { return 0..<0 }
      return start..<header.end(of: start, byteCount)
    } catch {
      return 0..<0
    }
  }

  mutating func bytes() async throws(OperationFailure) -> [UInt8] {
    do throws(BMCFailure) {
      return try await device.read(from: range.lowerBound, range.count)
    } catch {
      throw OperationFailure(
        error, Complaint("FRU Read failed"), after: InternalUseReport(size: range.count))
    }
  }
}

extension OperationFailure {
  fileprivate init(_ failure: BMCFailure, _ complaint: Complaint, after report: any IPMIReport) {
    self.init(failure, complaint.text(failure), after: report)
  }
}

/// `fru internaluse UNIT info` and `print`.
struct ShowInternalUse: IPMIOperation {
  var device: UInt8
  /// Whether the bytes are told, and not only how many there are.
  var tellsBytes: Bool

  var privilege: PrivilegeLevel { .user }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    var area = try await InternalUseArea(of: device, over: bmc)
    var report = InternalUseReport(size: area.range.count)
    if tellsBytes { report.bytes = try await area.bytes() }
    return report
  }
}

/// `fru internaluse UNIT read FILE`.
struct SaveInternalUse: IPMIOperation {
  var device: UInt8
  var path: String

  var privilege: PrivilegeLevel { .user }
  var isForOneController: Bool { true }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    var area = try await InternalUseArea(of: device, over: bmc)
    var report = InternalUseReport(size: area.range.count)
    let bytes = try await area.bytes()
    do throws(CommandFailure) {
      try WholeFile.write(bytes, to: path)
      report.trailer = "Done\n"
    } catch {
      report.faults = ["\(error.message)\nError opening file \(path)\n"]
    }
    return report
  }
}

/// `fru internaluse UNIT write FILE`: a file of the area's size.
struct WriteInternalUse: IPMIOperation {
  var device: UInt8
  var path: String

  var privilege: PrivilegeLevel { .operator }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    var area = try await InternalUseArea(of: device, over: bmc)
    var report = InternalUseReport(size: area.range.count)
    let bytes: [UInt8]
    do throws(CommandFailure) {
      bytes = try WholeFile.bytes(at: path)
    } catch {
      report.faults = ["\(error.message)\nError opening file \(path)\n"]
      return report
    }
    guard bytes.count == area.range.count else {
      report.faults = [
        "File Size: \(bytes.count)", "Area Size: \(area.range.count)",
        "File size does not fit Eeprom Size",
      ]
      return report
    }
    do throws(BMCFailure) {
      report.faults = try await area.device.replace(bytes, at: area.range.lowerBound)
    } catch {
      throw OperationFailure(error, Complaint("FRU Write failed"), after: report)
    }
    return report
  }
}

/// The manufacturer's own area of an inventory.
struct InternalUseReport: IPMIReport {
  /// How many bytes it has; nil when that is not known.
  var size: Int?
  /// The bytes, when they are told.
  var bytes: [UInt8]?
  /// What is wrong.
  var faults: [String] = []
  /// Why the unit's inventory is not there.
  var absence: String?
  /// What is said at the end.
  var trailer: String?

  var isAffirmative: Bool { faults.isEmpty && absence == nil }

  private enum CodingKeys: CodingKey { case size, bytes, faults }

  func write(to text: inout ReportText) {
    if let absence { text.line(absence) }
    if let size { text.line("Internal Use Area Size  : \(size)") }
    if let bytes {
      for (index, byte) in bytes.enumerated() {
        if index.isMultiple(of: 16) {
          let row = String(index / 16)
          text.write("\n\(row.count < 2 ? "0" : "")\(row)- ")
        }
        text.write(byte.hexadecimal(uppercase: true) + " ")
      }
      text.line()
    }
    if let trailer { text.line(trailer) }
    for fault in faults { text.complain(fault) }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(size, forKey: .size)
    try container.encodeIfPresent(bytes?.hexadecimal, forKey: .bytes)
    if !faults.isEmpty { try container.encode(faults, forKey: .faults) }
  }
}
