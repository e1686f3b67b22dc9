internal import CLinux
internal import Glibc
public import MonotonicTime
internal import Synchronization

/// One thread that waits for everything at once: descriptors, timers, signals, children, tasks.
///
/// Handlers are plain closures called by the loop. Async code runs on the same thread: the loop is
/// the task executor of every task that `run` and `spawn` start, and an actor may live on its
/// `serialExecutor`. Nothing here takes a lock on the way, save what other threads send with `post`.
///
/// Except where a member says otherwise, call it on the loop's thread: the one that made the loop,
/// and from `run` on the one that called that. A loop does not survive `fork(2)`: make it afterwards.
public final class EventLoop: TaskExecutor, @unchecked Sendable {
  /// Where a loop's time comes from.
  public enum Clock: Sendable {
    /// `CLOCK_MONOTONIC`, read once a turn.
    case monotonic

    /// Starts at `Instant.origin` and stands still while anything is ready; when nothing is, it
    /// jumps to the next deadline. An hour of protocol runs in milliseconds, and always alike.
    ///
    /// Descriptors are still watched, but time does not wait for them: what the peer has not sent
    /// by the time that the loop looks, comes after the next timer.
    case virtual
  }

  /// Where this loop's time comes from.
  public let clock: Clock

  /// The executor of actors that live on the loop.
  public let serialExecutor = LoopSerialExecutor()

  let poller: Poller
  let timers = TimerHeap()
  var jobs: [ReadyJob] = []
  private var spareJobs: [ReadyJob] = []
  private var deferred: [() -> Void] = []
  private var turnInstant: Instant
  var signals: SignalWatcher?
  private var isTurning = false
  private var isStopped = false
  private var cancelMain: (() -> Void)?
  private let thread: Atomic<UInt>
  let inbox: Inbox

  /// How often the loop asked the kernel for events.
  private(set) var turns = 0

  /// How many steps of tasks the loop ran.
  private(set) var steps = 0

  /// Creates a loop that belongs to the calling thread.
  ///
  /// - Throws: `EMFILE` or `ENFILE` when no descriptor is left for the epoll set.
  public init(clock: Clock = .monotonic) throws(SystemError) {
    self.clock = clock
    poller = try Poller()
    inbox = try Inbox()
    thread = Atomic(UInt(pthread_self()))
    turnInstant = clock == .virtual ? .origin : .monotonicNow
    serialExecutor.loop = self
    // Edge-triggered, each write to the eventfd is an event, and it need never be read.
    let edge = Interest(rawValue: EPOLLIN.rawValue | EPOLLET.rawValue)
    _ = try poller.add(inbox.descriptor, edge) { [unowned self] _ in takeInbox() }
  }

  /// The instant of the current turn: what happens in one turn happens at one time.
  ///
  /// Outside a turn, before the loop runs, the clock is read at each call.
  public var now: Instant {
    if !isTurning { turnInstant = readClock() }
    return turnInstant
  }

  /// Whether the caller is on the loop's thread. May be asked on any thread.
  public var isInside: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

  // MARK: Running

  /// Runs `body` as a task on the loop, turns the loop until it ends, and returns what it returned.
  ///
  /// Call it from synchronous code; the calling thread is the loop's until this returns. Tasks and
  /// registrations that are left over stay as they are, and go on when the loop runs again.
  ///
  /// - Precondition: the loop does not run already, and `body` is not bound to an actor of another
  ///   executor: a closure written in a `@MainActor` function would wait for the very thread that
  ///   turns the loop.
  public func run<Value, Failure: Error>(
    _ body: @escaping @isolated(any) () async throws(Failure) -> sending Value
  ) throws(Failure) -> Value {
    let outcome = Outcome<Value, Failure>(body)
    checkIsolation(of: outcome.body.isolation)
    let task = Task(executorPreference: self) { await outcome.settle() }
    cancelMain = { task.cancel() }
    defer { cancelMain = nil }
    turn(while: { outcome.result == nil })
    guard let result = outcome.result else { preconditionFailure("the loop ended before its task") }
    return try result.get()
  }

  /// Turns the loop until `stop()`: for programs made of handlers alone.
  public func runUntilStopped() {
    isStopped = false
    turn(while: { !self.isStopped })
  }

  /// Asks the loop to end: cancels the task that `run` waits for, or ends `runUntilStopped` once
  /// the current turn is over.
  public func stop() {
    assertInside()
    isStopped = true
    cancelMain?()
  }

  /// Starts a task on the loop. It runs from the next turn's tasks on, and needs no `@Sendable`:
  /// it never leaves the loop's thread.
  @discardableResult
  public func spawn(
    _ body: @escaping @isolated(any) () async -> Void
  ) -> Task<Void, Never> {
    assertInside()
    let errand = Errand(body)
    checkIsolation(of: errand.body.isolation)
    return Task(executorPreference: self) { await errand.body() }
  }

  /// Calls `job` in the next turn, after the handlers of descriptors and timers.
  public func execute(_ job: @escaping () -> Void) {
    assertInside()
    deferred.append(job)
  }

  /// Calls `job` on the loop, and wakes it up for that. May be called on any thread.
  public func post(_ job: @escaping @Sendable () -> Void) {
    inbox.append(.closure(job))
  }

  // MARK: Turning

  private func turn(while condition: () -> Bool) {
    precondition(!isTurning, "The loop runs already: it cannot be run from inside itself.")
    thread.store(UInt(pthread_self()), ordering: .relaxed)
    isTurning = true
    defer { isTurning = false }
    turnInstant = readClock()
    runJobs()
    while condition() { turn() }
  }

  private func turn() {
    turns &+= 1
    let ready = waitForEvents()
    turnInstant = readClock()
    for index in 0..<ready {
      guard let (handler, readiness) = poller.event(index) else { continue }
      handler(readiness)
    }
    fireTimers()
    runDeferred()
    runJobs()
  }

  private func waitForEvents() -> Int {
    if !jobs.isEmpty || !deferred.isEmpty { return poller.wait(nanoseconds: 0) }
    guard let deadline = timers.first else { return poller.wait(nanoseconds: nil) }
    if clock == .virtual { return waitVirtually(until: deadline) }
    return poller.wait(nanoseconds: max(0, (deadline - readClock()).wholeNanoseconds))
  }

  private func waitVirtually(until deadline: Instant) -> Int {
    let ready = poller.wait(nanoseconds: 0)
    if ready == 0 { turnInstant = max(turnInstant, deadline) }
    return ready
  }

  private func takeInbox() {
    for item in inbox.takeAll() {
      switch item {
      case .job(let job): jobs.append(job)
      case .closure(let closure): closure()
      }
    }
  }

  /// Fires what is due and was scheduled before: what these schedule waits for the next turn, so
  /// that timers without delay cannot keep descriptors from theirs.
  private func fireTimers() {
    let limit = timers.sequence
    while let action = timers.popDue(at: turnInstant, madeBefore: limit) { action() }
  }

  private func runDeferred() {
    guard !deferred.isEmpty else { return }
    let round = deferred
    deferred = []
    for job in round { job() }
  }

  /// Runs tasks until none is ready, or for so many rounds that descriptors want their turn.
  private func runJobs() {
    let serial = unsafe serialExecutor.asUnownedSerialExecutor()
    let task = unsafe asUnownedTaskExecutor()
    var rounds = 0
    while !jobs.isEmpty && rounds < 64 {
      rounds += 1
      swap(&jobs, &spareJobs)
      steps &+= spareJobs.count
      for ready in spareJobs {
        if ready.isIsolated {
          unsafe ready.job.runSynchronously(isolatedTo: serial, taskExecutor: task)
        } else {
          unsafe ready.job.runSynchronously(on: task)
        }
      }
      spareJobs.removeAll(keepingCapacity: true)
    }
  }

  /// The time of this very moment, which may be later than `now`: for measuring, not for deciding.
  public func readClock() -> Instant {
    clock == .virtual ? turnInstant : .monotonicNow
  }

  /// The calling thread's from now on: the one that it had is gone.
  func adopt() {
    thread.store(UInt(pthread_self()), ordering: .relaxed)
  }

  func assertInside() {
    precondition(isInside, "An EventLoop is used from another thread than its own.")
  }

  private func checkIsolation(of actor: (any Actor)?) {
    guard let actor else { return }
    guard unsafe actor.unownedExecutor.asSerialExecutor() !== serialExecutor else { return }
    // Not a precondition: a release build shall say it too, for the alternative is a silent hang.
    fatalError(
      "The body is isolated to an actor outside the loop: write it in a nonisolated function.")
  }
}

/// A task's body and what came of it, handed to a task that runs on the thread that made it.
private final class Outcome<Value, Failure: Error>: @unchecked Sendable {
  let body: @isolated(any) () async throws(Failure) -> sending Value
  var result: Result<Value, Failure>?

  init(_ body: @escaping @isolated(any) () async throws(Failure) -> sending Value) {
    self.body = body
  }

  func settle() async {
    do throws(Failure) {
      result = .success(try await body())
    } catch {
      result = .failure(error)
    }
  }
}

/// A spawned task's body, handed to a task that runs on the thread that made it.
private final class Errand: @unchecked Sendable {
  let body: @isolated(any) () async -> Void

  init(_ body: @escaping @isolated(any) () async -> Void) {
    self.body = body
  }
}

extension Instant {
  /// What `CLOCK_MONOTONIC` says: the time of loops, for what is done before one is made.
  public static var monotonicNow: Instant {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }
}
