/// When the frames of a replay follow one another.
public enum ReplayPace: Hashable, Sendable {
  /// By the times of the recording, so many times as fast.
  case recorded(speed: Double)
  /// So many frames a second, evenly.
  case framesPerSecond(Double)
  /// So many bits of frames a second: preamble, check sequence and gap are not counted.
  case bitsPerSecond(Double)
  /// As fast as the links take them.
  case topSpeed

  /// Whether frames have times that they could miss.
  public var hasTimes: Bool { self != .topSpeed }
}
