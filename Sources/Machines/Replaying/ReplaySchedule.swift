public import MonotonicTime

/// Says when each frame of a replay is to leave.
///
/// Every time is counted from the start, never from the frame before, so that no lateness adds up and a
/// rate is held however long the replay lasts. A recording's times are taken gap by gap: where they run
/// backwards, as when somebody set its clock, there is no gap.
public struct ReplaySchedule: Hashable, Sendable {
  private let pace: ReplayPace
  private let longestGap: Duration
  /// Where counting began.
  private var base = Instant.origin
  private var latest = Instant.origin
  /// Nanoseconds of the recording since `base`.
  private var recorded: Int64 = 0
  private var previous: Instant?
  /// Frames and bits since `base`.
  private var frames = 0.0
  private var bits = 0.0

  /// How many frames were recorded before the one that stands before them.
  public private(set) var stepsBack = 0

  /// - Parameter longestGap: what a longer gap of the recording is cut to; nil for none.
  public init(_ pace: ReplayPace, longestGap: Duration? = nil) {
    self.pace = pace
    self.longestGap = longestGap ?? .nanoseconds(Int64.max)
  }

  /// Begins at `now`: the first frame's time.
  public mutating func start(at now: Instant) {
    base = now
    latest = now
  }

  /// Begins the recording anew: its first frame follows the last one after `gap`, or at the rate.
  public mutating func beginRound(after gap: Duration, at now: Instant) {
    previous = nil
    switch pace {
    case .recorded:
      base = latest + gap
      recorded = 0
    case .framesPerSecond, .bitsPerSecond: base = base + gap
    case .topSpeed: base = now + gap
    }
  }

  /// When the next frame is due, which was recorded at `time` by some clock, if that is known.
  public mutating func due(recordedAt time: Instant?, byteCount: Int) -> Instant {
    let offset: Double
    switch pace {
    case .topSpeed: return base
    case .recorded(let speed):
      advance(to: time)
      guard speed != 1 else {
        latest = base + .nanoseconds(recorded)
        return latest
      }
      offset = Double(recorded) / speed
    case .framesPerSecond(let rate): offset = frames * 1e9 / rate
    case .bitsPerSecond(let rate): offset = bits * 1e9 / rate
    }
    frames += 1
    bits += Double(max(0, byteCount)) * 8
    latest = base + Self.nanoseconds(offset)
    return latest
  }

  private mutating func advance(to time: Instant?) {
    guard let time else { return }
    defer { previous = time }
    guard let previous else { return }
    guard time >= previous else {
      stepsBack += 1
      return
    }
    let gap = min(time - previous, longestGap).wholeNanoseconds
    let (sum, overflow) = recorded.addingReportingOverflow(gap)
    recorded = overflow ? .max : sum
  }

  /// Held to the three centuries that fit, also when the number is none.
  private static func nanoseconds(_ value: Double) -> Duration {
    .nanoseconds(value < 9e18 ? Int64(max(0, value)) : .max)
  }
}
