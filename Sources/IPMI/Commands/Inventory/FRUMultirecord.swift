/// A further record of an inventory: a power supply, a DC load, an address, the manufacturer's own.
/// FRU Information Storage Definition 1.0, section 16.
///
///     byte 0   record type
///     byte 1   bit 7 the last | bits 3:0 version: 2
///     byte 2   how many bytes the record has
///     byte 3   checksum of the record
///     byte 4   checksum of the header: the 5 bytes add up to 0
public struct FRUMultirecord: Hashable, Sendable {
  /// The record's type.
  public var type: UInt8
  /// The version of its format: 4 bits; 2.
  public var version: UInt8
  /// What it says: up to 255 bytes.
  public var data: [UInt8]

  /// A record.
  public init(type: UInt8, version: UInt8 = 2, data: [UInt8]) {
    self.type = type
    self.version = version & 0x0f
    self.data = data
  }

  /// What stands before a record's data: 5 bytes.
  public struct Header: Hashable, Sendable {
    /// How many bytes it has.
    public static let byteCount = 5

    /// The record's type.
    public var type: UInt8
    /// The version of its format: 4 bits; 2.
    public var version: UInt8
    /// Whether it is the last record.
    public var isLast: Bool
    /// How many bytes of data follow.
    public var dataByteCount: UInt8
    /// Whether the 5 bytes add up to 0.
    public let isChecksumRight: Bool

    /// Reads a header, whatever its checksum. Throws `IPMIError` when there are fewer than 5 bytes.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = MessageReader(data, as: .fruInventory)
      let bytes = try reader.bytes(Self.byteCount)
      type = bytes[0]
      version = bytes[1] & 0x0f
      isLast = bytes[1] & 0x80 != 0
      dataByteCount = bytes[2]
      isChecksumRight = bytes.reduce(0, &+) == 0
    }
  }

  /// The records from `start` to the last, or to the end of the inventory.
  static func list(_ inventory: [UInt8], from start: Int) throws(IPMIError) -> [FRUMultirecord] {
    var records: [FRUMultirecord] = []
    var index = start
    while index + Header.byteCount <= inventory.count {
      let bytes = Array(inventory[index..<index + Header.byteCount])
      let header = try Header(parsing: bytes.messageBytes)
      guard header.isChecksumRight else {
        throw .malformed(layer: .fruInventory, value: UInt64(bytes[4]), offset: index + 4)
      }
      let start = index + Header.byteCount
      let end = start + Int(header.dataByteCount)
      guard end <= inventory.count else {
        throw .truncated(
          layer: .fruInventory, needed: end, available: inventory.count,
          lengthFrom: .field(offset: index + 2))
      }
      records.append(
        FRUMultirecord(
          type: header.type, version: header.version, data: Array(inventory[start..<end])))
      if header.isLast { break }
      index = end
    }
    return records
  }

  static func bytes(_ records: [FRUMultirecord]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (index, record) in records.enumerated() {
      let data = Array(record.data.prefix(255))
      var header = [
        record.type, (index == records.count - 1 ? 0x80 : 0) | record.version & 0x0f,
        UInt8(truncatingIfNeeded: data.count), 0 &- data.reduce(0, &+),
      ]
      header.append(0 &- header.reduce(0, &+))
      bytes += header + data
    }
    return bytes
  }
}
