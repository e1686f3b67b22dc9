public import EventLoop
public import Links
public import Machines
internal import MonotonicTime

/// Plays frames on one link or two, at their times.
///
/// A kernel's timer wakes a process some 50 µs late, or more when the processor had gone to sleep; so the
/// session wakes up a little before a frame's time, and watches the clock for the rest.
public final class ReplaySession<Source: ReplaySource> {
  /// How a replay ended before its time.
  public enum Failure: Error {
    /// The recording could not be read on.
    case source(Source.Failure)
    /// A link takes no more.
    case link(LinkError)
  }

  /// How long a session keeps the loop from its other work.
  private static var turnLength: Duration { .milliseconds(2) }
  /// When a full transmit queue is tried again, and for how long without any success.
  private static var queuePause: Duration { .microseconds(50) }
  private static var queuePatience: Duration { .seconds(5) }
  /// When a source that has no frame yet is asked again.
  private static var sourcePause: Duration { .milliseconds(1) }

  private let source: Source
  private let links: [any Link]
  private let loop: EventLoop
  private let margin: Duration
  private var replay: FrameReplay
  private var frame: [UInt8] = []
  private var batches: [FrameBatch]
  private var alarm: Alarm?
  private var ending: Completion<Result<Void, Failure>>?
  private var queueFullSince: Instant?
  private var hasRead = false
  private var began: Instant?
  private var ended: Instant?

  /// What went by each link.
  public private(set) var amounts: [ReplayedAmount]
  /// How often a transmit queue was full.
  public private(set) var refusals = 0
  /// Frames that were left out because they are longer or shorter than a link takes.
  public private(set) var misfits = 0

  /// Creates a session that has not begun.
  ///
  /// - Parameter margin: how long before a frame's time the session wakes up to watch the clock; zero to
  ///   leave the processor to others.
  public init(
    _ source: Source, on links: [any Link], loop: EventLoop, options: FrameReplay.Options,
    margin: Duration
  ) {
    (self.source, self.links, self.loop, self.margin) = (source, links, loop, margin)
    replay = FrameReplay(options)
    batches = Array(repeating: FrameBatch(), count: links.count)
    amounts = Array(repeating: ReplayedAmount(), count: links.count)
  }

  /// How late frames were handed over.
  public var lateness: LatenessHistogram { replay.lateness }
  /// How many frames were recorded before the one that stands before them.
  public var stepsBack: Int { replay.stepsBack }
  /// How long the replay has lasted.
  public var elapsed: Duration {
    guard let began else { return .zero }
    return (ended ?? loop.readClock()) - began
  }

  /// Plays until the end.
  public func run() async throws(Failure) {
    let ending = Completion<Result<Void, Failure>>(on: loop)
    self.ending = ending
    alarm = Alarm(on: loop) { [weak self] in self?.proceed() }
    let now = loop.readClock()
    began = now
    replay.start(at: now)
    proceed()
    let result = await ending.valueThroughCancellation
    ended = loop.readClock()
    alarm = nil
    try result.get()
  }

  /// Ends before the recording does.
  public func stop() {
    replay.stop()
    alarm?.deadline = loop.now
  }

  // MARK: Steps

  private func proceed() {
    do throws(Failure) {
      try takeSteps()
    } catch {
      ending?.fulfil(.failure(error))
    }
  }

  /// Takes steps until there is nothing to do, or for as long as the rest of the loop can wait.
  private func takeSteps() throws(Failure) {
    let turnEnd = loop.readClock() + Self.turnLength
    var now = loop.readClock()
    while true {
      switch replay.step(at: now) {
      // To read the clock costs as much as to gather a frame: once a batch is enough.
      case .read:
        guard try read(at: now) else { return try pauseForSource() }
        continue
      case .gather(let link):
        batches[link].append(frame)
        continue
      case .send(let link):
        guard try send(link) else { return }
      case .wait(let instant):
        let remaining = instant - now
        guard remaining <= margin else {
          alarm?.deadline = instant - margin
          return
        }
      case .rewind:
        do throws(Source.Failure) { try source.rewind() } catch { throw .source(error) }
      case .finish:
        ending?.fulfil(.success(()))
        return
      }
      now = loop.readClock()
      guard now < turnEnd else {
        loop.execute { [weak self] in self?.proceed() }
        return
      }
    }
  }

  /// Reads a frame; false when none is there yet.
  private func read(at now: Instant) throws(Failure) -> Bool {
    do throws(Source.Failure) {
      switch try source.next(into: &frame) {
      case .later: return false
      case .end: replay.endRound(at: now)
      case .frame(let next):
        if !hasRead { noteFirstFrame() }
        let link = min(max(next.link, 0), links.count - 1)
        replay.offer(link: link, recordedAt: next.time, byteCount: frame.count)
      }
      return true
    } catch {
      throw .source(error)
    }
  }

  /// Time begins with the first frame: what was there before is waiting.
  private func noteFirstFrame() {
    hasRead = true
    let now = loop.readClock()
    began = now
    replay.noteFirstFrame(at: now)
  }

  /// What was due already goes; then the rest of the loop has its turn.
  private func pauseForSource() throws(Failure) {
    if let link = batches.firstIndex(where: { !$0.isEmpty }) {
      guard try send(link) else { return }
    }
    alarm?.deadline = loop.readClock() + Self.sourcePause
  }

  /// Hands over what waits for a link; false when it is to be tried again later.
  private func send(_ link: Int) throws(Failure) -> Bool {
    let now = loop.readClock()
    do throws(LinkError) {
      let count = try links[link].send(batches[link])
      queueFullSince = nil
      amounts[link].bytes += batches[link].byteCount(ofFirst: count)
      amounts[link].frames += count
      batches[link].removeFirst(count)
      replay.noteSent(count, at: now)
      return true
    } catch {
      switch error {
      case .transmitQueueFull:
        refusals += 1
        let since = queueFullSince ?? now
        queueFullSince = since
        guard now - since < Self.queuePatience else { throw .link(error) }
        alarm?.deadline = now + Self.queuePause
        return false
      case .frameTooLong, .frameTooShort:
        misfits += 1
        batches[link].removeFirst(1)
        replay.noteRefused()
        return true
      default: throw .link(error)
      }
    }
  }
}
