import Drivers
import IPMI
import Machines

/// `fru print UNIT`: what one inventory says.
struct ShowInventory: IPMIOperation {
  var device: UInt8
  /// Whether the further records are told too.
  var tellsMultirecords: Bool

  var privilege: PrivilegeLevel { .user }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    var report = InventoryReport(id: device)
    try await report.fill(over: bmc, tellsMultirecords: tellsMultirecords)
    return report
  }
}

extension InventoryReport {
  /// Reads the inventory. A unit that is not there, or whose inventory is none, is a report that says
  /// so.
  ///
  /// - Throws: why the controller as a whole cannot be asked any more.
  mutating func fill(
    over bmc: any BMCTransport, tellsMultirecords: Bool
  ) async throws(OperationFailure) {
    do throws(BMCFailure) {
      var device = try await InventoryDevice(id, over: bmc)
      guard device.byteCount > 0 else { return refuse(" Invalid FRU size \(device.byteCount)") }
      try await fill(from: &device, tellsMultirecords)
    } catch {
      guard error.isOfUnit(over: bmc) else {
        throw OperationFailure(error, " Device not present (No Response)", after: self)
      }
      isReadable = false
      absence = error.completionCode?.text ?? "No Response"
    }
  }

  private mutating func refuse(_ fault: String) {
    faults.append(fault)
    isReadable = false
  }

  private mutating func fill(
    from device: inout InventoryDevice, _ tellsMultirecords: Bool
  ) async throws(BMCFailure) {
    let bytes = try await device.header()
    let header: FRUHeader
    do throws(IPMIError) {
      header = try FRUHeader(parsing: bytes.messageBytes)
    } catch {
      let version = bytes.first ?? 0
      return refuse(" Unknown FRU header version 0x\(version.hexadecimal())")
    }
    if let offset = header.chassis, let area = try await area(at: offset, &device) {
      chassis = parsed { () throws(IPMIError) in try FRUChassisArea(parsing: area.messageBytes) }
    }
    if let offset = header.board, let area = try await area(at: offset, &device) {
      board = parsed { () throws(IPMIError) in try FRUBoardArea(parsing: area.messageBytes) }
    }
    if let offset = header.product, let area = try await area(at: offset, &device) {
      product = parsed { () throws(IPMIError) in try FRUProductArea(parsing: area.messageBytes) }
    }
    guard tellsMultirecords, let offset = header.multirecords else { return }
    try await readMultirecords(from: offset, &device)
  }

  /// An area's bytes; nil, with a word of why, when they cannot be had.
  private mutating func area(
    at offset: Int, _ device: inout InventoryDevice
  ) async throws(BMCFailure) -> [UInt8]? {
    guard offset <= device.byteCount else {
      faults.append("Read FRU Area offset incorrect: \(offset) > \(device.byteCount)")
      return nil
    }
    do throws(BMCFailure) {
      let area = try await device.area(at: offset)
      guard !area.isEmpty else { return nil }
      if offset + area.count > device.byteCount {
        faults.append(
          "Read FRU Area length \(offset + area.count) too large, "
            + "Adjusting to \(device.byteCount - offset)")
      }
      return area
    } catch {
      guard let code = error.completionCode else { throw error }
      faults.append("FRU Read failed: \(code.text)")
      return nil
    }
  }

  private func parsed<Area>(_ body: () throws(IPMIError) -> Area) -> Area? {
    do throws(IPMIError) {
      return try body()
    } catch {
      return nil
    }
  }

  /// More than any unit has: one whose records have no end is not read for ever.
  private static let multirecordLimit = 128

  /// Reads the records up to the last one, or to the end of the inventory.
  private mutating func readMultirecords(
    from start: Int, _ device: inout InventoryDevice
  ) async throws(BMCFailure) {
    var offset = start
    while offset + FRUMultirecord.Header.byteCount <= device.byteCount,
      multirecords.count < Self.multirecordLimit
    {
      let bytes = try await device.read(from: offset, FRUMultirecord.Header.byteCount)
      let header: FRUMultirecord.Header
      do throws(IPMIError) {
        header = try FRUMultirecord.Header(parsing: bytes.messageBytes)
      } catch {
        return
      }
      offset += FRUMultirecord.Header.byteCount
      let data = try await device.read(from: offset, Int(header.dataByteCount))
      multirecords.append(
        InventoryRecordReport(
          FRUMultirecord(type: header.type, version: header.version, data: data)))
      offset += Int(header.dataByteCount)
      guard !header.isLast else { return }
    }
  }
}

extension BMCFailure {
  /// The completion code that refused a command; nil when something else went wrong.
  var completionCode: CompletionCode? {
    if case .completion(let code, _, _) = self { return code }
    return nil
  }

  /// Whether it says something of one unit alone: a refusal, or a controller behind another that does
  /// not answer.
  func isOfUnit(over bmc: any BMCTransport) -> Bool {
    switch self {
    case .completion, .malformedAnswer: true
    case .noAnswer(.command), .disbelieved, .deadline:
      (bmc as? AddressedTransport)?.route.bridge != nil
    default: false
    }
  }
}
