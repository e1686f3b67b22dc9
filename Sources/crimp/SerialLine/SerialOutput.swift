import EventLoop
import Glibc
import Synchronization

/// Standard output as a line's characters go to it: never waited for, because the line would be, but
/// queued while the reader is slow.
final class SerialOutput {
  /// How much waits when the machine shall pause, and when it may go on.
  private static let marks = (high: 32_768, low: 4096)
  /// A pipe that says that it can be written takes so much.
  private static let portion = 4096

  /// Is told when the machine shall pause, or go on.
  var onPressure: ((Bool) -> Void)?
  /// Is told when nobody reads any more.
  var onEnd: (() -> Void)?

  private let descriptor: Int32
  private var registration: Registration?
  private var waiting: [UInt8] = []
  private var isPressed = false
  private var hasEnded = false

  /// Output to `descriptor`, watched by `loop` where it can be watched: a file takes all at once.
  init(on loop: EventLoop, descriptor: Int32 = STDOUT_FILENO) {
    self.descriptor = descriptor
    do throws(SystemError) {
      registration = try loop.watch(descriptor, []) { [weak self] ready in
        self?.becameReady(ready)
      }
    } catch {
      registration = nil
    }
  }

  deinit {
    registration?.cancel()
  }

  /// How many characters wait.
  var count: Int { waiting.count }

  func write(_ characters: [UInt8]) {
    guard !hasEnded else { return }
    let isIdle = waiting.isEmpty
    waiting += characters
    if isIdle || registration == nil { drain() }
  }

  /// Writes what waits, however long it takes.
  func finish() {
    registration?.cancel()
    registration = nil
    drain()
  }

  private func becameReady(_ ready: Readiness) {
    guard ready.contains(.writable) else {
      if ready.contains(.error) || ready.contains(.hangUp) { end() }
      return
    }
    drain()
  }

  private func drain() {
    while !waiting.isEmpty, registration == nil || isWritable {
      let part = registration == nil ? waiting.count : min(waiting.count, Self.portion)
      let count = unsafe waiting.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, part)
      }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN { break }
      guard count > 0 else {
        if errno != EPIPE { StandardStream.hasLostOutput.store(true, ordering: .relaxed) }
        return end()
      }
      waiting.removeFirst(count)
    }
    watch(for: !waiting.isEmpty)
    press()
  }

  private var isWritable: Bool {
    var question = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return unsafe poll(&question, 1, 0) == 1
  }

  private func watch(for isFull: Bool) {
    do throws(SystemError) {
      try registration?.change(isFull ? .writable : [])
    } catch {
      // What is watched can be watched for another thing.
    }
  }

  private func press() {
    let limit = isPressed ? Self.marks.low : Self.marks.high
    guard (waiting.count > limit) != isPressed else { return }
    isPressed.toggle()
    onPressure?(isPressed)
  }

  private func end() {
    guard !hasEnded else { return }
    hasEnded = true
    waiting = []
    registration?.cancel()
    registration = nil
    onEnd?()
  }
}
