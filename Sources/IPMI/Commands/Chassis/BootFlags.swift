/// How the next start goes, or every start: boot option 5, of 5 bytes. IPMI 2.0, table 28-14.
///
///     byte 0   bit 7 valid | bit 6 persistent | bit 5 EFI
///     byte 1   bit 7 clear CMOS | bit 6 lock keyboard | bits 5:2 device | bit 1 blank screen
///              | bit 0 lock reset button
///     byte 2   bit 7 lock power button | bits 6:5 verbosity | bit 4 progress traps
///              | bit 3 bypass user password | bit 2 lock sleep button | bits 1:0 console
///     byte 3   bit 3 shared mode | bits 2:0 serial port switch
///     byte 4   bits 4:0 which device of the kind
public struct BootFlags: Hashable, Sendable {
  /// The 5 bytes.
  public private(set) var bytes: [UInt8]

  /// Flags that start once from `device`.
  ///
  /// - Parameters:
  ///   - device: where from.
  ///   - isPersistent: whether every later start goes so too.
  ///   - isEFI: whether the start is by EFI, and not as a PC's of old.
  public init(_ device: BootDevice, isPersistent: Bool = false, isEFI: Bool = false) {
    bytes = [0, 0, 0, 0, 0]
    isValid = true
    self.device = device
    self.isPersistent = isPersistent
    self.isEFI = isEFI
  }

  init(reading reader: inout MessageReader) throws(IPMIError) {
    bytes = try reader.bytes(5)
  }

  /// Whether the flags count. The controller clears it when they were used, and after 60 s: see
  /// ``BootValidRetention``.
  public var isValid: Bool {
    get { bit(7, of: 0) }
    set { setBit(7, of: 0, to: newValue) }
  }
  /// Whether the flags are for every start, and not for the next alone.
  public var isPersistent: Bool {
    get { bit(6, of: 0) }
    set { setBit(6, of: 0, to: newValue) }
  }
  /// Whether the start is by EFI.
  public var isEFI: Bool {
    get { bit(5, of: 0) }
    set { setBit(5, of: 0, to: newValue) }
  }
  /// Whether the BIOS's settings are cleared.
  public var clearsCMOS: Bool {
    get { bit(7, of: 1) }
    set { setBit(7, of: 1, to: newValue) }
  }
  /// Whether the keyboard is locked.
  public var locksKeyboard: Bool {
    get { bit(6, of: 1) }
    set { setBit(6, of: 1, to: newValue) }
  }
  /// Where the start is from.
  public var device: BootDevice {
    get { BootDevice(rawValue: bytes[1] >> 2) }
    set { bytes[1] = bytes[1] & 0xc3 | newValue.rawValue << 2 }
  }
  /// Whether the screen stays blank.
  public var blanksScreen: Bool {
    get { bit(1, of: 1) }
    set { setBit(1, of: 1, to: newValue) }
  }
  /// Whether the reset button is locked.
  public var locksResetButton: Bool {
    get { bit(0, of: 1) }
    set { setBit(0, of: 1, to: newValue) }
  }
  /// Whether the power button is locked.
  public var locksPowerButton: Bool {
    get { bit(7, of: 2) }
    set { setBit(7, of: 2, to: newValue) }
  }
  /// How much the BIOS tells: 0 as it is set, 1 little, 2 much.
  public var verbosity: UInt8 {
    get { bytes[2] >> 5 & 0x03 }
    set { bytes[2] = bytes[2] & 0x9f | (newValue & 0x03) << 5 }
  }
  /// Whether the BIOS sends events as it proceeds.
  public var forcesProgressTraps: Bool {
    get { bit(4, of: 2) }
    set { setBit(4, of: 2, to: newValue) }
  }
  /// Whether the BIOS asks for no user password.
  public var bypassesPassword: Bool {
    get { bit(3, of: 2) }
    set { setBit(3, of: 2, to: newValue) }
  }
  /// Whether the sleep button is locked.
  public var locksSleepButton: Bool {
    get { bit(2, of: 2) }
    set { setBit(2, of: 2, to: newValue) }
  }
  /// What becomes of console redirection: 0 as the BIOS is set, 1 none, 2 enabled.
  public var consoleRedirection: UInt8 {
    get { bytes[2] & 0x03 }
    set { bytes[2] = bytes[2] & 0xfc | newValue & 0x03 }
  }
  /// Whether the BIOS shares its serial port for a time.
  public var overridesSharedMode: Bool {
    get { bit(3, of: 3) }
    set { setBit(3, of: 3, to: newValue) }
  }
  /// Whose the serial port is after the start: 0 as recommended, 1 the controller's, 2 the system's.
  public var serialSwitch: UInt8 {
    get { bytes[3] & 0x07 }
    set { bytes[3] = bytes[3] & 0xf8 | newValue & 0x07 }
  }
  /// Which device of the kind: 0 any, 1 to 15 an external one, 17 to 31 an internal one.
  public var deviceInstance: UInt8 {
    get { bytes[4] & 0x1f }
    set { bytes[4] = bytes[4] & 0xe0 | newValue & 0x1f }
  }

  private func bit(_ bit: UInt8, of index: Int) -> Bool {
    bytes[index] & 1 << bit != 0
  }

  private mutating func setBit(_ bit: UInt8, of index: Int, to value: Bool) {
    bytes[index] = value ? bytes[index] | 1 << bit : bytes[index] & ~(1 << bit)
  }
}
