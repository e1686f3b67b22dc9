public import MonotonicTime

/// Plays all hosts of an exchange but the one under test, and compares what that one says.
///
/// A machine: instants and frames go in, frames come out. Call ``start(at:)`` once, ``hear(_:at:)`` for
/// what the host under test says, and ``fire(at:)`` when ``deadline`` has come, until it is nil. What these
/// return is to be told to the host under test.
public struct ReplayDirector: Sendable {
  /// What has been said and told so far.
  public private(set) var comparison: ExchangeComparison
  /// When to call `fire`; nil when all is over.
  public private(set) var deadline: Instant?

  private var next = 0
  private var last = Instant.origin
  private var end: Instant?
  private var exchange: RecordedExchange { comparison.exchange }
  private var options: ReplayTestOptions { comparison.options }

  /// A director of `exchange`.
  public init(_ exchange: RecordedExchange, options: ReplayTestOptions = ReplayTestOptions()) {
    comparison = ExchangeComparison(exchange, options: options)
  }

  /// Begins; returns what the host is told at once.
  public mutating func start(at now: Instant) -> [[UInt8]] {
    comparison.begin(at: now)
    last = now
    return proceed(at: now)
  }

  /// Takes a frame that the host under test said.
  public mutating func hear(_ frame: [UInt8], at now: Instant) -> [[UInt8]] {
    guard deadline != nil else { return [] }
    comparison.take(frame, at: now)
    last = max(last, now)
    return proceed(at: now)
  }

  /// Tells what is due, and gives up what is not said.
  public mutating func fire(at now: Instant) -> [[UInt8]] {
    guard let due = deadline, due <= now else { return [] }
    if let end, end <= now {
      deadline = nil
      return []
    }
    return proceed(at: now)
  }

  private mutating func proceed(at now: Instant) -> [[UInt8]] {
    var frames: [[UInt8]] = []
    while next < exchange.frames.count {
      guard case .waiting = comparison.passages[next] else {
        next += 1
        continue
      }
      let isTested = exchange.frames[next].isTested
      if isTested, options.pace == .times {
        // Nobody waits for it; at the end it is missing, or it is not.
        next += 1
        continue
      }
      let due = (dueInstant ?? now) + (isTested ? options.patience : .zero)
      guard due <= now else {
        deadline = due
        return frames
      }
      if isTested {
        comparison.miss(next)
      } else {
        frames.append(comparison.tell(next, at: now))
        last = now
      }
      next += 1
    }
    var end = last + max(options.closing, exchange.silence)
    if options.pace == .times, let start = comparison.start, let final = exchange.frames.last {
      end = max(end, start + final.time + (comparison.isComplete ? .zero : options.patience))
    }
    self.end = end
    deadline = end
    return frames
  }

  /// When the next frame is due.
  private var dueInstant: Instant? {
    switch options.pace {
    case .answers: comparison.due(next)
    case .times: comparison.start.map { $0 + exchange.frames[next].time }
    }
  }
}
