/// Writes the inventory of a made-up machine in the format of the Platform Management FRU
/// Information Storage Definition 1.0: a common header and the chassis, board and product areas.
enum FRUInventoryWriter {
  /// The areas' texts.
  struct Texts {
    var chassisPartNumber: String
    var manufacturer: String
    var product: String
    var partNumber: String
    var version: String
    var serialNumber: String
    var assetTag: String
  }

  /// How many bytes a storage has.
  static let storageLength = 512

  /// The whole storage.
  static func inventory(_ texts: Texts) -> [UInt8] {
    // Type 17h: a rack-mount chassis.
    let chassis = area([0x17], [texts.chassisPartNumber, texts.serialNumber])
    // Language 0 (English), and minutes since 1996-01-01: 2024-01-01.
    let board = area(
      [0x00] + minutesSince1996,
      [texts.manufacturer, texts.product, texts.serialNumber, texts.partNumber, ""])
    let product = area(
      [0x00],
      [
        texts.manufacturer, texts.product, texts.partNumber, texts.version, texts.serialNumber,
        texts.assetTag, "",
      ])
    let chassisOffset = 1
    let boardOffset = chassisOffset + chassis.count / 8
    let productOffset = boardOffset + board.count / 8
    let header = [0x01, 0, UInt8(chassisOffset), UInt8(boardOffset), UInt8(productOffset), 0, 0]
    var storage = header + [checksum(header)] + chassis + board + product
    storage += [UInt8](repeating: 0, count: max(0, storageLength - storage.count))
    return storage
  }

  private static let minutesSince1996: [UInt8] = {
    let minutes = 14_726_880
    return [0, 8, 16].map { UInt8(truncatingIfNeeded: minutes >> $0) }
  }()

  /// An area: version, length in units of 8 bytes, `head`, the fields, C1h, zeroes, checksum.
  private static func area(_ head: [UInt8], _ fields: [String]) -> [UInt8] {
    var bytes: [UInt8] = [0x01, 0x00] + head
    for field in fields {
      let text = field.utf8.prefix(63)
      // Type 3 in the upper bits: text in Latin 1.
      bytes.append(0xc0 | UInt8(text.count))
      bytes += text
    }
    bytes.append(0xc1)
    while bytes.count % 8 != 7 { bytes.append(0) }
    bytes[1] = UInt8(truncatingIfNeeded: (bytes.count + 1) / 8)
    return bytes + [checksum(bytes)]
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt8 {
    0 &- bytes.reduce(0, &+)
  }
}
