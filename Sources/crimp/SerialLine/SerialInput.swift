import EventLoop
import Glibc

/// Standard input as it is typed, as fast as the machine takes it.
final class SerialInput {
  private static let portion = 1024

  private let loop: EventLoop
  private let descriptor: Int32
  private let onInput: ([UInt8]?) -> Void
  private var registration: Registration?
  private var isPaused = false
  private var hasEnded = false
  private var isScheduled = false

  /// Input from `descriptor`.
  ///
  /// - Parameter onInput: is given what was typed, and nil at the end of all input.
  init(
    on loop: EventLoop, descriptor: Int32 = STDIN_FILENO, _ onInput: @escaping ([UInt8]?) -> Void
  ) {
    self.loop = loop
    self.descriptor = descriptor
    self.onInput = onInput
  }

  deinit {
    registration?.cancel()
  }

  /// Begins to read, or reads on.
  func start() {
    guard !hasEnded, registration == nil else { return }
    isPaused = false
    do throws(SystemError) {
      registration = try loop.watch(descriptor, .readable) { [weak self] _ in self?.read() }
    } catch {
      // A file cannot be watched: it is always readable.
      readNext()
    }
  }

  /// Leaves further input where it is.
  func pause() {
    isPaused = true
    // Not only without interest: a pipe that was closed at its other end would be told all the time.
    registration?.cancel()
    registration = nil
  }

  /// Reads no more.
  func stop() {
    hasEnded = true
    registration?.cancel()
    registration = nil
  }

  private func readNext() {
    guard !isPaused, !hasEnded, !isScheduled else { return }
    isScheduled = true
    loop.execute { [weak self] in
      guard let self else { return }
      isScheduled = false
      guard !isPaused, !hasEnded else { return }
      read()
      if registration == nil { readNext() }
    }
  }

  private func read() {
    guard !isPaused, !hasEnded else { return }
    var buffer = [UInt8](repeating: 0, count: Self.portion)
    let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
    if count < 0, errno == EINTR || errno == EAGAIN { return }
    guard count > 0 else {
      stop()
      return onInput(nil)
    }
    onInput(Array(buffer.prefix(count)))
  }
}
