/// What a sensor measures or watches. IPMI 2.0, table 42-3.
public struct SensorType: RawRepresentable, Hashable, Sendable {
  /// The number.
  public let rawValue: UInt8
  /// The type of this number.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Temperature.
  public static let temperature = SensorType(rawValue: 0x01)
  /// Voltage.
  public static let voltage = SensorType(rawValue: 0x02)
  /// Current.
  public static let current = SensorType(rawValue: 0x03)
  /// A fan.
  public static let fan = SensorType(rawValue: 0x04)
  /// Intrusion.
  public static let physicalSecurity = SensorType(rawValue: 0x05)
  /// A processor.
  public static let processor = SensorType(rawValue: 0x07)
  /// A power supply.
  public static let powerSupply = SensorType(rawValue: 0x08)
  /// Memory.
  public static let memory = SensorType(rawValue: 0x0c)
  /// The event log itself.
  public static let eventLoggingDisabled = SensorType(rawValue: 0x10)
  /// The system as a whole.
  public static let systemEvent = SensorType(rawValue: 0x12)
  /// The watchdog of IPMI 1.5 and 2.0.
  public static let watchdog2 = SensorType(rawValue: 0x23)

  /// The type as ipmitool prints it.
  public var text: String {
    if SensorType.names.indices.contains(Int(rawValue)) { return SensorType.names[Int(rawValue)] }
    return "Unknown"
  }

  private static let names = [
    "reserved", "Temperature", "Voltage", "Current", "Fan", "Physical Security",
    "Platform Security", "Processor", "Power Supply", "Power Unit", "Cooling Device", "Other",
    "Memory", "Drive Slot / Bay", "POST Memory Resize", "System Firmwares",
    "Event Logging Disabled", "Watchdog1", "System Event", "Critical Interrupt", "Button",
    "Module / Board", "Microcontroller", "Add-in Card", "Chassis", "Chip Set", "Other FRU",
    "Cable / Interconnect", "Terminator", "System Boot Initiated", "Boot Error", "OS Boot",
    "OS Critical Stop", "Slot / Connector", "System ACPI Power State", "Watchdog2",
    "Platform Alert", "Entity Presence", "Monitor ASIC", "LAN", "Management Subsys Health",
    "Battery", "Session Audit", "Version Change", "FRU State",
  ]
}
