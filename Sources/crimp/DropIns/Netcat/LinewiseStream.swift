import EventLoop
import Sockets

/// A stream to which each line is written by itself, and a pause made after it.
final class LinewiseStream: ByteStream {
  /// Is called when a pause is over.
  var onPauseEnd: () -> Void = {}

  private let base: any ByteStream
  private let pause: Duration
  private let loop: EventLoop
  private var isPausing = false

  init(around base: any ByteStream, pause: Duration, on loop: EventLoop) {
    self.base = base
    self.pause = pause
    self.loop = loop
  }

  var readDescriptor: Int32 { base.readDescriptor }
  var writeDescriptor: Int32 { base.writeDescriptor }
  var canSplice: Bool { false }
  var shortReadsEmpty: Bool { base.shortReadsEmpty }

  /// Nothing is received during a pause either.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    isPausing ? .blocked : unsafe base.read(into: buffer)
  }

  func write(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    guard !isPausing else { return .blocked }
    let end = unsafe bytes.firstIndex(of: UInt8(ascii: "\n"))
    let count = end.map { $0 + 1 } ?? bytes.count
    let transfer = unsafe base.write(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
    if case .moved(count) = transfer, end != nil, pause > .zero { beginPause() }
    return transfer
  }

  private func beginPause() {
    isPausing = true
    loop.schedule(after: pause) { [weak self] in
      self?.isPausing = false
      self?.onPauseEnd()
    }
  }

  func writeFailure(_ code: Int32) -> Transfer { base.writeFailure(code) }
  func endWriting() -> Transfer { isPausing ? .blocked : base.endWriting() }
  func reset() { base.reset() }
  func close() { base.close() }
}
