/// A step of a task that is ready to run on the loop.
struct ReadyJob: @unchecked Sendable {
  let job: UnownedJob
  /// Whether an actor on the loop's serial executor asked for it.
  let isIsolated: Bool
}

extension EventLoop {
  /// Takes the next step of a task that prefers this executor, as those of `run` and `spawn` do.
  ///
  /// On the loop's own thread that is an append; other threads wake the loop up.
  public func enqueue(_ job: consuming ExecutorJob) {
    enqueue(ReadyJob(job: UnownedJob(job), isIsolated: false))
  }

  func enqueue(_ job: ReadyJob) {
    guard isInside else { return inbox.append(.job(job)) }
    jobs.append(job)
  }
}

/// What an actor that lives on a loop names as its executor.
///
/// Not the loop itself: a step of a task without an actor would then seem to run on the actor's
/// executor, and the runtime would enqueue the task anew at each call and return of an async
/// function, seven times for one wait.
public final class LoopSerialExecutor: SerialExecutor, @unchecked Sendable {
  unowned var loop: EventLoop?

  /// Takes the next step of an actor's task.
  public func enqueue(_ job: consuming ExecutorJob) {
    guard let loop else { preconditionFailure("The actor's loop is gone.") }
    loop.enqueue(ReadyJob(job: UnownedJob(job), isIsolated: true))
  }

  /// Whether the caller runs on the loop's thread: what `assertIsolated` asks.
  public func isIsolatingCurrentContext() -> Bool? { loop?.isInside ?? false }

  /// Stops the program when the caller is not on the loop's thread.
  public func checkIsolated() {
    precondition(loop?.isInside ?? false, "Not on the event loop's thread.")
  }
}
