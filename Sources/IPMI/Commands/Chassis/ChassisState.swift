/// How power is. IPMI 2.0, table 28-3.
public struct PowerState: OptionSet, Hashable, Sendable {
  /// The bits.
  public let rawValue: UInt8
  /// The state of these bits.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The system's power is on.
  public static let on = PowerState(rawValue: 1 << 0)
  /// Power went off because of overload.
  public static let overload = PowerState(rawValue: 1 << 1)
  /// Power is off because an interlock is open.
  public static let interlock = PowerState(rawValue: 1 << 2)
  /// The power supply has a fault.
  public static let fault = PowerState(rawValue: 1 << 3)
  /// The controller could not turn power on or off.
  public static let controlFault = PowerState(rawValue: 1 << 4)
}

/// What changed power last. IPMI 2.0, table 28-3.
public struct LastPowerEvent: OptionSet, Hashable, Sendable {
  /// The bits.
  public let rawValue: UInt8
  /// The event of these bits.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Mains power failed.
  public static let mainsFailed = LastPowerEvent(rawValue: 1 << 0)
  /// Too much was drawn.
  public static let overload = LastPowerEvent(rawValue: 1 << 1)
  /// An interlock was opened.
  public static let interlock = LastPowerEvent(rawValue: 1 << 2)
  /// The power supply had a fault.
  public static let fault = LastPowerEvent(rawValue: 1 << 3)
  /// A command turned power on.
  public static let command = LastPowerEvent(rawValue: 1 << 4)

  /// The event as ipmitool prints it: each part but the last followed by a space.
  public var text: String {
    var text = ""
    if contains(.mainsFailed) { text += "ac-failed " }
    if contains(.overload) { text += "overload " }
    if contains(.interlock) { text += "interlock " }
    if contains(.fault) { text += "fault " }
    if contains(.command) { text += "command" }
    return text
  }
}

/// What else is the matter with a chassis. IPMI 2.0, table 28-3.
public struct ChassisState: OptionSet, Hashable, Sendable {
  /// The bits.
  public let rawValue: UInt8
  /// The state of these bits.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The chassis is open.
  public static let intrusion = ChassisState(rawValue: 1 << 0)
  /// The buttons of the front panel are locked.
  public static let frontPanelLockout = ChassisState(rawValue: 1 << 1)
  /// A drive has a fault.
  public static let driveFault = ChassisState(rawValue: 1 << 2)
  /// A fan has a fault.
  public static let coolingFault = ChassisState(rawValue: 1 << 3)
}

/// Whether a chassis shows itself: 2 bits. IPMI 2.0, table 28-3.
public struct IdentifyState: RawRepresentable, Hashable, Sendable {
  /// The 2 bits.
  public let rawValue: UInt8
  /// The state of this number, of which the low 2 bits count.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue & 0x03 }

  /// It does not.
  public static let off = IdentifyState(rawValue: 0)
  /// It does for some seconds.
  public static let temporary = IdentifyState(rawValue: 1)
  /// It does until told otherwise.
  public static let indefinite = IdentifyState(rawValue: 2)
}

/// What the buttons of a front panel do: bits 3:0 those that are disabled, bits 7:4 those that can
/// be. IPMI 2.0, table 28-3.
public struct FrontPanelButtons: OptionSet, Hashable, Sendable {
  /// The bits.
  public let rawValue: UInt8
  /// The buttons of these bits.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The power button is disabled.
  public static let powerDisabled = FrontPanelButtons(rawValue: 1 << 0)
  /// The reset button is disabled.
  public static let resetDisabled = FrontPanelButtons(rawValue: 1 << 1)
  /// The diagnostic interrupt's button is disabled.
  public static let diagnosticDisabled = FrontPanelButtons(rawValue: 1 << 2)
  /// The standby button is disabled.
  public static let standbyDisabled = FrontPanelButtons(rawValue: 1 << 3)
  /// The power button can be disabled.
  public static let powerCanBeDisabled = FrontPanelButtons(rawValue: 1 << 4)
  /// The reset button can be disabled.
  public static let resetCanBeDisabled = FrontPanelButtons(rawValue: 1 << 5)
  /// The diagnostic interrupt's button can be disabled.
  public static let diagnosticCanBeDisabled = FrontPanelButtons(rawValue: 1 << 6)
  /// The standby button can be disabled.
  public static let standbyCanBeDisabled = FrontPanelButtons(rawValue: 1 << 7)
}
