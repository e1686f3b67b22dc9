public import IPMI

/// The sensor data records of a controller, in their order, and who may read them in pieces. IPMI
/// 2.0, section 33.
public struct SDRRepository: Hashable, Sendable {
  /// How many bytes an answer holds of a record.
  static let longestPiece = 240

  /// The records with their own numbers in their first 2 bytes.
  public let records: [[UInt8]]

  /// How many pieces of records were asked for.
  var piecesRead = 0

  private var reservation: UInt16 = 0

  /// Creates a repository of these records.
  public init(records: [[UInt8]]) {
    self.records = records
  }

  /// Makes a reservation, which ends the one before.
  public mutating func reserve() -> UInt16 {
    reservation = reservation == .max ? 1 : reservation + 1
    return reservation
  }

  /// `count` bytes of a record from `offset`, all that is left for FFh, and the number of the record
  /// behind it (FFFFh for none).
  ///
  /// Throws `CompletionCode` C5h when a piece is asked for without the reservation that holds, CBh
  /// when there is no such record, C9h for an offset behind its end, and CAh for too many bytes.
  public func read(
    _ number: UInt16, at offset: UInt8, count: UInt8, reservation identifier: UInt16
  ) throws(CompletionCode) -> (bytes: [UInt8], next: UInt16) {
    if offset > 0 || identifier != 0 {
      guard identifier == reservation, reservation != 0 else { throw .invalidReservation }
    }
    guard let index = index(of: number) else { throw .notPresent }
    let record = records[index]
    guard Int(offset) < record.count else { throw .parameterOutOfRange }
    let left = record.count - Int(offset)
    let wanted = count == 0xff ? left : min(left, Int(count))
    guard wanted <= Self.longestPiece else { throw .cannotReturnBytes }
    let next = records.indices.contains(index + 1) ? Self.number(of: records[index + 1]) : 0xffff
    return (Array(record.dropFirst(Int(offset)).prefix(wanted)), next)
  }

  private func index(of number: UInt16) -> Int? {
    switch number {
    case 0x0000: records.indices.first
    case 0xffff: records.indices.last
    default: records.firstIndex { Self.number(of: $0) == number }
    }
  }

  private static func number(of record: [UInt8]) -> UInt16 {
    guard record.count >= 2 else { return 0xffff }
    return UInt16(record[0]) | UInt16(record[1]) << 8
  }
}
