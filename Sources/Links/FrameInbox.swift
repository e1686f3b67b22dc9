internal import EventLoop
internal import LinkLayer

/// Frames that wait to be received, and the call that tells of them: what a socket's queue and
/// epoll are to a link of the kernel.
///
/// The call comes once a turn for as long as something waits and is being received. A receiver
/// that leaves everything lying is called again when the next frame arrives: otherwise it would
/// keep a loop with virtual time from ever going on.
final class FrameInbox {
  private struct Waiting {
    let bytes: [UInt8]
    let information: FrameInformation
  }

  private var frames: [Waiting] = []
  /// How many of `frames` have been received already.
  private var head = 0
  private var failure: LinkError?
  private var isCallDue = false
  /// How often something was taken out.
  private var receipts = 0
  private(set) var isClosed = false
  private(set) var loop: EventLoop?
  private var onReadable: (() -> Void)?

  /// How many frames wait.
  var count: Int { frames.count - head }

  func start(on loop: EventLoop, _ onReadable: @escaping () -> Void) throws(LinkError) {
    guard !isClosed else { throw .closed }
    self.loop = loop
    self.onReadable = onReadable
    callSoon()
  }

  func append(_ bytes: [UInt8], _ information: FrameInformation) {
    guard !isClosed else { return }
    frames.append(Waiting(bytes: bytes, information: information))
    callSoon()
  }

  /// Keeps `error` for the next `receive`.
  func fail(_ error: LinkError) {
    guard !isClosed else { return }
    failure = error
    callSoon()
  }

  func receive(
    limit: Int, _ body: (RawSpan, FrameInformation) -> Void
  ) throws(LinkError) -> Int {
    guard !isClosed else { throw .closed }
    if let failure {
      self.failure = nil
      receipts += 1
      throw failure
    }
    var taken = 0
    while taken < limit, head < frames.count {
      let frame = frames[head]
      head += 1
      taken += 1
      receipts += 1
      body(frame.bytes.rawBytes, frame.information)
    }
    if head == frames.count {
      frames.removeAll(keepingCapacity: true)
      head = 0
    }
    return taken
  }

  func close() {
    isClosed = true
    frames = []
    head = 0
    failure = nil
    onReadable = nil
    loop = nil
  }

  private func callSoon() {
    guard !isCallDue, count > 0 || failure != nil, let loop, onReadable != nil else { return }
    isCallDue = true
    loop.execute { [weak self] in self?.call() }
  }

  private func call() {
    isCallDue = false
    guard count > 0 || failure != nil else { return }
    let before = receipts
    onReadable?()
    if receipts != before { callSoon() }
  }
}
