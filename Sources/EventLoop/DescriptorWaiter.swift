/// Lets tasks wait for a descriptor: `while true { try await socket.readable(); … read … }`.
///
/// Level-triggered like `watch`: a wait returns at once when something is left from before. One task
/// may wait for reading while another waits for writing. Nothing is asked of the kernel between two
/// waits that follow each other; a descriptor that is ready while nobody waits is set aside.
public final class DescriptorWaiter {
  private let loop: EventLoop
  private let descriptor: Int32
  private var registration: Registration?
  private var interest: Interest = []
  private var reader: Waiter?
  private var writer: Waiter?

  /// Creates a waiter for `descriptor`, which stays the caller's and must outlive `cancel()`.
  public init(_ descriptor: Int32, on loop: EventLoop) {
    self.loop = loop
    self.descriptor = descriptor
  }

  deinit {
    registration?.cancel()
  }

  /// Waits until a read would not wait: there are bytes, the end, or an error to take.
  ///
  /// - Throws: `SystemError` when the descriptor cannot be watched, `CancellationError` when the
  ///   task is cancelled first.
  public func readable() async throws {
    precondition(reader == nil, "Two tasks wait to read one descriptor.")
    let waiter = Waiter(on: loop)
    reader = waiter
    defer { reader = nil }
    try await wait(waiter, for: .readable)
  }

  /// Waits until a write would not wait: there is room, or an error to take.
  ///
  /// - Throws: `SystemError` when the descriptor cannot be watched, `CancellationError` when the
  ///   task is cancelled first.
  public func writable() async throws {
    precondition(writer == nil, "Two tasks wait to write one descriptor.")
    let waiter = Waiter(on: loop)
    writer = waiter
    defer { writer = nil }
    try await wait(waiter, for: .writable)
  }

  /// Stops watching: call it before the descriptor is closed. A later wait watches again.
  public func cancel() {
    registration?.cancel()
    registration = nil
    interest = []
  }

  private func wait(_ waiter: Waiter, for wanted: Interest) async throws {
    if !interest.contains(wanted) { try watch(interest.union(wanted)) }
    await waiter.wait()
    if !waiter.isReady { throw CancellationError() }
  }

  private func watch(_ wanted: Interest) throws(SystemError) {
    if let registration {
      try registration.change(wanted)
    } else {
      registration = try loop.watch(descriptor, wanted) { [weak self] readiness in
        self?.tell(readiness)
      }
    }
    interest = wanted
  }

  private func tell(_ readiness: Readiness) {
    let ended = !readiness.isDisjoint(with: [.error, .hangUp])
    let wokeReader = wake(reader, ended || readiness.contains(.readable))
    let wokeWriter = wake(writer, ended || readiness.contains(.writable))
    if !wokeReader && !wokeWriter { setAside() }
  }

  private func wake(_ waiter: Waiter?, _ isReady: Bool) -> Bool {
    guard isReady, let waiter, !waiter.isReady else { return false }
    waiter.isReady = true
    waiter.wake()
    return true
  }

  /// Ready for what nobody waits for: stops watching that, or all when even that is told unasked.
  private func setAside() {
    var wanted: Interest = []
    if reader != nil { wanted.insert(.readable) }
    if writer != nil { wanted.insert(.writable) }
    guard !wanted.isEmpty, wanted != interest else { return cancel() }
    try? watch(wanted)
  }
}
