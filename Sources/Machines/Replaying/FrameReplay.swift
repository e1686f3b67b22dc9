public import MonotonicTime

/// A replay without links and clock: it is given one frame after the other, and says when and by which of
/// its links each goes.
///
/// Frames that are due go together, up to a batch; those of the other link go after them, so that the order
/// of the recording is kept across links.
public struct FrameReplay: Sendable {
  /// What is to be done next.
  public enum Step: Hashable, Sendable {
    /// Read the next frame, and `offer` it, or tell of the end of the recording.
    case read
    /// Lay the frame that was read behind those that wait for `link`.
    case gather(link: Int)
    /// Send what waits for `link`, and tell how much of it went.
    case send(link: Int)
    /// Nothing is due before.
    case wait(until: Instant)
    /// Go back to the recording's first frame.
    case rewind
    /// All is done.
    case finish
  }

  /// What a replay is to do.
  public struct Options: Hashable, Sendable {
    /// When frames follow one another.
    public var pace = ReplayPace.recorded(speed: 1)
    /// What a longer gap of the recording is cut to; nil for none.
    public var longestGap: Duration?
    /// How often the recording is played; nil for no end.
    public var rounds: Int? = 1
    /// What passes between the last frame of a round and the first of the next.
    public var roundGap: Duration = .zero
    /// How many frames go at most; nil for all.
    public var frameLimit: Int?
    /// When the replay ends at the latest, from its start.
    public var timeLimit: Duration?
    /// How many frames are handed over at once, at most.
    public var batchLimit = 64

    /// Once, by the recording's own times.
    public init() {}
  }

  private let options: Options
  private var schedule: ReplaySchedule
  private var held: (link: Int, due: Instant)?
  /// When the frames that wait were due, and by which link they go.
  private var waiting: [Instant] = []
  private var waitingLink = 0
  private var end: Instant?
  private var accepted = 0
  private var acceptedInRound = 0
  private var round = 1
  private var hasEnded = false
  private var mustRewind = false

  /// How late frames were handed over; empty at top speed.
  public private(set) var lateness = LatenessHistogram()

  /// Creates a replay that has not started.
  public init(_ options: Options = Options()) {
    self.options = options
    schedule = ReplaySchedule(options.pace, longestGap: options.longestGap)
  }

  /// How many frames were recorded before the one that stands before them.
  public var stepsBack: Int { schedule.stepsBack }
  /// Which time the recording is being played, from 1.
  public var currentRound: Int { round }

  /// Begins: the first frame is due at `now`.
  public mutating func start(at now: Instant) {
    schedule.start(at: now)
    end = options.timeLimit.map { now + $0 }
  }

  /// The first frame was read as late as `now`: all times are counted from here, and waiting for a pipe, or
  /// for a filter to be compiled, makes no frame late. The time limit stays where it is.
  public mutating func noteFirstFrame(at now: Instant) {
    schedule.start(at: now)
  }

  /// What is to be done at `now`.
  public mutating func step(at now: Instant) -> Step {
    if let end, end <= now { finishEarly() }
    if mustRewind, waiting.isEmpty {
      mustRewind = false
      return .rewind
    }
    guard let (link, due) = held else {
      guard hasEnded || mustRewind else { return .read }
      return waiting.isEmpty ? .finish : .send(link: waitingLink)
    }
    guard due <= now else {
      guard waiting.isEmpty else { return .send(link: waitingLink) }
      return .wait(until: end.map { min($0, due) } ?? due)
    }
    let hasRoom = waiting.isEmpty || waitingLink == link && waiting.count < options.batchLimit
    guard hasRoom else { return .send(link: waitingLink) }
    waiting.append(due)
    waitingLink = link
    held = nil
    if let limit = options.frameLimit, accepted >= limit { hasEnded = true }
    return .gather(link: link)
  }

  /// Takes the frame that was read: it goes by `link`, and was recorded at `time`, if that is known.
  public mutating func offer(link: Int, recordedAt time: Instant?, byteCount: Int) {
    held = (link, schedule.due(recordedAt: time, byteCount: byteCount))
    accepted += 1
    acceptedInRound += 1
  }

  /// The recording has no further frame. One without any is not played again.
  public mutating func endRound(at now: Instant) {
    guard !hasEnded else { return }
    guard round < options.rounds ?? .max, acceptedInRound > 0 else {
      hasEnded = true
      return
    }
    round += 1
    acceptedInRound = 0
    mustRewind = true
    schedule.beginRound(after: options.roundGap, at: now)
  }

  /// Notes that the first `count` of the frames that wait were handed over at `now`.
  public mutating func noteSent(_ count: Int, at now: Instant) {
    let sent = max(0, min(count, waiting.count))
    if options.pace.hasTimes {
      for due in waiting[..<sent] { lateness.add(now - due) }
    }
    waiting.removeFirst(sent)
  }

  /// Notes that the first of the frames that wait is given up: no link takes it.
  public mutating func noteRefused() {
    guard !waiting.isEmpty else { return }
    waiting.removeFirst()
  }

  /// Ends before the recording does: what waits still goes.
  public mutating func stop() { finishEarly() }

  private mutating func finishEarly() {
    hasEnded = true
    mustRewind = false
    held = nil
  }
}
