public import CaptureFile
public import EventLoop
internal import LinkLayer
internal import MonotonicTime

/// A link that plays a recording: what was received then is received again, in answer to what is
/// sent now.
///
/// A received frame is released when as many frames have been sent as stood before it in the
/// recording, and as much time has passed since the last of these as had passed then (since the
/// start, for frames before all sending). On a loop with virtual time a whole session plays
/// without sleeping. What is sent is compared with what was sent then; frames that left within a
/// tick of each other may leave in another order, for several machines on one link race then, but not
/// those about the same addresses.
public final class ReplayLink: Link {
  /// The interface that the recording was made on.
  public var properties: LinkProperties { recording.properties }
  /// How many frames were sent.
  public var sentCount: Int { sends.count }

  /// What is played.
  public let recording: Recording
  private var sends: ReplayedSends
  private let inbox = FrameInbox()
  /// Where in the recording the next frame to release is looked for.
  private var next = 0
  /// How many of the frames before `next` were sent then.
  private var sendsBefore = 0
  private var startInstant: Instant?
  private var timer: Timer?
  private var endTimer: Timer?
  /// Ends the recording when what was sent then does not come any more.
  private var stallTimer: Timer?
  private var hasEnded = false
  private var onEnd: (() -> Void)?

  /// Plays `recording`.
  public init(_ recording: Recording) {
    self.recording = recording
    sends = ReplayedSends(
      recording.frames.filter(\.isSent), framing: recording.properties.framing)
  }

  /// Plays the capture that `bytes` hold, pcap or pcapng.
  ///
  /// - Throws: `unplayable` when it says too little, or is damaged.
  public convenience init(
    capture bytes: RawSpan, interface: String? = nil, properties: LinkProperties? = nil
  ) throws(LinkError) {
    self.init(try Recording(reading: bytes, interface: interface, properties: properties))
  }

  /// How many frames were sent in the recording.
  public var recordedSendCount: Int { sends.recorded.count }

  /// Whether every received frame of the recording has been released.
  public var isFinished: Bool { nextReceived == nil }

  /// How what was sent differs from the recording: other bytes and frames that were not sent then, in
  /// order of sending, and behind them frames that were sent then and have not been sent yet.
  public var differences: [ReplayDifference] { sends.differences }

  /// Calls `body` on the loop when the recording is over: all that was sent then has been sent, all
  /// that was received then has been released, and as much time has passed as then to its end. A
  /// recording of another run may never come to that: it is over too when nothing was sent for longer
  /// than all of it took.
  public func whenEnded(_ body: @escaping () -> Void) {
    onEnd = body
    if hasEnded { inbox.loop?.execute(body) }
  }

  /// Starts the recording's time, and calls `onReadable` when a frame was released.
  public func start(
    on loop: EventLoop, _ onReadable: @escaping () -> Void
  ) throws(LinkError) {
    try inbox.start(on: loop, onReadable)
    startInstant = startInstant ?? loop.now
    releaseDue()
  }

  /// Lends the frames that were released.
  public func receive(
    limit: Int, _ body: (RawSpan, FrameInformation) -> Void
  ) throws(LinkError) -> Int {
    try inbox.receive(limit: limit, body)
  }

  /// Compares `frame` with the recording, and releases what answered it then.
  public func send(_ frame: RawSpan) throws(LinkError) {
    guard !inbox.isClosed else { throw .closed }
    try properties.checkLength(of: frame)
    sends.append(frame.copiedBytes, at: inbox.loop?.now ?? .origin)
    releaseDue()
  }

  /// The recording's time: it begins with its first frame when the link is started.
  public var timestamp: CaptureTimestamp {
    let beginning = recording.frames.first?.timestamp ?? .now(of: inbox.loop)
    guard let loop = inbox.loop, let startInstant else { return beginning }
    return beginning.advanced(by: loop.now - startInstant)
  }

  /// Ends the replay.
  public func close() {
    timer?.cancel()
    timer = nil
    endTimer?.cancel()
    stallTimer?.cancel()
    onEnd = nil
    inbox.close()
  }

  /// Releases all received frames that are due, and sets a timer for the next one if its turn has
  /// come but not its time.
  private func releaseDue() {
    guard let loop = inbox.loop else { return }
    timer?.cancel()
    timer = nil
    expectSends(on: loop)
    while let frame = advanceToReceived() {
      guard let due = dueInstant(of: frame) else { return }
      guard due <= loop.now else {
        timer = loop.schedule(at: due) { [weak self] in self?.releaseDue() }
        return
      }
      next += 1
      var information = properties.information(of: frame.bytes.rawBytes, at: timestamp)
      information.originalLength = frame.originalLength
      inbox.append(frame.bytes, information)
    }
    setEnd(on: loop)
  }

  private func setEnd(on loop: EventLoop) {
    guard endTimer == nil, sentCount >= recordedSendCount else { return }
    endTimer = loop.schedule(after: recording.closingSilence) { [weak self] in self?.end() }
  }

  private func expectSends(on loop: EventLoop) {
    stallTimer?.cancel()
    stallTimer = nil
    guard sentCount < recordedSendCount else { return }
    stallTimer = loop.schedule(after: recording.duration + .seconds(1)) { [weak self] in
      self?.end()
    }
  }

  private func end() {
    guard !hasEnded else { return }
    hasEnded = true
    onEnd?()
  }

  /// The next received frame, past the frames that were sent.
  private func advanceToReceived() -> Recording.Frame? {
    while next < recording.frames.count, recording.frames[next].isSent {
      next += 1
      sendsBefore += 1
    }
    return next < recording.frames.count ? recording.frames[next] : nil
  }

  private var nextReceived: Int? {
    recording.frames[next...].firstIndex { !$0.isSent }
  }

  /// When `frame` may be released, or nil while frames that stood before it are still to be sent.
  private func dueInstant(of frame: Recording.Frame) -> Instant? {
    guard sendsBefore <= sentCount, let startInstant else { return nil }
    guard sendsBefore > 0 else {
      return startInstant + frame.timestamp.duration(since: recording.frames[0].timestamp)
    }
    // As many have been sent, but one was overtaken: it has a tick to come.
    guard sends.isComplete(upTo: sendsBefore), let sentNow = sends.instant(of: sendsBefore - 1)
    else { return sends.latest + ReplayedSends.tick }
    let sentThen = sends.recorded[sendsBefore - 1].timestamp
    return sentNow + frame.timestamp.duration(since: sentThen)
  }
}

/// How one frame that was sent differs from the recording.
public struct ReplayDifference: Hashable, Sendable {
  /// Which frame it is, counting the frames sent from 0.
  public var index: Int
  /// The frame that was sent then; nil when there was none.
  public var recorded: [UInt8]?
  /// The frame that was sent now; nil when there was none.
  public var sent: [UInt8]?

  /// Creates a difference.
  public init(index: Int, recorded: [UInt8]?, sent: [UInt8]?) {
    self.index = index
    self.recorded = recorded
    self.sent = sent
  }
}
