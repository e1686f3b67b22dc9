import IPMI

/// What a unit's inventory says.
struct InventoryReport: IPMIReport {
  /// The unit's number.
  var id: UInt8
  /// What the unit is called, where something else than its inventory says so.
  var name: String?
  /// Why there is no inventory; nil when there is one.
  var absence: String?
  /// What is wrong with parts of it.
  var faults: [String] = []
  /// The chassis.
  var chassis: FRUChassisArea?
  /// The board.
  var board: FRUBoardArea?
  /// The product.
  var product: FRUProductArea?
  /// Further records; empty when they were not asked for.
  var multirecords: [InventoryRecordReport] = []
  /// The line before the rest, in a list of units.
  var heading: String?
  /// What kind of memory the unit has instead of an inventory, where it has.
  var foreignType: ForeignType?
  /// Whether the unit is there and its inventory is one.
  var isReadable = true
  /// Whether anything was asked of the unit.
  var isTold = true

  /// A kind of memory that is no inventory: one of a memory module or a processor.
  struct ForeignType: Encodable, Sendable {
    var type: UInt8
    var modifier: UInt8
  }

  var isAffirmative: Bool { isReadable }

  init(id: UInt8, name: String? = nil, heading: String? = nil) {
    self.id = id
    self.name = name
    self.heading = heading
  }

  func write(to text: inout ReportText) {
    if let heading { text.line("FRU Device Description : \(heading)") }
    if let absence { text.line(" Device not present (\(absence))") }
    for fault in faults { text.complain(fault) }
    let isLong = text.style.verbosity > 0
    if let foreignType {
      let type =
        " 0x\(id.hexadecimal()) type 0x\(foreignType.type.hexadecimal())"
        + " with modifier 0x\(foreignType.modifier.hexadecimal())"
      text.line(" Unsupported device" + (isLong ? type : ""))
    }
    if let chassis {
      row("Chassis Type", chassis.kindText, to: &text)
      write(chassis.fields, FRUChassisArea.fieldTexts, "Chassis Extra", isLong, to: &text)
    }
    if let board {
      row("Board Mfg Date", date(of: board, text.style), to: &text)
      write(board.fields, FRUBoardArea.fieldTexts, "Board Extra", isLong, to: &text)
    }
    if let product {
      write(product.fields, FRUProductArea.fieldTexts, "Product Extra", isLong, to: &text)
    }
    guard isLong else { return }
    for record in multirecords { record.write(to: &text) }
  }

  private func date(of board: FRUBoardArea, _ style: ReportStyle) -> String {
    let seconds = board.manufacturedTime.flatMap { UInt32(exactly: $0) } ?? .max
    return Timestamp(seconds: seconds, isUTC: style.isUTC).text
  }

  private func write(
    _ fields: [TypeLengthField], _ names: [String], _ extra: String, _ isLong: Bool,
    to text: inout ReportText
  ) {
    for (index, field) in fields.enumerated() {
      let value = field.text
      let name = names.indices.contains(index) ? names[index] : extra
      // What file the area was made from is told to those who ask for all.
      guard !value.isEmpty, isLong || !name.hasSuffix("FRU ID") else { continue }
      row(name, value, to: &text)
    }
  }

  private func row(_ name: String, _ value: String, to text: inout ReportText) {
    text.field(" " + name, value, width: 23)
  }

  // MARK: For programs

  private enum CodingKeys: CodingKey {
    case id, name, absent, unsupported, faults, chassis, board, product, records
  }
  private enum ChassisKeys: CodingKey { case type, partNumber, serial, extra }
  private enum BoardKeys: CodingKey {
    case manufactured, manufacturer, product, serial, partNumber, file, extra
  }
  private enum ProductKeys: CodingKey {
    case manufacturer, name, partNumber, version, serial, assetTag, file, extra
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(id, forKey: .id)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encodeIfPresent(absence, forKey: .absent)
    try container.encodeIfPresent(foreignType, forKey: .unsupported)
    if !faults.isEmpty { try container.encode(faults, forKey: .faults) }
    if let chassis {
      var area = container.nestedContainer(keyedBy: ChassisKeys.self, forKey: .chassis)
      try area.encode(chassis.kindText, forKey: .type)
      try encode(chassis.fields, [.partNumber, .serial], .extra, to: &area)
    }
    if let board {
      var area = container.nestedContainer(keyedBy: BoardKeys.self, forKey: .board)
      try area.encodeIfPresent(board.manufacturedTime, forKey: .manufactured)
      try encode(
        board.fields, [.manufacturer, .product, .serial, .partNumber, .file], .extra, to: &area)
    }
    if let product {
      var area = container.nestedContainer(keyedBy: ProductKeys.self, forKey: .product)
      try encode(
        product.fields, [.manufacturer, .name, .partNumber, .version, .serial, .assetTag, .file],
        .extra, to: &area)
    }
    if !multirecords.isEmpty { try container.encode(multirecords, forKey: .records) }
  }

  /// Writes each field that says something below its key, and those without a key below `extra`.
  private func encode<Key: CodingKey>(
    _ fields: [TypeLengthField], _ keys: [Key], _ extra: Key,
    to container: inout KeyedEncodingContainer<Key>
  ) throws {
    for (key, field) in zip(keys, fields) where !field.text.isEmpty {
      try container.encode(field.text, forKey: key)
    }
    let more = fields.dropFirst(keys.count).map(\.text).filter { !$0.isEmpty }
    if !more.isEmpty { try container.encode(more, forKey: extra) }
  }
}

/// What the inventories of a machine's units say.
struct InventoriesReport: IPMIReport {
  /// The units', in the order of ipmitool's list.
  var units: [InventoryReport] = []
  /// Whether the last one could be read: that is what ipmitool's status tells.
  var isAffirmative: Bool { units.last?.isAffirmative ?? true }

  func write(to text: inout ReportText) {
    for (index, unit) in units.enumerated() {
      unit.write(to: &text)
      // The controller's own is only announced where it has none.
      if unit.isTold || index > 0 { text.line() }
    }
  }
}
