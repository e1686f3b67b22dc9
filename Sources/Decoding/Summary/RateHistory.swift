public import CaptureFile

/// How many bytes and frames went in each of a bounded number of equal intervals. When a capture outgrows
/// them, two become one.
public struct RateHistory: Sendable {
  /// What went in one interval.
  public struct Interval: Hashable, Sendable {
    /// Frames.
    public var frames = 0
    /// Bytes on the link.
    public var bytes = 0
  }

  /// How long an interval is, in nanoseconds.
  public private(set) var width: Int64 = 1_000_000
  /// The intervals from the first frame's on.
  public private(set) var intervals: [Interval] = []
  /// When the first interval begins.
  public private(set) var origin: CaptureTimestamp?

  /// How many intervals there are at most.
  private static let limit = 240

  /// Nothing yet.
  public init() {}

  mutating func add(_ byteCount: Int, at time: CaptureTimestamp) {
    let origin = origin ?? time
    self.origin = origin
    // What is before the first frame's time counts as of its time: damaged files run backwards.
    let since = time > origin ? nanoseconds(from: origin, to: time) : 0
    while since / width >= Int64(Self.limit) { widen() }
    let index = Int(since / width)
    if index >= intervals.count {
      intervals += [Interval](repeating: Interval(), count: index + 1 - intervals.count)
    }
    intervals[index].frames += 1
    intervals[index].bytes &+= byteCount
  }

  /// Held at a hundred years, which files may say, and which intervals can still be made for.
  private func nanoseconds(from start: CaptureTimestamp, to end: CaptureTimestamp) -> Int64 {
    let (seconds, overflow) = end.seconds.subtractingReportingOverflow(start.seconds)
    let limit: Int64 = 3_155_760_000
    guard !overflow, seconds < limit else { return limit * 1_000_000_000 }
    return max(0, seconds * 1_000_000_000 + Int64(end.nanoseconds) - Int64(start.nanoseconds))
  }

  private mutating func widen() {
    width *= 2
    var merged: [Interval] = []
    merged.reserveCapacity(Self.limit)
    for index in stride(from: 0, to: intervals.count, by: 2) {
      var sum = intervals[index]
      if index + 1 < intervals.count {
        sum.frames += intervals[index + 1].frames
        sum.bytes &+= intervals[index + 1].bytes
      }
      merged.append(sum)
    }
    intervals = merged
  }

  /// The intervals gathered into `count` columns at most, each of several intervals, with how long a
  /// column is in nanoseconds.
  public func columns(_ count: Int) -> (width: Int64, columns: [Interval]) {
    let count = max(count, 1)
    let each = max(1, (intervals.count + count - 1) / count)
    var columns: [Interval] = []
    for start in stride(from: 0, to: intervals.count, by: each) {
      var sum = Interval()
      for interval in intervals[start..<min(start + each, intervals.count)] {
        sum.frames += interval.frames
        sum.bytes &+= interval.bytes
      }
      columns.append(sum)
    }
    return (width * Int64(each), columns)
  }
}
