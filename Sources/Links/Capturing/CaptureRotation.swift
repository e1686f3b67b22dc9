/// When a capture goes on in its next file, and how many of its files stay.
public struct CaptureRotation: Hashable, Sendable {
  /// A file gets no longer than so many bytes, unless a single frame makes it so.
  public var byteLimit: Int?
  /// A file holds no more than so many frames.
  public var frameLimit: Int?
  /// A file is begun so long after the one before.
  public var interval: Duration?
  /// So many files stay: with the next one, the oldest is removed.
  public var fileLimit: Int?

  /// One file, without a limit.
  public init() {}

  /// Whether there may be more than one file.
  public var isActive: Bool { byteLimit != nil || frameLimit != nil || interval != nil }
}

/// The format of a capture that is being made.
public enum LiveCaptureFormat: Hashable, Sendable {
  /// pcapng with nanoseconds: interfaces with their names, directions, comments, statistics.
  case pcapng
  /// pcap: frames of one link type with their times.
  case pcap(hasNanoseconds: Bool)
}
