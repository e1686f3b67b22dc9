import Drivers
import IPMI
import Machines

/// Reads records of the log, each in one round trip.
struct EventLogReader {
  /// The record that means the last.
  private static let last: UInt16 = 0xffff

  private let bmc: any BMCTransport

  init(_ bmc: any BMCTransport) {
    self.bmc = bmc
  }

  /// Reads from `start` (0 is the oldest) to the newest, or `count` records.
  func walk(
    from start: UInt16 = 0, atMost count: Int = .max, _ body: ([UInt8]) -> Void
  ) async throws(OperationFailure) {
    var seen: Set<UInt16> = []
    var next = start
    var left = count
    // A list that leads back into itself ends there.
    while left > 0, seen.insert(next).inserted {
      let response = try await entry(next)
      body(response.recordData)
      next = response.nextRecordID
      left -= 1
      // Some controllers say 0 instead of FFFFh behind the newest.
      if next == Self.last || next == 0 { return }
    }
  }

  /// The newest `count` records, the oldest of them first.
  ///
  /// Records only know who comes after them. Most controllers number them in a row, so the record is
  /// asked for that would then be the first; if it is not there, the log is read from its beginning.
  func last(_ count: Int) async throws(OperationFailure) -> [[UInt8]] {
    let newest = try await entry(Self.last)
    guard let number = newest.number else { return [] }
    guard count > 1 else { return [newest.recordData] }
    if Int(number) >= count {
      let records = try await records(from: number - UInt16(count - 1))
      if records.count >= count { return Array(records.suffix(count)) }
    }
    return Array(try await records(from: 0).suffix(count))
  }

  /// The records from `start` on; none when it is not there.
  private func records(from start: UInt16) async throws(OperationFailure) -> [[UInt8]] {
    var records: [[UInt8]] = []
    do throws(OperationFailure) {
      try await walk(from: start) { records.append($0) }
    } catch {
      guard start != 0, case .completion = error.failure else { throw error }
      return []
    }
    return records
  }

  /// The record of that number.
  func entry(_ number: UInt16) async throws(OperationFailure) -> GetSELEntry.Response {
    let name = number.hexadecimal(digits: 1)
    return try await bmc.ask(
      GetSELEntry(recordID: number), Complaint("Get SEL Entry \(name) command failed"))
  }
}

extension GetSELEntry.Response {
  /// The record's own number.
  fileprivate var number: UInt16? {
    guard recordData.count >= 2 else { return nil }
    return UInt16(recordData[0]) | UInt16(recordData[1]) << 8
  }
}
