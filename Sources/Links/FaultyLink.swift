public import CaptureFile
public import EventLoop
public import LinkLayer

/// A link around a link on which things go wrong: frames are lost, doubled, late, out of order or
/// damaged, as rules say and a seeded generator decides.
///
/// With one seed the same frames meet the same fate. Late frames wait on the loop that the link
/// was started on; before that, nothing is late.
public final class FaultyLink: Link {
  private let inner: any Link
  private let inbox = FrameInbox()
  private var sending: FaultPath
  private var receiving: FaultPath

  /// How long a frame waits for others to overtake it.
  private static let patience = Duration.milliseconds(10)

  /// Lets `rules` loose on what goes through `link`.
  public init(wrapping link: any Link, rules: [FaultRule], seed: UInt64 = 1) {
    inner = link
    sending = FaultPath(rules, .sent, seed: seed)
    // Another seed: the two directions would have the same luck.
    receiving = FaultPath(rules, .received, seed: ~seed)
  }

  /// The properties of the link inside.
  public var properties: LinkProperties { inner.properties }

  /// The clock of the link inside.
  public var timestamp: CaptureTimestamp { inner.timestamp }

  /// What happened to frames that were sent.
  public var sentFaults: FaultCounts { sending.counts }

  /// What happened to frames that were received.
  public var receivedFaults: FaultCounts { receiving.counts }

  /// Starts the link inside, and calls `onReadable` when a frame came through.
  public func start(
    on loop: EventLoop, _ onReadable: @escaping () -> Void
  ) throws(LinkError) {
    try inbox.start(on: loop, onReadable)
    try inner.start(on: loop) { [weak self] in self?.pull() }
  }

  /// Joins by the link inside.
  public func join(_ address: HardwareAddress) throws(LinkError) {
    try inner.join(address)
  }

  /// Lends the frames that came through.
  public func receive(
    limit: Int, _ body: (RawSpan, FrameInformation) -> Void
  ) throws(LinkError) -> Int {
    if !inbox.isClosed { pull() }
    return try inbox.receive(limit: limit, body)
  }

  /// Lends all that the link inside still had, late frames included.
  public func drain(_ body: (RawSpan, FrameInformation) -> Void) throws(LinkError) -> Int {
    guard !inbox.isClosed else { throw .closed }
    _ = try inner.drain(take)
    for frame in receiving.releaseAll() { arrive(frame) }
    return try inbox.receive(limit: .max, body)
  }

  /// Sends what the rules leave of `frame`. A frame that they drop counts as sent.
  public func send(_ frame: RawSpan) throws(LinkError) {
    guard !inbox.isClosed else { throw .closed }
    try properties.checkLength(of: frame)
    for outcome in sending.pass(.init(bytes: frame.copiedBytes)) {
      switch outcome {
      case .now(let frame):
        try inner.send(frame.bytes)
      case .later(let frame, let delay):
        guard let loop = inbox.loop else {
          try inner.send(frame.bytes)
          continue
        }
        loop.schedule(after: delay) { [weak self] in self?.sendLate(frame) }
      case .held(let ticket):
        inbox.loop?.schedule(after: Self.patience) { [weak self] in
          guard let self, let frame = sending.release(ticket) else { return }
          sendLate(frame)
        }
      }
    }
  }

  /// Closes the link inside. Late frames are lost.
  public func close() throws(LinkError) {
    guard !inbox.isClosed else { return }
    inbox.close()
    try inner.close()
  }

  private func pull() {
    do throws(LinkError) {
      while try inner.receive(limit: 64, take) == 64 {}
    } catch {
      inbox.fail(error)
    }
  }

  private func take(_ bytes: RawSpan, _ information: FrameInformation) {
    for outcome in receiving.pass(.init(bytes: bytes.copiedBytes, information: information)) {
      switch outcome {
      case .now(let frame):
        arrive(frame)
      case .later(let frame, let delay):
        guard let loop = inbox.loop else {
          arrive(frame)
          continue
        }
        loop.schedule(after: delay) { [weak self] in self?.arriveLate(frame) }
      case .held(let ticket):
        inbox.loop?.schedule(after: Self.patience) { [weak self] in
          guard let self, let frame = receiving.release(ticket) else { return }
          arriveLate(frame)
        }
      }
    }
  }

  private func arrive(_ frame: FaultPath.Frame) {
    guard let information = frame.information else { return }
    inbox.append(frame.bytes, information)
  }

  private func arriveLate(_ frame: FaultPath.Frame) {
    var frame = frame
    frame.information?.timestamp = timestamp
    arrive(frame)
  }

  /// Sends a frame whose sender has long been told that it was sent: a failure is kept for the
  /// next `receive`.
  private func sendLate(_ frame: FaultPath.Frame) {
    guard !inbox.isClosed else { return }
    do throws(LinkError) {
      try inner.send(frame.bytes)
    } catch {
      inbox.fail(error)
    }
  }
}
