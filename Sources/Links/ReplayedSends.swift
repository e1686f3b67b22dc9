internal import LinkLayer
internal import MonotonicTime

/// Which of a recording's sent frames have been sent again, and when.
///
/// A frame stands for the first one that is still missing. Machines that share a link each go by
/// their own timers, and which of two leaves first within a tick was the clock's doing: so a frame
/// that equals one of the next few, sent within a tick of the missing one, stands for that. Frames about
/// the same addresses are one machine's, whose order is its own: of these none overtakes another.
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
  private let framing: LinkFraming

  init(_ recorded: [Recording.Frame], framing: LinkFraming) {
    self.recorded = recorded
    self.framing = framing
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
    let candidates = recorded.indices.dropFirst(firstMissing).prefix(Self.reach).filter {
      instants[$0] == nil && recorded[$0].timestamp.duration(since: start) <= Self.tick
    }
    guard let index = candidates.first(where: { recorded[$0].equals(frame) }) else { return nil }
    guard index > firstMissing, let subject = FrameSubject(frame, framing) else { return index }
    let overtaken = candidates.prefix { $0 < index }
    return overtaken.contains { FrameSubject(recorded[$0].bytes, framing) == subject } ? nil : index
  }
}

/// Whom a question or a claim is for, and which addresses it is about.
private struct FrameSubject: Equatable {
  private let destination: HardwareAddress
  private let addresses: [IPAddress]

  /// Nil for a frame that is neither.
  init?(_ bytes: [UInt8], _ framing: LinkFraming) {
    guard let frame = try? LinkFrame(parsing: bytes.rawBytes, framing: framing) else { return nil }
    switch frame.payload {
    case .arp(let packet):
      addresses = [.v4(packet.senderProtocolAddress), .v4(packet.targetProtocolAddress)]
    case .ndp(let packet):
      switch packet.message {
      case .neighborSolicitation(let message):
        addresses = [.v6(packet.source), .v6(message.targetAddress)]
      case .neighborAdvertisement(let message): addresses = [.v6(message.targetAddress)]
      default: return nil
      }
    default: return nil
    }
    destination = frame.destination
  }
}

extension Recording.Frame {
  /// Whether `other` is the frame, as far as it was kept.
  fileprivate func equals(_ other: [UInt8]) -> Bool {
    other.count == originalLength && other.prefix(bytes.count) == bytes[...]
  }
}
