internal import Glibc

/// A loop that turns on a thread of its own, until it is stopped.
///
/// Other threads speak to it by `EventLoop.post` alone. Signals that are to be heard by another loop have to
/// be blocked before this is made (`EventLoop.onSignal`): the thread inherits the mask.
public final class LoopThread: Sendable {
  /// The loop.
  public let loop: EventLoop
  private let thread: pthread_t

  /// Begins to turn a new loop.
  ///
  /// - Throws: `EMFILE` when no descriptor is left for it, `EAGAIN` when there can be no more threads.
  public init() throws(SystemError) {
    let loop = try EventLoop()
    self.loop = loop
    var thread = pthread_t()
    let handedOver = unsafe Unmanaged.passRetained(loop)
    let status = unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<EventLoop>.fromOpaque(argument).takeRetainedValue().runUntilStopped()
        return nil
      }, handedOver.toOpaque())
    guard status == 0 else {
      unsafe handedOver.release()
      throw SystemError(errno: status, operation: "pthread_create")
    }
    self.thread = thread
  }

  /// Stops the loop, and waits until its thread has ended. Once. The loop, and what is left of it, is the
  /// calling thread's then.
  public func stop() {
    loop.post { [loop] in loop.stop() }
    pthread_join(thread, nil)
    loop.adopt()
  }
}
