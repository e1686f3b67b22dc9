/// The chassis, board or product area of an inventory: a version, a length in units of 8 bytes, what
/// the area says, and a checksum. FRU Information Storage Definition 1.0, sections 10 to 12.
struct FRUArea {
  private let bytes: [UInt8]
  private let offset: Int

  init(_ inventory: [UInt8], at offset: Int) throws(IPMIError) {
    guard offset + 2 <= inventory.count else {
      throw .truncated(
        layer: .fruInventory, needed: offset + 2, available: inventory.count, lengthFrom: .format)
    }
    let end = offset + max(1, Int(inventory[offset + 1])) * 8
    guard end <= inventory.count else {
      throw .truncated(
        layer: .fruInventory, needed: end, available: inventory.count,
        lengthFrom: .field(offset: offset + 1))
    }
    bytes = Array(inventory[offset..<end])
    self.offset = offset
  }

  var isChecksumRight: Bool { bytes.reduce(0, &+) == 0 }

  /// The byte at `index`: every area has the first 8.
  func fixedByte(_ index: Int) -> UInt8 { bytes[index] }

  /// The fields from `index` to the end mark.
  func fields(from index: Int) -> [TypeLengthField] {
    var fields: [TypeLengthField] = []
    var index = index
    while index < bytes.count - 1, bytes[index] != FRUArea.endMark {
      let first = bytes[index]
      let start = index + 1
      let end = min(start + Int(first & 0x3f), bytes.count - 1)
      fields.append(
        TypeLengthField(
          encoding: TypeLengthField.Encoding(rawValue: first >> 6) ?? .latin1,
          bytes: Array(bytes[start..<end])))
      index = end
    }
    return fields
  }

  /// A field of 8-bit text and one byte would be it: such a field gets a space more.
  static let endMark: UInt8 = 0xc1

  /// The bytes of an area.
  static func bytes(_ fixed: [UInt8], _ fields: [TypeLengthField]) -> [UInt8] {
    var area = [1, 0] + fixed
    for field in fields {
      let isMark = field.encoding == .latin1 && field.bytes.count == 1
      let kept = TypeLengthField(
        encoding: field.encoding, bytes: isMark ? field.bytes + [0x20] : field.bytes)
      kept.append(to: &area, maximum: 63)
    }
    area.append(endMark)
    area = area.fitted(to: (area.count + 1 + 7) / 8 * 8)
    area[1] = UInt8(truncatingIfNeeded: area.count / 8)
    area[area.count - 1] = 0 &- area.reduce(0, &+)
    return area
  }
}
