public import IPMI

/// The log of a controller: records of 16 bytes, oldest first. IPMI 2.0, section 31.
public struct SystemEventLog: Hashable, Sendable {
  /// How many bytes a record has.
  public static let recordLength = 16
  /// The record that means the first one, and the record behind the last.
  public static let first: UInt16 = 0x0000
  /// The record that means the last one.
  public static let last: UInt16 = 0xffff

  /// How many records there is room for.
  public let capacity: Int
  /// The records with their own numbers in their first 2 bytes.
  public private(set) var records: [[UInt8]] = []
  /// When a record was added last, in seconds since 1970; FFFFFFFFh for never.
  public private(set) var lastAddition: UInt32 = .max
  /// When a record was deleted last; FFFFFFFFh for never.
  public private(set) var lastErasure: UInt32 = .max
  /// Whether a record did not find room.
  public private(set) var hasOverflowed = false

  private var reservation: UInt16 = 0
  private var isReserved = false
  private var lastRecordID: UInt16 = 0

  /// Creates an empty log.
  public init(capacity: Int = 512) {
    self.capacity = capacity
  }

  /// How many bytes are free; FFFFh for that or more.
  public var freeBytes: UInt16 {
    UInt16(clamping: max(0, capacity - records.count) * Self.recordLength)
  }

  /// Makes a reservation, which an erasure ends.
  public mutating func reserve() -> UInt16 {
    reservation = reservation == .max ? 1 : reservation + 1
    isReserved = true
    return reservation
  }

  /// Passes when `identifier` is the reservation that holds, and throws `CompletionCode` C5h when
  /// it is not. Zero stands for none, where none is needed.
  public func check(
    reservation identifier: UInt16, isNeeded: Bool
  ) throws(CompletionCode) {
    if identifier == 0, !isNeeded { return }
    guard isReserved, identifier == reservation else { throw .invalidReservation }
  }

  /// The record of that number (0 for the first, FFFFh for the last) and the number of the one
  /// behind it.
  ///
  /// Throws `CompletionCode` CBh when there is none.
  public func record(
    _ number: UInt16
  ) throws(CompletionCode) -> (bytes: [UInt8], next: UInt16) {
    guard let index = index(of: number) else { throw .notPresent }
    let next =
      records.indices.contains(index + 1) ? Self.identifier(of: records[index + 1]) : 0xffff
    return (records[index], next)
  }

  /// Adds a record, whose first 2 bytes are replaced by its number, which is returned.
  ///
  /// Records below type E0h bear the time at bytes 4 to 7, which is set to `time`.
  /// Throws `CompletionCode` C4h when the log is full, and C7h for another length.
  @discardableResult
  public mutating func append(
    _ record: [UInt8], time: UInt32
  ) throws(CompletionCode) -> UInt16 {
    guard record.count == Self.recordLength else { throw .lengthInvalid }
    guard records.count < capacity else {
      hasOverflowed = true
      throw .outOfSpace
    }
    var record = record
    let number = unusedIdentifier()
    record[0] = UInt8(truncatingIfNeeded: number)
    record[1] = UInt8(truncatingIfNeeded: number >> 8)
    if record[2] < 0xe0 {
      for byte in 0..<4 { record[3 + byte] = UInt8(truncatingIfNeeded: time >> (8 * UInt32(byte))) }
    }
    records.append(record)
    lastRecordID = number
    lastAddition = time
    return number
  }

  /// Adds what a sensor of this controller saw; a full log forgets it. IPMI 2.0, table 32-1.
  public mutating func append(_ event: SensorEvent, time: UInt32) {
    let record: [UInt8] =
      [0, 0, 0x02, 0, 0, 0, 0, 0x20, 0x00, 0x04, event.sensorType, event.sensorNumber]
      + [(event.isDeassertion ? 0x80 : 0) | event.eventType & 0x7f] + event.data
    do throws(CompletionCode) {
      try append(record, time: time)
    } catch {
      // A full log has noted that it overflowed, and there is nobody else to tell.
    }
  }

  /// Deletes the record of that number, and returns its number.
  ///
  /// Throws `CompletionCode` CBh when there is none.
  public mutating func delete(_ number: UInt16, time: UInt32) throws(CompletionCode) -> UInt16 {
    guard let index = index(of: number) else { throw .notPresent }
    let identifier = Self.identifier(of: records.remove(at: index))
    erased(at: time)
    return identifier
  }

  /// Deletes all records.
  public mutating func clear(time: UInt32) {
    records = []
    hasOverflowed = false
    erased(at: time)
  }

  private mutating func erased(at time: UInt32) {
    lastErasure = time
    isReserved = false
  }

  private func index(of number: UInt16) -> Int? {
    switch number {
    case Self.first: records.indices.first
    case Self.last: records.indices.last
    default: records.firstIndex { Self.identifier(of: $0) == number }
    }
  }

  /// The number behind the last one, past those that mean first and last or are in use.
  private func unusedIdentifier() -> UInt16 {
    var number = lastRecordID
    repeat {
      number &+= 1
    } while number == Self.first || number == Self.last || index(of: number) != nil
    return number
  }

  private static func identifier(of record: [UInt8]) -> UInt16 {
    UInt16(record[0]) | UInt16(record[1]) << 8
  }
}

/// What a sensor saw: the fields of a system event record that are its own. IPMI 2.0, table 29-6.
public struct SensorEvent: Hashable, Sendable {
  /// What is sensed, by its number in IPMI 2.0, table 42-3.
  public var sensorType: UInt8
  /// The sensor's number.
  public var sensorNumber: UInt8
  /// The event or reading type, by its number in IPMI 2.0, table 42-1.
  public var eventType: UInt8
  /// Whether the state ended.
  public var isDeassertion: Bool
  /// The three bytes of event data: the offset, and what goes with it.
  public var data: [UInt8]

  /// The event that state `offset` of a sensor began, or ended.
  public init(
    sensorType: UInt8, sensorNumber: UInt8, eventType: UInt8, offset: UInt8,
    isDeassertion: Bool = false, data2: UInt8 = 0xff, data3: UInt8 = 0xff
  ) {
    self.sensorType = sensorType
    self.sensorNumber = sensorNumber
    self.eventType = eventType
    self.isDeassertion = isDeassertion
    data = [offset, data2, data3]
  }
}
