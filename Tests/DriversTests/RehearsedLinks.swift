import CaptureFile
import EventLoop
import LinkLayer
import Links

/// A link around a link that takes `room` frames, and is full until its loop has gone on a while.
final class CongestedLink: Link {
  private let inner: MemoryLink
  private let loop: EventLoop
  private let room: Int
  private var taken = 0
  private(set) var refusals = 0
  /// Whether the queue is ever worked off.
  var isStuck = false

  init(_ inner: MemoryLink, room: Int, on loop: EventLoop) {
    self.inner = inner
    self.room = room
    self.loop = loop
  }

  var properties: LinkProperties { inner.properties }
  var timestamp: CaptureTimestamp { inner.timestamp }

  func start(on loop: EventLoop, _ onReadable: @escaping () -> Void) throws(LinkError) {
    try inner.start(on: loop, onReadable)
  }

  func receive(
    limit: Int, _ body: (RawSpan, FrameInformation) -> Void
  ) throws(LinkError) -> Int {
    try inner.receive(limit: limit, body)
  }

  func send(_ frame: RawSpan) throws(LinkError) {
    guard taken < room else {
      refusals += 1
      throw .transmitQueueFull(properties.name)
    }
    taken += 1
    if taken == room, !isStuck {
      loop.schedule(after: .milliseconds(3)) { [weak self] in self?.taken = 0 }
    }
    try inner.send(frame)
  }

  func close() throws(LinkError) { inner.close() }
}

/// A link around a link whose frames are noticed late: what a busy process is to a socket.
final class TardyLink: Link {
  private let inner: MemoryLink
  private let delay: Duration

  init(_ inner: MemoryLink, delay: Duration) {
    self.inner = inner
    self.delay = delay
  }

  var properties: LinkProperties { inner.properties }
  var timestamp: CaptureTimestamp { inner.timestamp }

  func start(on loop: EventLoop, _ onReadable: @escaping () -> Void) throws(LinkError) {
    try inner.start(on: loop) { [delay] in loop.schedule(after: delay, onReadable) }
  }

  func receive(
    limit: Int, _ body: (RawSpan, FrameInformation) -> Void
  ) throws(LinkError) -> Int {
    try inner.receive(limit: limit, body)
  }

  func send(_ frame: RawSpan) throws(LinkError) { try inner.send(frame) }

  func close() throws(LinkError) { inner.close() }
}
