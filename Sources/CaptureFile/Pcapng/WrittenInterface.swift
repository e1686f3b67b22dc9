/// What a packet block needs of its interface, worked out once: frames are many.
struct WrittenInterface: Hashable, Sendable {
  let snapLength: UInt32
  private let resolution: TimestampResolution
  private let offset: Int64

  init(_ interface: CaptureInterface) {
    snapLength = interface.snapLength
    resolution = interface.timestampResolution
    offset = interface.timestampOffset
  }

  /// The last second of which 64 bits hold the nanoseconds since 1970: in the year 2554.
  private static let lastSecond: Int64 = 18_446_744_072

  /// The tick count of a time, or nil when 64 bits do not hold it.
  func ticks(_ timestamp: CaptureTimestamp) -> UInt64? {
    guard resolution == .nanoseconds, offset == 0, timestamp.seconds >= 0,
      timestamp.seconds <= Self.lastSecond
    else { return resolution.ticks(timestamp, offset: offset) }
    return UInt64(timestamp.seconds) &* 1_000_000_000 &+ UInt64(timestamp.nanoseconds)
  }
}
