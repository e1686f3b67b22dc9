import MonotonicTime

/// The times of address conflict detection, RFC 5227, section 1.1, by the RFC's names.
public struct ProbeTiming: Hashable, Sendable {
  /// PROBE_WAIT: the longest random delay before the first probe.
  public var probeWait: Duration
  /// PROBE_NUM: how many probes are sent.
  public var probeCount: Int
  /// PROBE_MIN: the shortest delay from one probe to the next.
  public var probeMinimum: Duration
  /// PROBE_MAX: the longest delay from one probe to the next.
  public var probeMaximum: Duration
  /// ANNOUNCE_WAIT: how long after the last probe the address is free.
  public var announceWait: Duration

  /// The RFC's own times: 4 to 7 seconds in all.
  public static let rfc5227 = ProbeTiming(
    probeWait: .seconds(1), probeCount: 3, probeMinimum: .seconds(1), probeMaximum: .seconds(2),
    announceWait: .seconds(2))

  /// The RFC's times, all shrunk (or stretched) by one factor so that the longest run takes
  /// `longest`. systemd-networkd and NetworkManager give it 200 ms, for links that have no station
  /// asleep and no port in a listening state.
  public static func scaled(_ longest: Duration) -> ProbeTiming {
    let seventh = max(longest, .zero) / 7
    return ProbeTiming(
      probeWait: seventh, probeCount: 3, probeMinimum: seventh, probeMaximum: seventh * 2,
      announceWait: seventh * 2)
  }

  /// The longest that a run without a conflict takes.
  public var longest: Duration {
    probeWait + probeMaximum * (max(1, probeCount) - 1) + announceWait
  }
}
