public import EventLoop
internal import Machines
internal import MonotonicTime
public import Sockets

/// Moves all that one stream says to another one, and nothing back.
///
/// It is over when the kernel at the other end has acknowledged the last byte and the end behind it, for what
/// is written is not yet delivered; and when the sink has ended too, or was silent for a second. What a sink
/// that is a socket says meanwhile is read and dropped: who answers and is not heard stops reading some day,
/// and a close with answers unread would be a reset.
///
/// It owns both streams from `start` on, and keeps itself alive while it runs.
public final class OneWayTransfer {
  /// Why it is over.
  public enum Ending: Hashable, Sendable {
    /// The source ended, and everything was delivered.
    case delivered
    /// Nobody reads the sink any more, and the source had not ended.
    case withoutReader
    /// The source was lost, for the reason that `errno(3)` has under this number.
    case sourceLost(Int32)
    /// The sink was lost before it had acknowledged everything, or did not read everything.
    case sinkLost(Int32)
    /// Whoever owns the transfer stopped it.
    case stopped
  }

  private let source: any ByteStream
  private let sink: any ByteStream
  private let options: PumpOptions
  private let engine: RelayEngine
  private var inserted: [UInt8] = []
  private var onEnd: ((Ending) -> Void)?
  private var pump: Pump?
  /// The sink under a number of its own, for what it says and what it has acknowledged.
  private var answers: StreamSocket?
  private var registration: Registration?
  private var alarm: Alarm?
  /// The time to the next look at what is acknowledged.
  private var pause: Duration = .milliseconds(1)

  /// When the sink said something that was dropped, or all was written.
  private var lastAnswer: Instant
  private var hasSinkEnded = false
  private var isTurnPlanned = false

  /// How many pieces of answers are dropped before others get their turn.
  private static let turn = 64
  private static let longestPause: Duration = .milliseconds(50)
  /// For how long a sink that has acknowledged everything may be silent before nobody listens to it.
  private static let patience: Duration = .seconds(1)

  /// A transfer between two streams that the loop does not watch yet.
  ///
  /// - Parameters:
  ///   - options: `mode`, `nearLimit`, `nearByteLimit` and `observer` count: the source is the near stream.
  ///   - onEnd: is called once, when both streams are closed.
  public init(
    from source: any ByteStream, to sink: any ByteStream, _ options: PumpOptions = PumpOptions(),
    on engine: RelayEngine, _ onEnd: @escaping (Ending) -> Void
  ) {
    self.source = source
    self.sink = sink
    var options = options
    options.policy = StreamRelay.Policy()
    options.policy.onlySource = .near
    self.options = options
    self.engine = engine
    self.onEnd = onEnd
    lastAnswer = engine.loop.now
  }

  /// How many bytes of the source were read.
  public var byteCount: UInt64 { pump?.statistics.nearByteCount ?? 0 }

  /// Writes bytes to the sink before all that the source says. Call it before `start`.
  public func insert(_ bytes: [UInt8]) {
    precondition(pump == nil, "Bytes are inserted into a transfer that runs.")
    inserted += bytes
  }

  /// Begins to move bytes.
  ///
  /// - Throws: what keeps the loop from watching a stream; both are closed then, and `onEnd` is not called.
  public func start() throws(SystemError) {
    precondition(pump == nil, "A transfer is started twice.")
    do throws(SystemError) {
      try listenToAnswers()
    } catch {
      onEnd = nil
      source.close()
      sink.close()
      throw error
    }
    let pump = Pump(source, sink, options, on: engine) { [self] in pumpEnded($0) }
    self.pump = pump
    if !inserted.isEmpty { pump.insert(inserted, toward: .far) }
    do throws(SystemError) {
      try pump.start()
    } catch {
      onEnd = nil
      release()
      throw error
    }
  }

  /// Ends it now. What the kernel has, it delivers.
  public func stop() {
    finish(.stopped)
  }

  // MARK: Answers

  private func listenToAnswers() throws(SystemError) {
    guard let socket = sink as? StreamSocket else { return }
    let answers = try socket.duplicate()
    self.answers = answers
    registration = try engine.loop.watch(
      answers.descriptor, [.readable, .peerClosed, .edgeTriggered]
    ) { [weak self] _ in self?.sinkHasSpoken() }
  }

  private func sinkHasSpoken() {
    if alarm == nil { dropAnswers() } else { conclude() }
  }

  private func dropAnswers() {
    for _ in 0..<Self.turn {
      guard let answers, !hasSinkEnded else { return }
      let transfer = unsafe withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 1) {
        unsafe answers.read(into: $0)
      }
      switch transfer {
      case .moved: lastAnswer = engine.loop.now
      case .blocked: return
      // Who has said all that he will may read on.
      case .end: hasSinkEnded = true
      case .failed(let code): return finish(.sinkLost(code))
      }
    }
    // Who writes as fast as he is read does not keep the loop.
    guard !isTurnPlanned else { return }
    isTurnPlanned = true
    engine.loop.execute { [weak self] in
      self?.isTurnPlanned = false
      self?.sinkHasSpoken()
    }
  }

  // MARK: Ending

  private func pumpEnded(_ report: PumpReport) {
    switch report.ending {
    case .completed where report.withoutReader != nil: finish(.withoutReader)
    case .completed: awaitAcknowledgement()
    case .lost(.near, let code): finish(.sourceLost(code))
    case .lost(.far, let code): finish(.sinkLost(code))
    case .idle, .stopped: finish(.stopped)
    }
  }

  /// All is written, and the connection is still open here.
  private func awaitAcknowledgement() {
    guard let answers else { return finish(.delivered) }
    // A sink that is lost tells so when it is read.
    _ = answers.endWriting()
    lastAnswer = engine.loop.readClock()
    let alarm = Alarm(on: engine.loop) { [self] in conclude() }
    self.alarm = alarm
    conclude()
  }

  /// What the sink's kernel has acknowledged the sink may not have read yet: one that answers as it reads
  /// would meet a reset if nobody were there any more. So it is heard until it ends too, or has nothing to
  /// say.
  private func conclude() {
    dropAnswers()
    guard onEnd != nil, let alarm, let answers else { return }
    let now = engine.loop.readClock()
    let isAcknowledged = answers.domain == .unix || answers.unsentByteCount == 0
    let silence = lastAnswer + Self.patience
    if isAcknowledged, hasSinkEnded || now >= silence { return finish(.delivered) }
    alarm.deadline = isAcknowledged ? silence : now + pause
    pause = min(pause * 2, Self.longestPause)
  }

  private func finish(_ ending: Ending) {
    guard let tell = onEnd.take() else { return }
    if let pump, !pump.hasEnded {
      if ending == .stopped { pump.stop() } else { pump.reset() }
    }
    release()
    tell(ending)
  }

  private func release() {
    registration?.cancel()
    registration = nil
    alarm?.deadline = nil
    alarm = nil
    answers?.close()
    answers = nil
  }
}
