/// Whether a target is up, from what became of attempts to reach it: so many good ones in a row raise it,
/// so many bad ones take it down.
public struct UpstreamHealth: Hashable, Sendable {
  /// How many good attempts in a row raise a target that is down.
  public let rise: Int
  /// How many bad attempts in a row take a target down that is up.
  public let fall: Int
  /// Whether it is up. A target is up until it fails.
  public private(set) var isUp = true
  /// How often it was looked at.
  public private(set) var attempts: UInt64 = 0
  /// How many of these were good.
  public private(set) var successes: UInt64 = 0

  private var streak = 0

  /// A target that is up; both numbers are at least 1.
  public init(rise: Int = 2, fall: Int = 3) {
    self.rise = max(1, rise)
    self.fall = max(1, fall)
  }

  /// Counts an attempt, and returns whether that changed the target's state.
  @discardableResult
  public mutating func note(_ isGood: Bool) -> Bool {
    attempts &+= 1
    if isGood { successes &+= 1 }
    guard isGood != isUp else {
      streak = 0
      return false
    }
    streak += 1
    guard streak >= (isUp ? fall : rise) else { return false }
    isUp.toggle()
    streak = 0
    return true
  }
}
