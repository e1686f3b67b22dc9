internal import Glibc

extension EventLoop {
  /// Runs `body`, which may wait for long, on a thread of its own, and returns what it returned, while the
  /// loop turns on: opening a named pipe, waiting for a lock.
  ///
  /// The wait ends only with `body`, whoever cancels the task.
  ///
  /// - Throws: `EAGAIN` when there can be no more threads.
  public func elsewhere<Value: Sendable>(
    _ body: @escaping @Sendable () -> Value
  ) async throws(SystemError) -> Value {
    let completion = Completion<Value>(on: self)
    let errand = Elsewhere(self) {
      let value = body()
      return { completion.fulfil(value) }
    }
    guard errand.start() else { throw SystemError(errno: EAGAIN, operation: "pthread_create") }
    return await completion.valueThroughCancellation
  }
}

/// Work on its way to another thread, and back to the loop with what came of it.
private final class Elsewhere: @unchecked Sendable {
  private let loop: EventLoop
  private let body: () -> () -> Void

  init(_ loop: EventLoop, _ body: @escaping () -> () -> Void) {
    self.loop = loop
    self.body = body
  }

  func start() -> Bool {
    var thread = pthread_t()
    let handedOver = unsafe Unmanaged.passRetained(self)
    let status = unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<Elsewhere>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, handedOver.toOpaque())
    guard status == 0 else {
      unsafe handedOver.release()
      return false
    }
    pthread_detach(thread)
    return true
  }

  private func run() {
    let report = Report(body())
    loop.post { report.tell() }
  }
}

/// What is told on the loop's thread alone.
private struct Report: @unchecked Sendable {
  let tell: () -> Void

  init(_ tell: @escaping () -> Void) {
    self.tell = tell
  }
}
