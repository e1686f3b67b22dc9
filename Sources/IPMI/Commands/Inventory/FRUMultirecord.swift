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

  /// The records from `start` to the last, or to the end of the inventory.
  static func list(_ inventory: [UInt8], from start: Int) throws(IPMIError) -> [FRUMultirecord] {
    var records: [FRUMultirecord] = []
    var index = start
    while index + 5 <= inventory.count {
      let header = inventory[index..<index + 5]
      guard header.reduce(0, &+) == 0 else {
        throw .malformed(
          layer: .fruInventory, value: UInt64(inventory[index + 4]), offset: index + 4)
      }
      let end = index + 5 + Int(inventory[index + 2])
      guard end <= inventory.count else {
        throw .truncated(
          layer: .fruInventory, needed: end, available: inventory.count,
          lengthFrom: .field(offset: index + 2))
      }
      records.append(
        FRUMultirecord(
          type: inventory[index], version: inventory[index + 1],
          data: Array(inventory[index + 5..<end])))
      if inventory[index + 1] & 0x80 != 0 { break }
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
