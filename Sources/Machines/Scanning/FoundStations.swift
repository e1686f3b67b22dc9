import LinkLayer

/// Which stations answered for which addresses.
///
/// A network may be made to answer without end. So no more than `limit` addresses are remembered, and
/// a few stations of each.
struct FoundStations: Sendable {
  private struct Record: Sendable {
    var first: HardwareAddress
    var others: [HardwareAddress] = []
    var answers = 1
  }

  private static let stationLimit = 8

  private let limit: Int
  private var records: [IPAddress: Record] = [:]
  /// How many addresses have more than one station.
  private(set) var duplicateCount = 0

  init(limit: Int = 1 << 20) {
    self.limit = limit
  }

  /// How many addresses are remembered.
  var count: Int { records.count }

  /// Notes that `host` answered, and returns what that adds; nil when there is no room to remember it.
  mutating func note(_ host: ScannedHost) -> ScanReport? {
    guard let index = records.index(forKey: host.address) else {
      guard records.count < limit else { return nil }
      records[host.address] = Record(first: host.station)
      return .host(host)
    }
    records.values[index].answers += 1
    let number = records.values[index].answers
    let first = records.values[index].first
    guard host.station != first, !records.values[index].others.contains(host.station) else {
      return .again(host, number: number)
    }
    guard records.values[index].others.count < Self.stationLimit else { return nil }
    if records.values[index].others.isEmpty { duplicateCount += 1 }
    records.values[index].others.append(host.station)
    return .duplicate(host, first: first, number: number)
  }
}
