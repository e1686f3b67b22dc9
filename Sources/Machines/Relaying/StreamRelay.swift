public import MonotonicTime

/// Two byte streams that are joined: which of them may still be read and written, and when it is over.
///
/// Whoever moves the bytes tells the machine what became of them, and does what it answers. The machine
/// knows no bytes and no descriptors. A stream's end (TCP's FIN) is passed on when all that came before
/// it has been delivered; the other direction goes on for as long as it wants (RFC 9293, section 3.6: a
/// half-closed connection). A loss (TCP's RST) is passed on as a loss, once all that the lost stream had
/// sent before is delivered.
public struct StreamRelay: Hashable, Sendable {
  /// One of the two streams.
  public enum Side: UInt8, Hashable, Sendable, CaseIterable {
    /// The one that was there first: the client, standard input and output.
    case near
    /// The one that was made for it: the target.
    case far

    /// The one across.
    public var other: Side { self == .near ? .far : .near }
  }

  /// What the end of a stream does.
  public enum EndPolicy: Hashable, Sendable {
    /// It ends what is written to the other one, whose answers go on.
    case halfClose
    /// It closes both: the answer to it is not waited for.
    case close
    /// Nothing, until the other one ends too or is lost.
    case ignore
  }

  /// The rules of a relay.
  public struct Policy: Hashable, Sendable {
    /// What the near stream's end does.
    public var nearEnd = EndPolicy.halfClose
    /// What the far stream's end does.
    public var farEnd = EndPolicy.halfClose
    /// For how long no byte may move in either direction; nil for ever.
    public var idleTimeout: Duration?
    /// The same, once one of the streams has ended; nil for `idleTimeout`.
    public var halfClosedTimeout: Duration?
    /// The only stream that is read; nil for both.
    public var onlySource: Side?

    /// Ends are passed on, and nothing is timed.
    public init() {}
  }

  /// What is to be done, all of it at once: ends first, then losses, then the closing.
  public struct Actions: OptionSet, Hashable, Sendable {
    /// One bit for each.
    public let rawValue: UInt8

    /// The actions whose bits are set.
    public init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    /// Tell the near stream that nothing more will be written to it.
    public static let endWritingNear = Actions(rawValue: 1)
    /// Tell the far stream that nothing more will be written to it.
    public static let endWritingFar = Actions(rawValue: 2)
    /// Close the near stream so that its other end learns that something was lost.
    public static let resetNear = Actions(rawValue: 4)
    /// Close the far stream so that its other end learns that something was lost.
    public static let resetFar = Actions(rawValue: 8)
    /// It is over: close what is not yet.
    public static let close = Actions(rawValue: 16)

    /// Tell a stream that nothing more will be written to it.
    public static func endWriting(_ side: Side) -> Actions {
      side == .near ? endWritingNear : endWritingFar
    }

    /// Close a stream as lost.
    public static func reset(_ side: Side) -> Actions {
      side == .near ? resetNear : resetFar
    }
  }

  /// Why it is over.
  public enum Ending: Hashable, Sendable {
    /// The streams ended, as the policy has it.
    case completed
    /// This stream was lost.
    case lost(Side)
    /// Nothing moved for as long as the policy allows.
    case idle
  }

  /// What one direction, named after its source, has come to.
  public enum Flow: UInt8, Hashable, Sendable {
    /// Bytes may come.
    case open
    /// The source's end was delivered, or will not be: nothing more moves.
    case ended
  }

  /// The rules.
  public let policy: Policy
  /// Why it is over; nil while it is not.
  public private(set) var ending: Ending?

  private var nearFlow: Flow
  private var farFlow: Flow
  /// The stream that could not be written because it was lost; what it sent before is delivered first.
  private var lost: Side?
  private var lastMoved: Instant
  private var hasEnded = false

  /// A relay of two streams that are open both ways at `now`.
  public init(_ policy: Policy = Policy(), at now: Instant) {
    self.policy = policy
    nearFlow = policy.onlySource == .far ? .ended : .open
    farFlow = policy.onlySource == .near ? .ended : .open
    lastMoved = now
  }

  /// Whether there may still be something to read from `source` and to write to the other one.
  public func isOpen(_ source: Side) -> Bool {
    ending == nil && (source == .near ? nearFlow : farFlow) == .open
  }

  // MARK: Events

  /// Bytes were moved, in either direction.
  public mutating func moved(at now: Instant) {
    lastMoved = now
  }

  /// `source` has ended, and all that it sent was delivered.
  public mutating func ended(_ source: Side, at now: Instant) -> Actions {
    guard isOpen(source) else { return [] }
    lastMoved = max(lastMoved, now)
    close(source)
    // It was lost before: what looks like its end is where its last bytes were.
    if lost == source { return finish(.lost(source)) }
    switch source == .near ? policy.nearEnd : policy.farEnd {
    case .close: return finish(.completed)
    case .ignore: return isOpen(source.other) ? [] : finish(.completed)
    case .halfClose:
      let actions = Actions.endWriting(source.other)
      return isOpen(source.other) ? actions : actions.union(finish(.completed))
    }
  }

  /// `sink` takes nothing more, and may go on sending: its reader is gone.
  public mutating func writingEnded(_ sink: Side, at now: Instant) -> Actions {
    guard isOpen(sink.other) else { return [] }
    lastMoved = max(lastMoved, now)
    close(sink.other)
    return isOpen(sink) ? [] : finish(.completed)
  }

  /// Reading from `source` failed, after all that it sent was delivered.
  public mutating func readingFailed(_ source: Side) -> Actions {
    guard ending == nil else { return [] }
    return finish(.lost(source))
  }

  /// Writing to `sink` failed. What it sent before is still there to be read: it may be the reason.
  public mutating func writingFailed(_ sink: Side) -> Actions {
    guard isOpen(sink.other) else { return [] }
    close(sink.other)
    lost = lost ?? sink
    return isOpen(sink) ? [] : finish(.lost(sink))
  }

  // MARK: Time

  /// When to call `fire`; nil when nothing is timed. It moves with every byte: ask when it is reached, not
  /// at each event.
  public var deadline: Instant? {
    guard ending == nil, let timeout else { return nil }
    return lastMoved + timeout
  }

  /// Does what is due: nothing before `deadline`.
  public mutating func fire(at now: Instant) -> Actions {
    guard let deadline, deadline <= now else { return [] }
    return finish(.idle)
  }

  private var timeout: Duration? {
    guard hasEnded, let halfClosed = policy.halfClosedTimeout else { return policy.idleTimeout }
    return policy.idleTimeout.map { min($0, halfClosed) } ?? halfClosed
  }

  // MARK: -

  private mutating func close(_ source: Side) {
    hasEnded = true
    if source == .near { nearFlow = .ended } else { farFlow = .ended }
  }

  private mutating func finish(_ ending: Ending) -> Actions {
    self.ending = ending
    (nearFlow, farFlow) = (.ended, .ended)
    guard case .lost(let side) = ending else { return .close }
    return [.reset(side.other), .close]
  }
}
