public import MonotonicTime

extension EventLoop {
  /// Suspends the calling task, which runs on the loop, until `deadline`; never returns before it.
  ///
  /// - Throws: `CancellationError` as soon as the task is cancelled.
  public func sleep(until deadline: Instant) async throws(CancellationError) {
    let completion = Completion<Void>(on: self)
    let timer = schedule(at: deadline) { completion.fulfil(()) }
    defer { timer.cancel() }
    try await completion.value
  }

  /// Suspends the calling task until `duration` has passed since this call.
  ///
  /// - Throws: `CancellationError` as soon as the task is cancelled.
  public func sleep(for duration: Duration) async throws(CancellationError) {
    try await sleep(until: readClock() + duration)
  }
}
