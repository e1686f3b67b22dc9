/// How the watchdog is set: the 6 bytes that setting and reading it share. IPMI 2.0, section 27.
///
///     byte 0   bit 7 do not log | bit 6 (set) do not stop, (get) is running | bits 2:0 use
///     byte 1   bits 6:4 interrupt before the timeout | bits 2:0 action
///     byte 2   seconds before the timeout that the interrupt comes
///     byte 3   uses that ran out, a bit each
///     byte 4-5 countdown, in tenths of a second
public struct WatchdogTimer: Hashable, Sendable {
  /// Who set the timer, and what for: 3 bits.
  public var use: Use
  /// Whether a timeout is kept out of the event log.
  public var isUnlogged: Bool
  /// When setting, whether a running timer goes on; when reading, whether it runs.
  public var isRunning: Bool
  /// What happens at the timeout.
  public var action: Action
  /// What happens before it: 0 nothing, 1 SMI, 2 NMI, 3 messaging interrupt. 3 bits.
  public var interrupt: UInt8
  /// How many seconds before the timeout the interrupt comes.
  public var interruptSeconds: UInt8
  /// Which uses ran out: bit n stands for the use n. Setting clears those that are set.
  public var expiredUses: UInt8
  /// What the countdown starts with, in tenths of a second.
  public var countdown: UInt16

  /// A watchdog.
  public init(
    use: Use, isUnlogged: Bool = false, isRunning: Bool = false, action: Action = .none,
    interrupt: UInt8 = 0, interruptSeconds: UInt8 = 0, expiredUses: UInt8 = 0, countdown: UInt16
  ) {
    self.use = use
    self.isUnlogged = isUnlogged
    self.isRunning = isRunning
    self.action = action
    self.interrupt = interrupt & 0x07
    self.interruptSeconds = interruptSeconds
    self.expiredUses = expiredUses
    self.countdown = countdown
  }

  init(reading reader: inout MessageReader) throws(IPMIError) {
    let first = try reader.u8()
    use = Use(rawValue: first)
    isUnlogged = first & 0x80 != 0
    isRunning = first & 0x40 != 0
    let second = try reader.u8()
    action = Action(rawValue: second)
    interrupt = second >> 4 & 0x07
    interruptSeconds = try reader.u8()
    expiredUses = try reader.u8()
    countdown = try reader.u16()
  }

  func append(to data: inout [UInt8]) {
    data += [
      (isUnlogged ? 0x80 : 0) | (isRunning ? 0x40 : 0) | use.rawValue,
      (interrupt & 0x07) << 4 | action.rawValue, interruptSeconds, expiredUses,
    ]
    data.append(littleEndian: countdown)
  }

  /// Who set the timer, and what for: 3 bits. IPMI 2.0, section 27.2.
  public struct Use: RawRepresentable, Hashable, Sendable {
    /// The 3 bits.
    public let rawValue: UInt8
    /// The use of this number, of which the low 3 bits count.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue & 0x07 }

    /// The BIOS, for resilient booting.
    public static let biosFRB2 = Use(rawValue: 1)
    /// The BIOS, during its self test.
    public static let biosPOST = Use(rawValue: 2)
    /// The loader of the operating system.
    public static let operatingSystemLoad = Use(rawValue: 3)
    /// The operating system's own watching.
    public static let operatingSystem = Use(rawValue: 4)
    /// The manufacturer's.
    public static let oem = Use(rawValue: 5)

    /// The use as ipmitool prints it.
    public var text: String {
      let texts = [
        "Reserved", "BIOS FRB2", "BIOS/POST", "OS Load", "SMS/OS", "OEM", "Reserved", "Reserved",
      ]
      return texts[Int(rawValue)]
    }
  }

  /// What happens at the timeout: 3 bits. IPMI 2.0, section 27.6.
  public struct Action: RawRepresentable, Hashable, Sendable {
    /// The 3 bits.
    public let rawValue: UInt8
    /// The action of this number, of which the low 3 bits count.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue & 0x07 }

    /// Nothing.
    public static let none = Action(rawValue: 0)
    /// A hard reset.
    public static let hardReset = Action(rawValue: 1)
    /// Power off.
    public static let powerDown = Action(rawValue: 2)
    /// Power off, and on again.
    public static let powerCycle = Action(rawValue: 3)

    /// The action as ipmitool prints it.
    public var text: String {
      let texts = [
        "No action", "Hard Reset", "Power Down", "Power Cycle", "Reserved", "Reserved",
        "Reserved", "Reserved",
      ]
      return texts[Int(rawValue)]
    }
  }
}
