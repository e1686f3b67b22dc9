public import LinkLayer
public import MonotonicTime

/// Something on a link that whoever keeps it wants to know of.
public struct WatchEvent: Hashable, Sendable {
  /// What happened; the words are arpwatch's where it has some.
  public enum Kind: String, CaseIterable, Sendable {
    /// An address is heard of for the first time.
    case newStation = "new station"
    /// An address is heard of again after it was silent.
    case newActivity = "new activity"
    /// An address is at a station that it was never at before.
    case changed = "changed ethernet address"
    /// An address is back at the station that it was at last.
    case flipFlop = "flip flop"
    /// An address is back at a station that it was at earlier.
    case reused = "reused old ethernet address"
    /// Two stations have an address at the same time.
    case duplicate = "duplicate address"
    /// A station tells all, unasked, that it has an address.
    case announcement = "announcement"
    /// An address that cannot be on this link.
    case bogon = "bogon"
    /// A station whose address is all ones, a group's or none.
    case broadcast = "ethernet broadcast"
    /// A message names another station than the one that sent it.
    case mismatch = "ethernet mismatch"
    /// An address has not been heard of for so long as was said.
    case silent = "silent station"
    /// More addresses are claimed than are remembered.
    case tableFull = "table full"
    /// Events that came too fast one after the other were not told.
    case suppressed = "suppressed"
  }

  /// What happened.
  public var kind: Kind
  /// The address that it is about; nil for what is about none.
  public var address: IPAddress?
  /// The station that has the address now, or the one that speaks.
  public var station: HardwareAddress?
  /// The station that had it before, or that the message names.
  public var other: HardwareAddress?
  /// When it happened.
  public var at: Instant
  /// How many events this one stands for.
  public var count = 1

  /// An event of these fields.
  public init(
    _ kind: Kind, _ address: IPAddress? = nil, at station: HardwareAddress? = nil,
    other: HardwareAddress? = nil, time: Instant
  ) {
    (self.kind, self.address, self.station, self.other) = (kind, address, station, other)
    at = time
  }
}

/// What a watch tells.
public enum WatchReport: Hashable, Sendable {
  /// Something happened.
  case event(WatchEvent)
  /// This is known of an address from now on: to be kept for the next start.
  case remember(StationRecord)
  /// Nothing is known of an address any more.
  case forget(IPAddress)
}

/// What is known of an address.
public struct StationRecord: Hashable, Sendable {
  /// How many former stations are remembered.
  public static let formerLimit = 3

  /// The address.
  public var address: IPAddress
  /// The station that has it.
  public var station: HardwareAddress
  /// The stations that had it before, the latest first.
  public var former: [HardwareAddress] = []
  /// When the address was first heard of.
  public var firstSeen: Instant
  /// When it was last heard of.
  public var lastSeen: Instant
  /// Whether its silence was told.
  public var isSilent = false

  /// What is known of an address that is heard of for the first time.
  public init(address: IPAddress, station: HardwareAddress, at now: Instant) {
    (self.address, self.station) = (address, station)
    (firstSeen, lastSeen) = (now, now)
  }
}

/// What a watch looks for.
public struct WatchOptions: Hashable, Sendable {
  /// After how long a silence an address is told to be silent; nil for never.
  public var silence: Duration?
  /// After how long a silence an address that is heard again is told: half a year, as arpwatch has it.
  public var activityAge: Duration = .seconds(182 * 86_400)
  /// Within what time a change back shows that both stations are there.
  public var duplicateWindow: Duration = .seconds(60)
  /// How long the same is not told again of an address, where it would be with every frame.
  public var repeatInterval: Duration = .seconds(3600)
  /// The same for announcements, which some refresh by the second.
  public var announcementInterval: Duration = .seconds(60)
  /// Whether announcements are told.
  public var tellsAnnouncements = true
  /// The networks of IPv4 of the link; an address in none of them is a bogon. With none, all may be.
  public var networks: [IPPrefix] = []
  /// This host's own addresses on the link.
  public var ownAddresses: Set<IPAddress> = []
  /// How many addresses are remembered.
  public var memory = 1 << 16
  /// How many events are told a second in the long run, and a few seconds' worth at once.
  public var eventsPerSecond = 50.0

  /// Tells everything but silence.
  public init() {}
}
