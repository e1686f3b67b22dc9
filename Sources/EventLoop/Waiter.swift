/// One suspension of a task on the loop, ended by `wake` or by the task's cancellation.
@safe final class Waiter: @unchecked Sendable {
  private let loop: EventLoop
  private var continuation: UnsafeContinuation<Void, Never>?
  private var isWoken = false

  /// For who wakes it, to tell a wake-up from a cancellation.
  var isReady = false

  init(on loop: EventLoop) {
    self.loop = loop
  }

  /// Suspends until `wake` is called, which may have happened already, or the task is cancelled.
  ///
  /// Which of the two it was, the caller finds out from what it waits for.
  func wait() async {
    await withTaskCancellationHandler {
      await waitThroughCancellation()
    } onCancel: {
      // Cancellation comes on whatever thread asks for it.
      guard loop.isInside else { return loop.post { self.wake() } }
      wake()
    }
  }

  /// Suspends until `wake` is called, whether the task is cancelled or not.
  func waitThroughCancellation() async {
    loop.assertInside()
    unsafe await withUnsafeContinuation { continuation in
      guard !isWoken else { return unsafe continuation.resume() }
      unsafe self.continuation = continuation
    }
  }

  /// Lets the task go on: from the loop's thread.
  func wake() {
    isWoken = true
    unsafe continuation.take()?.resume()
  }
}
