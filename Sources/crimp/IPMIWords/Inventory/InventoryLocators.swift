import Drivers
import IPMI
import Machines

/// The sensor data records that tell of inventories and of other controllers.
enum InventoryLocators {
  private static let types: Set<UInt8> = [0x11, 0x12]
  /// What fits on every bus.
  private static let pieceByteCount = 16
  /// How often the walk is begun anew because somebody else has reserved the repository.
  private static let tries = 4

  /// Reads them, in their order.
  static func records(
    over bmc: any BMCTransport
  ) async throws(OperationFailure) -> [SensorDataRecord] {
    let complaint = Complaint("Get SDR command failed")
    for _ in 0..<tries {
      let reservation = try await bmc.ask(
        ReserveSDRRepository(), Complaint("Unable to renew SDR reservation")
      ).reservation
      do throws(BMCFailure) {
        return try await records(over: bmc, reservation)
      } catch {
        guard error.completionCode == .invalidReservation else {
          throw OperationFailure(error, complaint)
        }
      }
    }
    throw OperationFailure(
      .completion(.invalidReservation, command: GetSDR.name, meaning: nil), complaint)
  }

  private static func records(
    over bmc: any BMCTransport, _ reservation: UInt16
  ) async throws(BMCFailure) -> [SensorDataRecord] {
    var records: [SensorDataRecord] = []
    var seen: Set<UInt16> = []
    var next: UInt16 = 0
    while next != 0xffff, seen.insert(next).inserted {
      let number = next
      let first = try await bmc.request(
        GetSDR(
          reservation: reservation, recordID: number, offset: 0,
          count: UInt8(SensorDataRecord.headerByteCount)))
      next = first.nextRecordID
      var bytes = first.recordData
      guard bytes.count == SensorDataRecord.headerByteCount, types.contains(bytes[3]) else {
        continue
      }
      let count = bytes.count + Int(bytes[4])
      while bytes.count < count {
        let part = try await bmc.request(
          GetSDR(
            reservation: reservation, recordID: number, offset: UInt8(clamping: bytes.count),
            count: UInt8(clamping: min(count - bytes.count, pieceByteCount))))
        guard !part.recordData.isEmpty else { break }
        bytes += part.recordData
      }
      if let record = record(bytes) { records.append(record) }
    }
    return records
  }

  private static func record(_ bytes: [UInt8]) -> SensorDataRecord? {
    do throws(IPMIError) {
      return try SensorDataRecord(parsing: bytes.messageBytes)
    } catch {
      return nil
    }
  }
}
