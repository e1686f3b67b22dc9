import LinkLayer

/// Where the sequence numbers of TCP connections began, so that they can be told from there: a SYN
/// has 0, the first byte 1. Of a connection whose start was not seen, the first segment that was has 1.
struct TCPFlowTable: Sendable {
  /// The most connections that are remembered; then all are forgotten. A scan makes many.
  static let capacity = 1 << 18

  private var flows: [Conversation: Bases] = [:]

  /// The numbers of a segment, counted from the connection's start; the acknowledgment has a meaning
  /// only with the flag ACK.
  mutating func relative(
    _ segment: TCPNumbers, _ ends: IPEndpoints, sourcePort: UInt16, destinationPort: UInt16
  ) -> TCPNumbers {
    let key = Conversation(ends, sourcePort, destinationPort)
    let isReversed = Conversation.isReversed(ends, sourcePort, destinationPort)
    if flows.count >= TCPFlowTable.capacity { flows.removeAll(keepingCapacity: true) }
    var bases = flows[key] ?? Bases()
    let before = bases
    let answer = bases.relative(segment, isReversed: isReversed)
    if bases != before { flows[key] = bases }
    return answer
  }

  /// Where both directions of a connection began.
  private struct Bases: Hashable {
    var forward: UInt32?
    var reverse: UInt32?

    mutating func relative(_ segment: TCPNumbers, isReversed: Bool) -> TCPNumbers {
      if segment.isSynchronizing {
        // A number that is new begins a new connection on the same ports; its answer is to come.
        let known = isReversed ? reverse : forward
        if known != segment.sequence, !segment.isAcknowledging { self = Bases() }
        set(segment.sequence, isReversed: isReversed)
      } else if (isReversed ? reverse : forward) == nil {
        set(segment.sequence &- 1, isReversed: isReversed)
      }
      if segment.isAcknowledging, (isReversed ? forward : reverse) == nil {
        set(segment.acknowledgment &- 1, isReversed: !isReversed)
      }
      var answer = segment
      answer.sequence &-= (isReversed ? reverse : forward) ?? 0
      answer.acknowledgment &-= (isReversed ? forward : reverse) ?? 0
      return answer
    }

    private mutating func set(_ base: UInt32, isReversed: Bool) {
      if isReversed { reverse = base } else { forward = base }
    }
  }
}

/// The numbers of one segment.
struct TCPNumbers: Hashable, Sendable {
  /// The number of its first byte, or of SYN.
  var sequence: UInt32
  /// The number of the next byte that its sender expects.
  var acknowledgment: UInt32
  /// The flag SYN.
  var isSynchronizing: Bool
  /// The flag ACK.
  var isAcknowledging: Bool
}
