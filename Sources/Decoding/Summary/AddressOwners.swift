public import CaptureFile
public import LinkLayer

/// Which station claims which IP address, by what ARP and Neighbor Discovery say; an address that two
/// claim is a conflict.
public struct AddressOwners: Sendable {
  /// A station that says that an address is its own.
  public struct Claim: Hashable, Sendable {
    /// The address.
    public var address: IPAddress
    /// The station.
    public var station: MACAddress
    /// Whether it was said unasked to all: a gratuitous ARP, an unsolicited advertisement.
    public var isAnnouncement: Bool
  }

  /// What was heard of one station's claim to one address.
  public struct Record: Hashable, Sendable {
    /// The station.
    public var station: MACAddress
    /// How often it claimed the address.
    public var count = 0
    /// How many of these were announcements.
    public var announcements = 0
    /// When it first did.
    public var first: CaptureTimestamp?
    /// When it last did.
    public var last: CaptureTimestamp?
  }

  /// By address, the stations in the order in which they were heard.
  public private(set) var records: [IPAddress: [Record]] = [:]
  /// How many claims found no room.
  public private(set) var untold = 0
  private var previous: [IPAddress: MACAddress] = [:]
  /// How often an address went from one station to another.
  public private(set) var moves: [IPAddress: Int] = [:]

  /// How many addresses are told apart, and how many stations of each.
  private static let addressLimit = 1 << 16
  private static let stationLimit = 16

  /// No claim yet.
  public init() {}

  /// The addresses that more than one station claims, in their order.
  public var conflicts: [IPAddress] {
    records.filter { $0.value.count > 1 }.keys.sorted()
  }

  mutating func add(_ claim: Claim, at time: CaptureTimestamp?) {
    guard records.count < Self.addressLimit || records[claim.address] != nil else {
      untold += 1
      return
    }
    var known = records[claim.address] ?? []
    if let last = previous[claim.address], last != claim.station {
      moves[claim.address, default: 0] += 1
    }
    previous[claim.address] = claim.station
    let index = known.firstIndex { $0.station == claim.station } ?? known.count
    if index == known.count {
      guard known.count < Self.stationLimit else {
        untold += 1
        return
      }
      known.append(Record(station: claim.station, first: time))
    }
    known[index].count += 1
    if claim.isAnnouncement { known[index].announcements += 1 }
    known[index].last = time ?? known[index].last
    records[claim.address] = known
  }
}
