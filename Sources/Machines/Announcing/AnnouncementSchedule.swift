import MonotonicTime

/// When the rounds of an announcement go: a burst, perhaps a second one, perhaps a refresh for ever.
public struct AnnouncementSchedule: Hashable, Sendable {
  /// The rounds of a burst.
  public enum Burst: Hashable, Sendable {
    /// One round at each of these times from the burst's start, in rising order. None means one
    /// round at once.
    case offsets([Duration])
    /// So many rounds, this far apart; at least one.
    case rounds(Int, every: Duration)
  }

  /// The first burst, and the second.
  public var burst: Burst
  /// When the burst is repeated, from the start of the first; nil for never. keepalived's
  /// `garp_master_delay`, 5 s there: a port that was still learning at the first hears the second.
  public var secondBurstDelay: Duration?
  /// One more round so often, until the machine is stopped; nil for never. Held at 10 ms or more.
  /// A third of the switch's ageing time (300 s by default) keeps its table from forgetting.
  public var refreshInterval: Duration?

  /// Creates a schedule.
  public init(
    burst: Burst = .offsets([.zero, .seconds(1), .seconds(3), .seconds(5)]),
    secondBurstDelay: Duration? = nil, refreshInterval: Duration? = nil
  ) {
    self.burst = burst
    self.secondBurstDelay = secondBurstDelay
    self.refreshInterval = refreshInterval.map { max($0, .milliseconds(10)) }
  }

  /// At once, then 1, 3 and 5 seconds later: spread in time, because frames back to back do not help
  /// against a port in a listening state or an entry that is locked.
  public static let standard = AnnouncementSchedule()

  /// One round.
  public static let once = AnnouncementSchedule(burst: .rounds(1, every: .zero))

  /// ANNOUNCE_NUM announcements, ANNOUNCE_INTERVAL apart. RFC 5227, section 2.3.
  public static let rfc5227 = AnnouncementSchedule(burst: .rounds(2, every: .seconds(2)))
}

extension AnnouncementSchedule.Burst {
  /// How many rounds the burst has.
  var count: Int {
    switch self {
    case .offsets(let offsets): max(1, offsets.count)
    case .rounds(let count, every: _): max(1, count)
    }
  }

  /// The time before the first round.
  var delay: Duration {
    guard case .offsets(let offsets) = self, let first = offsets.first else { return .zero }
    return max(first, .zero)
  }

  /// The time from the round at `index` to the next one of the burst, which must exist.
  func gap(after index: Int) -> Duration {
    switch self {
    case .offsets(let offsets):
      guard index + 1 < offsets.count else { return .zero }
      return max(offsets[index + 1] - offsets[index], .zero)
    case .rounds(_, every: let interval):
      return max(interval, .zero)
    }
  }
}
