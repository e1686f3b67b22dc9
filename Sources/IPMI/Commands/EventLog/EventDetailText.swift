/// What the second byte of an event adds to its state, as ipmitool prints it. IPMI 2.0, table 42-3.
enum EventDetailText {
  /// The words for each value of the second byte, where it has any.
  static func table(_ sensorType: SensorType, _ offset: UInt8) -> [String]? {
    switch (sensorType.rawValue, offset) {
    case (0x08, 6): powerSupplyConfiguration
    case (0x0f, 0): firmwareErrors
    case (0x0f, 1), (0x0f, 2): firmwareProgress
    case (0x2b, 1): changed.map { "Firmware or software change detected" + $0 }
    case (0x2b, 7): changed.map { "Firmware or software change success" + $0 }
    default: nil
    }
  }

  /// Power supply, configuration error.
  private static let powerSupplyConfiguration = [
    "Config Error: Vendor Mismatch", "Config Error: Revision Mismatch",
    "Config Error: Processor Missing", "Config Error: Power Supply Rating Mismatch",
    "Config Error: Voltage Rating Mismatch",
  ]

  /// System firmware, error.
  private static let firmwareErrors = [
    "Unspecified", "No system memory installed", "No usable system memory",
    "Unrecoverable IDE device failure", "Unrecoverable system-board failure",
    "Unrecoverable diskette failure", "Unrecoverable hard-disk controller failure",
    "Unrecoverable PS/2 or USB keyboard failure", "Removable boot media not found",
    "Unrecoverable video controller failure", "No video device selected",
    "BIOS corruption detected", "CPU voltage mismatch", "CPU speed mismatch failure",
  ]

  /// System firmware, hang or progress.
  private static let firmwareProgress = [
    "Unspecified", "Memory initialization", "Hard-disk initialization",
    "Secondary CPU Initialization", "User authentication", "User-initiated system setup",
    "USB resource configuration", "PCI resource configuration", "Option ROM initialization",
    "Video initialization", "Cache initialization", "SMBus initialization",
    "Keyboard controller initialization", "Management controller initialization",
    "Docking station attachment", "Enabling docking station", "Docking station ejection",
    "Disabling docking station", "Calling operating system wake-up vector",
    "System boot initiated", "Motherboard initialization", "reserved", "Floppy initialization",
    "Keyboard test", "Pointing device test", "Primary CPU initialization",
  ]

  /// Version change, detected or done: what changed.
  private static let changed = [
    "", ", Mngmt Ctrl Dev Id", ", Mngmt Ctrl Firm Rev", ", Mngmt Ctrl Dev Rev",
    ", Mngmt Ctrl Manuf Id", ", Mngmt Ctrl IPMI Vers", ", Mngmt Ctrl Aux Firm Id",
    ", Mngmt Ctrl Firm Boot Block", ", Mngmt Ctrl Other", ", BIOS/EFI change",
    ", SMBIOS change", ", O/S change", ", O/S loader change", ", Service Diag change",
    ", Mngmt SW agent change", ", Mngmt SW App change", ", Mngmt SW Middle",
    ", Prog HW Change (FPGA)", ", board/FRU module change", ", board/FRU component change",
    ", board/FRU replace equ ver", ", board/FRU replace new ver", ", board/FRU replace old ver",
    ", board/FRU HW conf change",
  ]
}
