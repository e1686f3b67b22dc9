/// A boot option's value. IPMI 2.0, table 28-14.
public enum BootOption: Hashable, Sendable {
  /// Where a change of several options stands.
  case setInProgress(SetInProgress)
  /// Which service partition is to be started; 0 is unspecified.
  case servicePartitionSelector(UInt8)
  /// Whether the BIOS looks for service partitions.
  case servicePartitionScan(ServicePartitionScan)
  /// What leaves the boot flags valid.
  case validBitClearing(BootValidRetention)
  /// Who has dealt with the options. Only those in `mask` are written.
  case infoAcknowledge(mask: BootInfoAcknowledge, BootInfoAcknowledge)
  /// How the next start goes.
  case bootFlags(BootFlags)
  /// Who asked for the options.
  case initiatorInfo(BootInitiatorInfo)
  /// A block of what the initiator has to say: its number, and up to 16 bytes.
  case initiatorMailbox(block: UInt8, data: [UInt8])
  /// An option without a type here.
  case other(BootOptionParameter, data: [UInt8])

  /// Reads the data of the option `parameter`.
  public init(_ parameter: BootOptionParameter, parsing data: RawSpan) throws(IPMIError) {
    var reader = SetSystemBootOptions.requestReader(data)
    switch parameter {
    case .setInProgress:
      self = .setInProgress(SetInProgress(rawValue: try reader.u8()))
    case .servicePartitionSelector:
      self = .servicePartitionSelector(try reader.u8())
    case .servicePartitionScan:
      self = .servicePartitionScan(try reader.flags())
    case .validBitClearing:
      self = .validBitClearing(try reader.flags())
    case .infoAcknowledge:
      self = .infoAcknowledge(mask: try reader.flags(), try reader.flags())
    case .bootFlags:
      self = .bootFlags(try BootFlags(reading: &reader))
    case .initiatorInfo:
      self = .initiatorInfo(try BootInitiatorInfo(reading: &reader))
    case .initiatorMailbox:
      self = .initiatorMailbox(block: try reader.u8(), data: reader.rest())
    default:
      self = .other(parameter, data: reader.rest())
    }
  }

  /// Which option it is.
  public var parameter: BootOptionParameter {
    switch self {
    case .setInProgress: .setInProgress
    case .servicePartitionSelector: .servicePartitionSelector
    case .servicePartitionScan: .servicePartitionScan
    case .validBitClearing: .validBitClearing
    case .infoAcknowledge: .infoAcknowledge
    case .bootFlags: .bootFlags
    case .initiatorInfo: .initiatorInfo
    case .initiatorMailbox: .initiatorMailbox
    case .other(let parameter, _): parameter
    }
  }

  /// The option's data.
  public var data: [UInt8] {
    switch self {
    case .setInProgress(let state): [state.rawValue]
    case .servicePartitionSelector(let partition): [partition]
    case .servicePartitionScan(let scan): [scan.rawValue]
    case .validBitClearing(let retention): [retention.rawValue]
    case .infoAcknowledge(let mask, let who): [mask.rawValue, who.rawValue]
    case .bootFlags(let flags): flags.bytes
    case .initiatorInfo(let info): info.bytes
    case .initiatorMailbox(let block, let data): [block] + data
    case .other(_, let data): data
    }
  }
}

/// Whether the BIOS looks for service partitions. IPMI 2.0, table 28-14, parameter 2.
public struct ServicePartitionScan: OptionSet, Hashable, Sendable {
  /// The bits.
  public let rawValue: UInt8
  /// The flags of these bits.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The BIOS is asked to look.
  public static let requested = ServicePartitionScan(rawValue: 1 << 0)
  /// A service partition was found.
  public static let discovered = ServicePartitionScan(rawValue: 1 << 1)
}

/// What leaves the boot flags valid, where it would clear them otherwise. IPMI 2.0, table 28-14,
/// parameter 3.
public struct BootValidRetention: OptionSet, Hashable, Sendable {
  /// The bits.
  public let rawValue: UInt8
  /// The flags of these bits.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// A power-up by button or wake event.
  public static let powerButton = BootValidRetention(rawValue: 1 << 0)
  /// A reset by button, or a soft reset.
  public static let resetButton = BootValidRetention(rawValue: 1 << 1)
  /// A reset or power cycle by the watchdog.
  public static let watchdog = BootValidRetention(rawValue: 1 << 2)
  /// No start within 60 s after the flags were set.
  public static let timeout = BootValidRetention(rawValue: 1 << 3)
  /// A reset or power cycle by an event filter.
  public static let eventFilter = BootValidRetention(rawValue: 1 << 4)

  /// What ipmitool prints for each bit that is set, from bit 0 to bit 4.
  public static let texts = [
    "Don't clear valid bit on power up via power push button or wake event",
    "Don't clear valid bit on push button reset // soft reset",
    "Don't clear valid bit on reset/power cycle cause by watchdog",
    "Don't automatically clear boot flag valid bit on timeout",
    "Don't clear valid bit on reset/power cycle cause by PEF",
  ]
}

/// Who has dealt with the boot options. IPMI 2.0, table 28-14, parameter 4.
public struct BootInfoAcknowledge: OptionSet, Hashable, Sendable {
  /// The bits.
  public let rawValue: UInt8
  /// The set of these bits.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The BIOS.
  public static let bios = BootInfoAcknowledge(rawValue: 1 << 0)
  /// The loader of the operating system.
  public static let loader = BootInfoAcknowledge(rawValue: 1 << 1)
  /// The operating system, or the service partition.
  public static let operatingSystem = BootInfoAcknowledge(rawValue: 1 << 2)
  /// The system management software.
  public static let systemManagement = BootInfoAcknowledge(rawValue: 1 << 3)
  /// The manufacturer's software.
  public static let oem = BootInfoAcknowledge(rawValue: 1 << 4)

  /// What ipmitool prints for each bit that is set, from bit 0 to bit 4.
  public static let texts = [
    "BIOS/POST has handled boot info", "OS Loader has handled boot info",
    "OS // service partition has handled boot info", "SMS has handled boot info",
    "OEM has handled boot info",
  ]
}

/// Who asked for the boot options: 9 bytes. IPMI 2.0, table 28-14, parameter 6.
public struct BootInitiatorInfo: Hashable, Sendable {
  /// The channel that will get what the initiator is told.
  public var channel: ChannelNumber
  /// The initiator's session.
  public var sessionID: UInt32
  /// When, in seconds since 1970.
  public var time: UInt32

  /// The information.
  public init(channel: ChannelNumber, sessionID: UInt32, time: UInt32) {
    self.channel = channel
    self.sessionID = sessionID
    self.time = time
  }

  init(reading reader: inout MessageReader) throws(IPMIError) {
    channel = ChannelNumber(rawValue: try reader.u8())
    sessionID = try reader.u32()
    time = try reader.u32()
  }

  var bytes: [UInt8] {
    var bytes = [channel.rawValue]
    bytes.append(littleEndian: sessionID)
    bytes.append(littleEndian: time)
    return bytes
  }
}
