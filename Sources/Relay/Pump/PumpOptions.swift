public import Machines

/// How a `Pump` moves bytes.
public struct PumpOptions {
  /// Which way the bytes take.
  public enum Mode: Hashable, Sendable {
    /// Through the shared buffer while there are few, through a pipe (`splice(2)`) when they run full.
    case adaptive
    /// Always through the shared buffer.
    case copy
    /// Always through a pipe, where both streams can.
    case splice
  }

  /// Which bytes an observer is shown: their source, and the bytes.
  public typealias Observer = (StreamRelay.Side, RawSpan) -> Void

  /// What ends and losses do, and what is timed.
  public var policy = StreamRelay.Policy()
  /// Which way the bytes take.
  public var mode = Mode.adaptive
  /// What holds the rate of bytes that come from the near stream: of this pump alone, or shared.
  public var nearLimit: RateLimit?
  /// What holds the rate of bytes that come from the far stream.
  public var farLimit: RateLimit?
  /// A limit that other pumps share, beside this pump's own in `nearLimit`.
  public var nearSharedLimit: RateLimit?
  /// A limit that other pumps share, beside this pump's own in `farLimit`.
  public var farSharedLimit: RateLimit?
  /// After how many bytes the near stream is taken to have ended; nil for never.
  public var nearByteLimit: UInt64?
  /// After how many bytes the far stream is taken to have ended; nil for never.
  public var farByteLimit: UInt64?
  /// Is shown all bytes before they are written; they are copied then.
  public var observer: Observer?
  /// Is told when a stream has ended, and all that came before is delivered.
  public var endObserver: ((StreamRelay.Side) -> Void)?

  /// Whether the loss of one stream resets the other; it is closed otherwise.
  public var passesResets = true

  /// Ends are passed on, nothing is limited or timed.
  public init() {}
}

/// What a pump did, and why it is over.
public struct PumpReport: Hashable, Sendable {
  /// Why it is over.
  public enum Ending: Hashable, Sendable {
    /// Both streams ended, as the policy has it.
    case completed
    /// A stream was lost, for the reason that `errno(3)` has under this number.
    case lost(StreamRelay.Side, errno: Int32)
    /// Nothing moved for as long as the policy allows.
    case idle
    /// Whoever owns the pump stopped it.
    case stopped
  }

  /// Why it is over.
  public var ending: Ending
  /// How many bytes it had moved.
  public var statistics: PumpStatistics
  /// A stream whose reader had gone before the other stream ended, so that bytes were left over.
  public var withoutReader: StreamRelay.Side?
}

/// How many bytes a pump has moved.
public struct PumpStatistics: Hashable, Sendable {
  /// Bytes from the near stream that were read.
  public var nearByteCount: UInt64 = 0
  /// Bytes from the far stream that were read.
  public var farByteCount: UInt64 = 0
  /// How many of all these went through pipes.
  public var splicedByteCount: UInt64 = 0

  /// None.
  public init() {}

  /// Adds what another pump moved.
  public static func += (left: inout PumpStatistics, right: PumpStatistics) {
    left.nearByteCount &+= right.nearByteCount
    left.farByteCount &+= right.farByteCount
    left.splicedByteCount &+= right.splicedByteCount
  }
}
