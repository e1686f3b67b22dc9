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

  /// What a power supply of 750 W says of itself, and of its one output: 12.2 V, up to 61 A. FRU
  /// Information Storage Definition 1.0, sections 18.1 and 18.2.
  static let powerSupplyRecords = [
    Record(
      type: 0x00,
      data: [
        // 750 W, 850 VA; 30 A for 5 ms; 100 to 240 V and none other, 47 to 63 Hz, 12 ms without.
        0xee, 0x02, 0x52, 0x03, 0x1e, 0x05, 0x10, 0x27, 0xc0, 0x5d, 0x00, 0x00, 0x00, 0x00, 47, 63,
        // Foretells failures by one pulse a revolution, corrects the power factor, switches voltages,
        // can be changed at work; 900 W for 2 s; 12 V and 3.3 V together 740 W; the fan's threshold.
        12, 0x0f, 0x84, 0x23, 0x03, 0xe4, 0x02, 20,
      ]),
    Record(
      type: 0x01,
      data: [
        0x81, 0xc4, 0x04, 0x7b, 0x00, 0x7b, 0x00, 120, 0, 0x00, 0x00, 0x48, 0xee,
      ]),
    // The manufacturer's own: of nobody.
    Record(type: 0xc0, data: [0xff, 0xff, 0xff, 1, 2, 3]),
  ]

  /// How many bytes a storage has.
  static let storageLength = 512

  /// A further record: its type, and what it says.
  struct Record {
    var type: UInt8
    var data: [UInt8]
  }

  /// The whole storage.
  static func inventory(_ texts: Texts, records: [Record] = []) -> [UInt8] {
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
    let recordOffset = records.isEmpty ? 0 : productOffset + product.count / 8
    let header = [
      0x01, 0, UInt8(chassisOffset), UInt8(boardOffset), UInt8(productOffset), UInt8(recordOffset),
      0,
    ]
    var storage = header + [checksum(header)] + chassis + board + product
    for (index, record) in records.enumerated() {
      storage += bytes(of: record, isLast: index == records.count - 1)
    }
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

  /// A further record: type, format 2, length, checksums of data and header.
  private static func bytes(of record: Record, isLast: Bool) -> [UInt8] {
    let header = [
      record.type, isLast ? 0x82 : 0x02, UInt8(truncatingIfNeeded: record.data.count),
      checksum(record.data),
    ]
    return header + [checksum(header)] + record.data
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt8 {
    0 &- bytes.reduce(0, &+)
  }
}
