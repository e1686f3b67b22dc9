public import MonotonicTime

/// Where a replay's frames come from.
public protocol ReplaySource: AnyObject {
  /// Why no frame could be read.
  associatedtype Failure: Error

  /// Puts the next frame into `frame`, in place of what was there, and says by which link it goes and when
  /// it was recorded.
  ///
  /// It waits for nothing and nobody: see ``ReplayReading/later``.
  func next(into frame: inout [UInt8]) throws(Failure) -> ReplayReading

  /// Goes back to the first frame.
  func rewind() throws(Failure)
}

/// What has come of reading a frame.
public enum ReplayReading: Hashable, Sendable {
  /// There is one.
  case frame(ReplayedFrame)
  /// None is there yet: a pipe has nothing, or many frames were left out and others want their turn.
  case later
  /// The recording has no more.
  case end
}

/// What a replay needs to know of a frame.
public struct ReplayedFrame: Hashable, Sendable {
  /// The link that it goes by: 0 for the first.
  public var link: Int
  /// When it was recorded, by some clock; nil when nobody noted.
  public var time: Instant?

  /// A frame that goes by this link.
  public init(link: Int, time: Instant?) {
    (self.link, self.time) = (link, time)
  }
}

/// What went by a link.
public struct ReplayedAmount: Hashable, Sendable {
  /// Frames that the link took.
  public var frames = 0
  /// Their bytes.
  public var bytes = 0

  /// Nothing yet.
  public init() {}
}
