import LinkLayer

/// Two ends that speak with each other, whichever speaks.
struct Conversation: Hashable {
  private var low: IPAddress
  private var high: IPAddress
  private var ports: UInt32

  /// The conversation of a packet.
  init(_ ends: IPEndpoints, _ sourcePort: UInt16, _ destinationPort: UInt16) {
    if Conversation.isReversed(ends, sourcePort, destinationPort) {
      (low, high) = (ends.destination, ends.source)
      ports = UInt32(destinationPort) << 16 | UInt32(sourcePort)
    } else {
      (low, high) = (ends.source, ends.destination)
      ports = UInt32(sourcePort) << 16 | UInt32(destinationPort)
    }
  }

  /// Whether a packet goes from the high end to the low one.
  static func isReversed(
    _ ends: IPEndpoints, _ sourcePort: UInt16, _ destinationPort: UInt16
  ) -> Bool {
    ends.source == ends.destination
      ? sourcePort > destinationPort : ends.destination < ends.source
  }
}
