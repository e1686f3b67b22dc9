import LinkLayer
import MonotonicTime

/// What is known of each address, within a bounded memory.
///
/// A flood of forged stations fills any table. So an address that was heard of only once, or for less
/// than a minute, gives way to the next new one, the oldest first; one that stays is never pushed out.
struct StationTable: Sendable {
  /// An address, and what has been told of it.
  struct Entry: Sendable {
    var record: StationRecord
    /// Whether it was heard of over so long a time that it is there.
    var isEstablished = false
    /// When its station changed last.
    var changedAt: Instant?
    /// Until when changes are not told again.
    var quietUntil: Instant?
    var announcedAt: Instant?
    /// When the record was last given away to be kept.
    var rememberedAt: Instant
  }

  /// How long an address must have been there to stay.
  static let probation: Duration = .seconds(60)

  private let limit: Int
  private var entries: [IPAddress: Entry] = [:]
  /// Addresses that are not established, the oldest first, with some that are since.
  private var newcomers: [IPAddress] = []
  private var firstNewcomer = 0

  init(limit: Int) {
    self.limit = max(1, limit)
  }

  var count: Int { entries.count }
  var records: [StationRecord] { entries.values.map(\.record) }

  subscript(address: IPAddress) -> Entry? {
    get { entries[address] }
    set { entries[address] = newValue }
  }

  /// Lets `body` look at every entry and change it.
  mutating func forEach(_ body: (inout Entry) -> Void) {
    var index = entries.startIndex
    while index != entries.endIndex {
      body(&entries.values[index])
      entries.formIndex(after: &index)
    }
  }

  /// Adds what was known at an earlier time; what is beyond the limit is left out.
  mutating func restore(_ record: StationRecord) {
    guard entries.count < limit || entries[record.address] != nil else { return }
    entries[record.address] = Entry(
      record: record, isEstablished: true, rememberedAt: record.lastSeen)
  }

  /// Adds an address that is not known.
  ///
  /// - Returns: whether there was room, and the address that gave way.
  mutating func insert(_ record: StationRecord) -> (isKnown: Bool, forgotten: IPAddress?) {
    var forgotten: IPAddress?
    if entries.count >= limit {
      forgotten = removeNewcomer()
      guard forgotten != nil else { return (false, nil) }
    }
    entries[record.address] = Entry(record: record, rememberedAt: record.lastSeen)
    newcomers.append(record.address)
    return (true, forgotten)
  }

  private mutating func removeNewcomer() -> IPAddress? {
    defer { compact() }
    while firstNewcomer < newcomers.count {
      let address = newcomers[firstNewcomer]
      firstNewcomer += 1
      guard entries[address]?.isEstablished == false else { continue }
      entries[address] = nil
      return address
    }
    return nil
  }

  private mutating func compact() {
    guard firstNewcomer > 1024, firstNewcomer * 2 > newcomers.count else { return }
    newcomers.removeFirst(firstNewcomer)
    firstNewcomer = 0
  }
}
