import Drivers
import IPMI
import Machines

/// `fru edit UNIT field AREA INDEX TEXT`: one text of an inventory becomes another. When its length
/// changes, the areas behind it move.
struct EditInventory: IPMIOperation {
  /// The area that has the text, by ipmitool's letter.
  enum Area: String, Sendable {
    case chassis = "c"
    case board = "b"
    case product = "p"
  }

  var device: UInt8
  var area: Area
  /// Which text of the area; 0 is the first.
  var index: Int
  var text: String

  var privilege: PrivilegeLevel { .operator }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    var report = EditedInventoryReport(id: device, new: text)
    do throws(BMCFailure) {
      var device = try await InventoryDevice(device, over: bmc)
      try await change(&device, &report)
      return report
    } catch {
      let reason = error.completionCode?.text ?? "No Response"
      report.absence = " Device not present (\(reason))"
      throw OperationFailure(error, "", after: report)
    }
  }

  private func change(
    _ device: inout InventoryDevice, _ report: inout EditedInventoryReport
  ) async throws(BMCFailure) {
    let present = try await device.read(from: 0, device.byteCount)
    guard var inventory = Self.inventory(present) else {
      report.fault = "The inventory is damaged: a header or a checksum is wrong"
      return
    }
    guard let field = inventory.field(index, of: area), !field.text.isEmpty else {
      report.isFound = false
      return
    }
    report.old = field.text
    report.isResized = field.bytes.count != text.utf8.count
    inventory.setField(index, of: area, to: TypeLengthField(text))
    let changed = inventory.bytes
    guard changed.count <= present.count else {
      report.fault =
        "The inventory would have \(changed.count) bytes, and has room for \(present.count)"
      return
    }
    // What was behind the areas stays where the areas do not get longer.
    let wanted = changed + present.dropFirst(changed.count)
    report.fault = try await Self.write(wanted, over: present, to: &device).first
  }

  /// The inventory that the bytes are; nil when anything in it is wrong, and would be lost.
  private static func inventory(_ bytes: [UInt8]) -> FRUInventory? {
    do throws(IPMIError) {
      guard try FRUInventory.wrongChecksums(bytes.messageBytes).isEmpty else { return nil }
      return try FRUInventory(parsing: bytes.messageBytes)
    } catch {
      return nil
    }
  }

  /// Writes what is other than before, from the first byte of it to the last.
  private static func write(
    _ wanted: [UInt8], over present: [UInt8], to device: inout InventoryDevice
  ) async throws(BMCFailure) -> [String] {
    let changes = wanted.indices.filter { wanted[$0] != present[$0] }
    guard let first = changes.first, let last = changes.last else { return [] }
    let start = first & ~1
    let end = min(wanted.count, (last | 1) + 1)
    return try await device.replace(Array(wanted[start..<end]), at: start)
  }
}

extension FRUInventory {
  fileprivate func field(_ index: Int, of area: EditInventory.Area) -> TypeLengthField? {
    let fields: [TypeLengthField]? =
      switch area {
      case .chassis: chassis?.fields
      case .board: board?.fields
      case .product: product?.fields
      }
    guard let fields, fields.indices.contains(index) else { return nil }
    return fields[index]
  }

  fileprivate mutating func setField(
    _ index: Int, of area: EditInventory.Area, to field: TypeLengthField
  ) {
    switch area {
    case .chassis: chassis?.fields[index] = field
    case .board: board?.fields[index] = field
    case .product: product?.fields[index] = field
    }
  }
}

/// A text of an inventory that became another.
struct EditedInventoryReport: IPMIReport {
  /// The unit's number.
  var id: UInt8
  /// The text before; nil when there was none.
  var old: String?
  /// The text now.
  var new: String
  /// Why it was not changed.
  var fault: String?
  /// Whether its length changed.
  var isResized = false
  /// Whether there is such a text.
  var isFound = true
  /// Why the unit's inventory is not there.
  var absence: String?

  var isAffirmative: Bool { fault == nil && isFound }

  private enum CodingKeys: CodingKey { case id, old, new, fault }

  func write(to text: inout ReportText) {
    if let absence { text.line(absence) }
    if !isFound { text.line("Field not found !") }
    if let old {
      if isResized { text.line("String size are not equal, resizing fru to fit new string") }
      text.line("Updating Field '\(old)' with '\(new)' ...")
    }
    if let fault {
      text.complain(fault)
    } else if isResized {
      text.line("Done.")
    }
  }
}
