/// What a chassis is. FRU Information Storage Definition 1.0, section 10.
public struct FRUChassisArea: Hashable, Sendable {
  /// Its kind, as SMBIOS numbers them.
  public var kind: UInt8
  /// Part number and serial number, then what the manufacturer added.
  public var fields: [TypeLengthField]

  /// A chassis.
  public init(kind: UInt8, fields: [TypeLengthField]) {
    self.kind = kind
    self.fields = fields
  }

  /// Reads the area that `data` begins with, whatever its checksum. Throws `IPMIError` when there are
  /// fewer bytes than the area says.
  public init(parsing data: RawSpan) throws(IPMIError) {
    self.init(area: try FRUArea(data.copied, at: 0))
  }

  init(area: FRUArea) {
    kind = area.fixedByte(2)
    fields = area.fields(from: 3)
  }

  /// The area's bytes, a multiple of 8.
  public var bytes: [UInt8] { FRUArea.bytes([kind], fields) }

  /// What the first fields are, as ipmitool prints them; those after them are `Chassis Extra`.
  public static let fieldTexts = ["Chassis Part Number", "Chassis Serial"]

  /// The kind as ipmitool prints it.
  public var kindText: String {
    FRUChassisArea.kinds.indices.contains(Int(kind))
      ? FRUChassisArea.kinds[Int(kind)] : FRUChassisArea.kinds[2]
  }

  private static let kinds = [
    "Unspecified", "Other", "Unknown", "Desktop", "Low Profile Desktop", "Pizza Box",
    "Mini Tower", "Tower", "Portable", "LapTop", "Notebook", "Hand Held", "Docking Station",
    "All in One", "Sub Notebook", "Space-saving", "Lunch Box", "Main Server Chassis",
    "Expansion Chassis", "SubChassis", "Bus Expansion Chassis", "Peripheral Chassis",
    "RAID Chassis", "Rack Mount Chassis", "Sealed-case PC", "Multi-system Chassis",
    "CompactPCI", "AdvancedTCA", "Blade", "Blade Enclosure",
  ]
}

/// What a board is. FRU Information Storage Definition 1.0, section 11.
public struct FRUBoardArea: Hashable, Sendable {
  /// The language of the fields; 0 and 25 are English.
  public var language: UInt8
  /// When it was made: minutes since the beginning of 1996, 3 bytes; 0 for unspecified.
  public var manufactured: UInt32
  /// Manufacturer, product, serial number, part number and inventory file, then what the
  /// manufacturer added.
  public var fields: [TypeLengthField]

  /// A board.
  public init(language: UInt8 = 25, manufactured: UInt32 = 0, fields: [TypeLengthField]) {
    self.language = language
    self.manufactured = manufactured & 0xff_ffff
    self.fields = fields
  }

  /// Reads the area that `data` begins with, whatever its checksum. Throws `IPMIError` when there are
  /// fewer bytes than the area says.
  public init(parsing data: RawSpan) throws(IPMIError) {
    self.init(area: try FRUArea(data.copied, at: 0))
  }

  init(area: FRUArea) {
    language = area.fixedByte(2)
    manufactured =
      UInt32(area.fixedByte(3)) | UInt32(area.fixedByte(4)) << 8
      | UInt32(area.fixedByte(5)) << 16
    fields = area.fields(from: 6)
  }

  /// The area's bytes, a multiple of 8.
  public var bytes: [UInt8] {
    var fixed = [language]
    fixed.append(littleEndian24: manufactured)
    return FRUArea.bytes(fixed, fields)
  }

  /// When it was made, in seconds since 1970; nil for unspecified.
  public var manufacturedTime: Int64? {
    manufactured == 0 ? nil : 820_454_400 + Int64(manufactured) * 60
  }

  /// What the first fields are, as ipmitool prints them; those after them are `Board Extra`.
  public static let fieldTexts = [
    "Board Mfg", "Board Product", "Board Serial", "Board Part Number", "Board FRU ID",
  ]
}

/// What a product is. FRU Information Storage Definition 1.0, section 12.
public struct FRUProductArea: Hashable, Sendable {
  /// The language of the fields; 0 and 25 are English.
  public var language: UInt8
  /// Manufacturer, name, part number, version, serial number, asset tag and inventory file, then
  /// what the manufacturer added.
  public var fields: [TypeLengthField]

  /// A product.
  public init(language: UInt8 = 25, fields: [TypeLengthField]) {
    self.language = language
    self.fields = fields
  }

  /// Reads the area that `data` begins with, whatever its checksum. Throws `IPMIError` when there are
  /// fewer bytes than the area says.
  public init(parsing data: RawSpan) throws(IPMIError) {
    self.init(area: try FRUArea(data.copied, at: 0))
  }

  init(area: FRUArea) {
    language = area.fixedByte(2)
    fields = area.fields(from: 3)
  }

  /// The area's bytes, a multiple of 8.
  public var bytes: [UInt8] { FRUArea.bytes([language], fields) }

  /// What the first fields are, as ipmitool prints them; those after them are `Product Extra`.
  public static let fieldTexts = [
    "Product Manufacturer", "Product Name", "Product Part Number", "Product Version",
    "Product Serial", "Product Asset Tag", "Product FRU ID",
  ]
}
