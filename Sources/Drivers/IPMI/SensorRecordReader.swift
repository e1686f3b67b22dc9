internal import IPMI
public import Machines

/// Reads the sensor data records of a controller, in as few round trips as it lets: a record an answer.
///
/// Controllers that cannot answer that much are asked for pieces, each time for smaller ones, and under
/// a reservation, as the specification has it; one that is lost is made again, and its record begun
/// anew. IPMI 2.0, sections 33 and 35.
///
/// Use it on the loop's thread only.
public struct SensorRecordReader {
  /// Where a controller keeps its records.
  public enum Place: Hashable, Sendable {
    /// In the repository of the system.
    case repository
    /// In the device itself, for its own sensors alone.
    case device
  }

  /// What was being done when it went wrong.
  public enum Step: Hashable, Sendable {
    /// Reserving the repository.
    case reservation
    /// Reading the record of this number; 0 is the first.
    case record(UInt16)
  }

  /// Why there are no records.
  public struct Failure: Error, Hashable, Sendable {
    /// What was being done.
    public var step: Step
    /// What went wrong.
    public var failure: BMCFailure
  }

  /// How many bytes are asked for at once: the next when the one before was refused. 22 is what fits
  /// on an IPMB, 32 on most system interfaces.
  private static let pieces: [UInt8] = [0xff, 64, 32, 22, 16, 8]
  /// How often one record is begun anew, because its reservation was lost or the controller is busy.
  private static let tries = 8

  private let transport: any BMCTransport
  private let place: Place
  private var piece: Int
  private var reservation: UInt16 = 0

  /// A reader of the records at `place`.
  ///
  /// - Parameter isBridged: whether the controller is behind another: then an answer that is too long
  ///   for the bus between them is often no answer, so that short ones are asked for.
  public init(over transport: any BMCTransport, at place: Place, isBridged: Bool = false) {
    self.transport = transport
    self.place = place
    piece = isBridged ? 4 : 0
  }

  /// Reads all records, in their order, each with its own 5 bytes of header.
  public mutating func records() async throws(Failure) -> [[UInt8]] {
    var records: [[UInt8]] = []
    var seen: Set<UInt16> = []
    var next: UInt16 = 0
    // A list that leads back into itself ends there.
    while next != 0xffff, seen.insert(next).inserted {
      let number = next
      var record: [UInt8]
      (record, next) = try await self.record(number)
      // Some controllers put another number into the record than they list it by.
      if number != 0, record.count >= 2 {
        record[0] = UInt8(truncatingIfNeeded: number)
        record[1] = UInt8(truncatingIfNeeded: number >> 8)
      }
      records.append(record)
    }
    return records
  }

  /// Reads one record: 0 is the first. Returns it, and the number of the one behind it (FFFFh for
  /// none).
  public mutating func record(
    _ number: UInt16
  ) async throws(Failure) -> (bytes: [UInt8], next: UInt16) {
    var bytes: [UInt8] = []
    var next: UInt16 = 0xffff
    var tries = Self.tries
    while true {
      guard let count = wanted(bytes) else { return (bytes, next) }
      do throws(BMCFailure) {
        let answer = try await read(number, from: bytes.count, count)
        guard !answer.bytes.isEmpty else { throw Self.emptyAnswer }
        next = answer.next
        bytes += answer.bytes.prefix(256 - bytes.count)
      } catch {
        tries -= 1
        guard tries > 0 else { throw Failure(step: .record(number), failure: error) }
        try await recover(from: error, number)
        bytes = []
      }
    }
  }

  /// How many bytes to ask for behind these; nil when the record is whole.
  private func wanted(_ bytes: [UInt8]) -> UInt8? {
    let header = SensorDataRecord.headerByteCount
    let size = Self.pieces[piece]
    guard bytes.count >= header else {
      return size == 0xff && bytes.isEmpty ? size : UInt8(header - bytes.count)
    }
    let missing = header + Int(bytes[4]) - bytes.count
    guard missing > 0, bytes.count < 256 else { return nil }
    return min(UInt8(clamping: missing), size)
  }

  /// Sees to it that the record can be begun anew, or throws why it cannot.
  private mutating func recover(
    from failure: BMCFailure, _ number: UInt16
  ) async throws(Failure) {
    guard case .completion(let code, _, _) = failure else {
      throw Failure(step: .record(number), failure: failure)
    }
    switch code {
    case .invalidReservation: try await reserve()
    case .nodeBusy: break
    case .cannotReturnBytes, .lengthInvalid, .lengthLimitExceeded, .unspecified, .outOfSpace,
      .parameterOutOfRange, .invalidDataField:
      guard piece + 1 < Self.pieces.count else {
        throw Failure(step: .record(number), failure: failure)
      }
      piece += 1
      // Whoever reads in pieces has to see when somebody changes the record meanwhile.
      if reservation == 0 { try await reserve() }
    default: throw Failure(step: .record(number), failure: failure)
    }
  }

  private mutating func reserve() async throws(Failure) {
    do throws(BMCFailure) {
      reservation =
        switch place {
        case .repository: try await transport.request(ReserveSDRRepository()).reservation
        case .device: try await transport.request(ReserveDeviceSDRRepository()).reservation
        }
    } catch {
      throw Failure(step: .reservation, failure: error)
    }
  }

  private func read(
    _ number: UInt16, from offset: Int, _ count: UInt8
  ) async throws(BMCFailure) -> (bytes: [UInt8], next: UInt16) {
    let offset = UInt8(clamping: offset)
    switch place {
    case .repository:
      let response = try await transport.request(
        GetSDR(reservation: reservation, recordID: number, offset: offset, count: count))
      return (response.recordData, response.nextRecordID)
    case .device:
      let response = try await transport.request(
        GetDeviceSDR(reservation: reservation, recordID: number, offset: offset, count: count))
      return (response.recordData, response.nextRecordID)
    }
  }

  /// An answer without data brings nobody further: smaller pieces are tried.
  private static var emptyAnswer: BMCFailure {
    .completion(.cannotReturnBytes, command: GetSDR.name, meaning: "no data")
  }
}
