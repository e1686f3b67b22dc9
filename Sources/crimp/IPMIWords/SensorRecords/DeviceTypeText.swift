/// What a device on a controller's bus is. IPMI 2.0, table 43-12.
enum DeviceTypeText {
  /// The words for a device, as ipmitool prints them.
  static func text(_ type: UInt8, _ modifier: UInt8) -> String {
    switch (type, modifier) {
    case (0x10, 0x00), (0x10, 0x02): return "IPMI FRU Inventory"
    case (0x10, 0x01): return "DIMM Memory ID"
    case (0x10, 0x03): return "System Processor Cartridge FRU"
    default: return names[type] ?? unknownText(UInt16(type) << 8 | UInt16(modifier))
    }
  }

  private static let names: [UInt8: String] = [
    0x02: "DS1624 temperature sensor", 0x03: "DS1621 temperature sensor",
    0x04: "LM75 Temperature Sensor", 0x05: "Heceta ASIC", 0x08: "EEPROM, 24C01",
    0x09: "EEPROM, 24C02", 0x0a: "EEPROM, 24C04", 0x0b: "EEPROM, 24C08", 0x0c: "EEPROM, 24C16",
    0x0d: "EEPROM, 24C17", 0x0e: "EEPROM, 24C32", 0x0f: "EEPROM, 24C64",
  ]
}
