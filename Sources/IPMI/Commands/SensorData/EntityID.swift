/// What part of the system a sensor or an inventory belongs to: the part's kind, and which of its
/// kind. IPMI 2.0, section 43.14 and table 43-13.
///
///     byte 0   entity ID
///     byte 1   bit 7 a container, not a part | bits 6:0 instance
public struct EntityID: Hashable, Sendable {
  /// The kind.
  public var kind: UInt8
  /// Which of the kind, in bits 6:0: below 60h the system's, from there on the controller's own.
  public var instance: UInt8

  /// A part.
  public init(kind: UInt8, instance: UInt8) {
    self.kind = kind
    self.instance = instance
  }

  init(reading reader: inout MessageReader) throws(IPMIError) {
    kind = try reader.u8()
    instance = try reader.u8()
  }

  /// Kind and instance as ipmitool prints them, such as `7.1`.
  public var numberText: String { "\(kind).\(instance & 0x7f)" }

  /// The kind as ipmitool prints it, such as `System Board`.
  public var text: String {
    if EntityID.names.indices.contains(Int(kind)) { return EntityID.names[Int(kind)] }
    return EntityID.namesOfPICMG[kind] ?? unknownText(kind)
  }

  private static let names = [
    "Unspecified", "Other", "Unknown", "Processor", "Disk or Disk Bay", "Peripheral Bay",
    "System Management Module", "System Board", "Memory Module", "Processor Module",
    "Power Supply", "Add-in Card", "Front Panel Board", "Back Panel Board",
    "Power System Board", "Drive Backplane", "System Internal Expansion Board",
    "Other System Board", "Processor Board", "Power Unit", "Power Module", "Power Management",
    "Chassis Back Panel Board", "System Chassis", "Sub-Chassis", "Other Chassis Board",
    "Disk Drive Bay", "Peripheral Bay", "Device Bay", "Fan Device", "Cooling Unit",
    "Cable/Interconnect", "Memory Device", "System Management Software", "BIOS",
    "Operating System", "System Bus", "Group", "Remote Management Device",
    "External Environment", "Battery", "Processing Blade", "Connectivity Switch",
    "Processor/Memory Module", "I/O Module", "Processor/IO Module",
    "Management Controller Firmware", "IPMI Channel", "PCI Bus", "PCI Express Bus",
    "SCSI Bus (parallel)", "SATA/SAS Bus", "Processor/Front-Side Bus", "Real Time Clock(RTC)",
    "Reserved", "Air Inlet", "Reserved", "Reserved", "Reserved", "Reserved", "Reserved",
    "Reserved", "Reserved", "Reserved", "Air Inlet", "Processor", "Baseboard/Main System Board",
  ]

  /// Kinds that the PICMG added.
  private static let namesOfPICMG: [UInt8: String] = [
    0xa0: "PICMG Front Board",
    0xc0: "PICMG Rear Transition Module",
    0xc1: "PICMG AdvancedMC Module",
    0xf0: "PICMG Shelf Management Controller",
    0xf1: "PICMG Filtration Unit",
    0xf2: "PICMG Shelf FRU Information",
    0xf3: "PICMG Alarm Panel",
  ]
}
