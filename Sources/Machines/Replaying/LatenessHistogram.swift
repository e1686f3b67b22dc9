internal import MonotonicTime

/// How late things were, within 3 % and in bounded memory: 32 classes for each doubling of a nanosecond.
public struct LatenessHistogram: Hashable, Sendable {
  private static let classes = 32
  private var counts: [UInt64] = []

  /// How many were counted.
  public private(set) var count: UInt64 = 0
  /// The latest.
  public private(set) var greatest: Duration = .zero

  /// Nothing counted yet.
  public init() {}

  /// Counts one that was so late; what came early counts as in time.
  public mutating func add(_ lateness: Duration) {
    if counts.isEmpty { counts = Array(repeating: 0, count: 60 * Self.classes) }
    let nanoseconds = max(0, lateness.wholeNanoseconds)
    counts[Self.index(of: UInt64(nanoseconds))] += 1
    count += 1
    greatest = max(greatest, .nanoseconds(nanoseconds))
  }

  /// The time by which this part of all, from 0 to 1, was late at most; nil when nothing was counted.
  public func percentile(_ part: Double) -> Duration? {
    guard count > 0 else { return nil }
    let wanted = max(1, (Double(count) * min(max(part, 0), 1)).rounded(.up))
    var sum: UInt64 = 0
    for (index, count) in counts.enumerated() where count > 0 {
      sum += count
      if Double(sum) >= wanted {
        return min(.nanoseconds(Self.upperEdge(of: index)), greatest)
      }
    }
    return greatest
  }

  /// Below 64 each number has a class of its own; above, its six highest bits name the class.
  private static func index(of value: UInt64) -> Int {
    let shift = max(0, 63 - max(value, 1).leadingZeroBitCount - 5)
    return shift * classes + Int(value >> UInt64(shift))
  }

  private static func upperEdge(of index: Int) -> Int64 {
    let shift = max(0, index / classes - 1)
    let highest = UInt64(index - shift * classes)
    return Int64(clamping: (highest + 1) << UInt64(shift) - 1)
  }
}
