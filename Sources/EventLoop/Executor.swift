extension EventLoop {
  /// Takes a task's next step: from the loop's own thread without a lock, from others by a wake-up.
  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    guard isInside else { return inbox.append(.job(job)) }
    jobs.append(job)
  }

  /// Whether the caller runs on this executor: what `assertIsolated` asks.
  public func isIsolatingCurrentContext() -> Bool? { isInside }

  /// Stops the program when the caller is not on the loop's thread.
  public func checkIsolated() {
    precondition(isInside, "Not on the event loop's thread.")
  }
}
