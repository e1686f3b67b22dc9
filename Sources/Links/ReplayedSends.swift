internal import MonotonicTime

/// Which of a recording's sent frames have been sent again, and when.
///
/// A frame stands for the first one that is still missing. Machines that share a link each go by
/// their own timers, and which of two leaves first within a tick was the clock's doing: so a frame
/// that equals one of the next few, sent within a tick of the missing one, stands for that.
struct ReplayedSends {
  /// How far apart two frames may have been sent then, to be sent in the other order now.
  static let tick = Duration.milliseconds(100)
  /// How many frames are looked through for an equal one.
  private static let reach = 64

  /// The frames that were sent then.
  let recorded: [Recording.Frame]
  /// How many frames were sent now.
  private(set) var count = 0
  /// When the last frame was sent now.
  private(set) var latest = Instant.origin
  private var instants: [Instant?]
  private var firstMissing = 0
  private var found: [ReplayDifference] = []

  init(_ recorded: [Recording.Frame]) {
    self.recorded = recorded
    instants = Array(repeating: nil, count: recorded.count)
  }

  /// When the frame of this number was sent now; nil when it is missing.
  func instant(of index: Int) -> Instant? { instants[index] }

  /// Whether none of the first `count` frames is missing.
  func isComplete(upTo count: Int) -> Bool { firstMissing >= count }

  /// What was sent otherwise than then, or too much, and what is missing yet.
  var differences: [ReplayDifference] {
    let missing = recorded.indices.dropFirst(firstMissing).filter { instants[$0] == nil }
    return found
      + missing.map { ReplayDifference(index: $0, recorded: recorded[$0].bytes, sent: nil) }
  }

  /// Takes note of a frame that is sent.
  mutating func append(_ frame: [UInt8], at now: Instant) {
    defer { count += 1 }
    latest = now
    guard firstMissing < recorded.count else {
      found.append(ReplayDifference(index: count, recorded: nil, sent: frame))
      return
    }
    let equal = equalFrame(frame)
    if equal == nil {
      found.append(
        ReplayDifference(index: firstMissing, recorded: recorded[firstMissing].bytes, sent: frame))
    }
    instants[equal ?? firstMissing] = now
    while firstMissing < recorded.count, instants[firstMissing] != nil { firstMissing += 1 }
  }

  private func equalFrame(_ frame: [UInt8]) -> Int? {
    let start = recorded[firstMissing].timestamp
    return recorded.indices.dropFirst(firstMissing).prefix(Self.reach).first { index in
      instants[index] == nil && recorded[index].timestamp.duration(since: start) <= Self.tick
        && recorded[index].equals(frame)
    }
  }
}

extension Recording.Frame {
  /// Whether `other` is the frame, as far as it was kept.
  fileprivate func equals(_ other: [UInt8]) -> Bool {
    other.count == originalLength && other.prefix(bytes.count) == bytes[...]
  }
}
