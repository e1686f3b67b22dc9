import Drivers
import IPMI
import Machines

/// `fru read UNIT FILE`: all bytes of an inventory, in a file.
struct ReadInventory: IPMIOperation {
  var device: UInt8
  var path: String

  var privilege: PrivilegeLevel { .user }
  var isForOneController: Bool { true }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let complaint = Complaint(
      silence: " Device not present (No Response)", beforeCode: " Device not present (",
      afterCode: ")")
    do throws(BMCFailure) {
      var device = try await InventoryDevice(device, over: bmc)
      var report = InventoryFileReport(device, path: path)
      let bytes = try await device.read(from: 0, device.byteCount)
      guard bytes.count == device.byteCount else {
        report.faults = ["The unit gave \(bytes.count) of its \(device.byteCount) bytes"]
        return report
      }
      do throws(CommandFailure) {
        try WholeFile.write(bytes, to: path)
        report.isDone = true
      } catch {
        report.faults = ["\(error.message)\nError opening file \(path)\n"]
      }
      return report
    } catch {
      throw OperationFailure(error, complaint)
    }
  }
}

/// `fru write UNIT FILE`: a file's bytes become an inventory.
///
/// What is no inventory, or does not fit, is not begun with; and what was written is read again, because
/// controllers protect parts of it without a word.
struct WriteInventory: IPMIOperation {
  var device: UInt8
  var path: String

  var privilege: PrivilegeLevel { .operator }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let complaint = Complaint(
      silence: " Device not present (No Response)", beforeCode: " Device not present (",
      afterCode: ")")
    let bytes: [UInt8]
    do throws(CommandFailure) {
      bytes = try WholeFile.bytes(at: path)
    } catch {
      return InventoryFileReport(
        fault: "\(error.message)\nError opening file \(path)\n", path: path)
    }
    do throws(BMCFailure) {
      var device = try await InventoryDevice(device, over: bmc)
      var report = InventoryFileReport(device, path: path)
      report.writtenByteCount = bytes.count
      report.faults = Self.faults(of: bytes, for: device)
      guard report.faults.isEmpty else { return report }
      report.faults = try await device.replace(bytes, at: 0)
      report.isDone = report.faults.isEmpty
      return report
    } catch {
      throw OperationFailure(error, complaint)
    }
  }

  /// What keeps the bytes from being that unit's inventory.
  private static func faults(of bytes: [UInt8], for device: InventoryDevice) -> [String] {
    guard bytes.count <= device.byteCount else {
      return ["The file has \(bytes.count) bytes, and the inventory room for \(device.byteCount)"]
    }
    guard !device.isAccessedInWords || bytes.count.isMultiple(of: 2) else {
      return ["Odd offset or length specified"]
    }
    do throws(IPMIError) {
      _ = try FRUInventory(parsing: bytes.messageBytes)
      return try FRUInventory.wrongChecksums(bytes.messageBytes).map {
        "The file is no inventory: the checksum of the area at byte \($0) is wrong"
      }
    } catch {
      return ["The file is no inventory: its header or an area is wrong or cut short"]
    }
  }
}
