internal import EventLoop
internal import Glibc
internal import Sockets

/// A stream on which a few messages go there and back before bytes are relayed.
///
/// The loop keeps it alive until `release`.
final class HandshakeChannel {
  let stream: any ByteStream
  /// Whether what comes is read; otherwise it is left in the kernel.
  var reads = true

  private let loop: EventLoop
  private let onBytes: ([UInt8]) -> Void
  /// The stream ended, or was lost for a reason.
  private let onEnd: (SystemError?) -> Void
  private var registrations: [Registration] = []
  private var outgoing: [UInt8] = []
  private var timer: Timer?
  private var isOver = false
  private var discards = false

  private static let pieceByteCount = 16_384
  /// How many pieces are read before others get their turn.
  private static let turn = 64

  init(
    _ stream: any ByteStream, on loop: EventLoop, onBytes: @escaping ([UInt8]) -> Void,
    onEnd: @escaping (SystemError?) -> Void
  ) {
    self.stream = stream
    self.loop = loop
    self.onBytes = onBytes
    self.onEnd = onEnd
  }

  /// Begins to watch the stream. A stream around a stream may have read ahead: so it is read at once.
  func start() {
    do throws(SystemError) {
      try watch(stream.readDescriptor)
      if stream.writeDescriptor != stream.readDescriptor { try watch(stream.writeDescriptor) }
    } catch {
      return loop.execute { [self] in end(error) }
    }
    loop.execute { [self] in goOn() }
  }

  private func watch(_ descriptor: Int32) throws(SystemError) {
    registrations.append(
      try loop.watch(descriptor, [.readable, .writable, .peerClosed, .edgeTriggered]) {
        [self] _ in goOn()
      })
  }

  /// Writes as soon as it fits.
  func send(_ bytes: [UInt8]) {
    outgoing += bytes
    flush()
  }

  /// Reads again what was left.
  func resume() {
    reads = true
    loop.execute { [self] in goOn() }
  }

  /// Watches the stream no more, and returns what was not written yet.
  @discardableResult
  func release() -> [UInt8] {
    isOver = true
    for registration in registrations { registration.cancel() }
    registrations = []
    timer?.cancel()
    timer = nil
    defer { outgoing = [] }
    return outgoing
  }

  /// Closes the stream once all is written and the other end has closed too, or has had its time: a stream
  /// that is closed with bytes unread is reset, and the last words are lost.
  func finish(within patience: Duration) {
    guard !isOver else { return }
    discards = true
    reads = true
    timer = loop.schedule(after: patience) { [self] in close() }
    loop.execute { [self] in goOn() }
  }

  // MARK: -

  private func goOn() {
    guard !isOver else { return }
    flush()
    for _ in 0..<Self.turn {
      guard reads, !isOver else { return }
      switch read() {
      case .success(let bytes?): if !discards { onBytes(bytes) }
      case .success(nil): return
      case .failure(let end): return self.end(end.error)
      }
    }
    // Who writes as fast as he is read does not keep the loop.
    loop.execute { [self] in goOn() }
  }

  private struct End: Error {
    var error: SystemError?
  }

  /// A piece of what is there; nil when there is nothing.
  private func read() -> Result<[UInt8]?, End> {
    var bytes: [UInt8] = []
    let transfer = unsafe withUnsafeTemporaryAllocation(
      byteCount: Self.pieceByteCount, alignment: 1
    ) { buffer in
      let transfer = unsafe stream.read(into: buffer)
      if case .moved(let count) = transfer { bytes = unsafe Array(buffer.prefix(count)) }
      return transfer
    }
    return switch transfer {
    case .moved: .success(bytes)
    case .blocked: .success(nil)
    case .end: .failure(End(error: nil))
    case .failed(let code): .failure(End(error: SystemError(errno: code, operation: "read")))
    }
  }

  private func flush() {
    while !outgoing.isEmpty {
      switch unsafe outgoing.withUnsafeBytes({ unsafe stream.write($0) }) {
      case .moved(let count): outgoing.removeFirst(count)
      case .blocked: return
      case .end: return end(nil)
      case .failed(let code): return end(SystemError(errno: code, operation: "write"))
      }
    }
    if discards, !hasEndedWriting {
      hasEndedWriting = stream.endWriting() != .blocked
    }
  }

  private var hasEndedWriting = false

  private func end(_ error: SystemError?) {
    guard !isOver else { return }
    if discards { return close() }
    release()
    onEnd(error)
  }

  private func close() {
    release()
    stream.close()
  }
}
