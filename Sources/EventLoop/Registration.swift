/// A descriptor that a loop watches, until `cancel()`.
///
/// Dropping this value does not end the watch. Cancel before the descriptor is closed. All calls
/// are made on the loop's thread; each may be made from inside any handler.
public struct Registration {
  let loop: EventLoop
  /// The number of what is watched.
  public let descriptor: Int32
  let generation: UInt32

  /// Ends the watch: the handler is not called again, not even for an event of this very turn.
  ///
  /// Cancelling again does nothing.
  public func cancel() {
    loop.assertInside()
    loop.poller.remove(descriptor, generation)
  }

  /// Ends the watch of a descriptor that is closed next, and leaves it to the kernel to forget it then:
  /// one system call less.
  ///
  /// Only for a descriptor that no other descriptor, of this process or another, is a duplicate of.
  public func cancelBeforeClose() {
    loop.assertInside()
    loop.poller.forget(descriptor, generation)
  }

  /// Calls another handler from now on; the interest stays as it is.
  public func replaceHandler(_ handler: @escaping (Readiness) -> Void) {
    loop.assertInside()
    loop.poller.replaceHandler(descriptor, generation, handler)
  }

  /// Changes what the handler wants to hear of; an empty interest pauses all but errors.
  ///
  /// Does nothing once the watch was cancelled.
  public func change(_ interest: Interest) throws(SystemError) {
    loop.assertInside()
    try loop.poller.change(descriptor, generation, to: interest)
  }

  /// Whether the watch still stands.
  public var isActive: Bool { loop.poller.isWatching(descriptor, generation) }
}

extension EventLoop {
  /// Calls `handler` on the loop whenever `descriptor` is ready for what `interest` names.
  ///
  /// Level-triggered: the handler is called again each turn until it has taken what made the
  /// descriptor ready, or has changed its interest; with `Interest.edgeTriggered` it is called once for
  /// each change. The descriptor stays the caller's.
  ///
  /// - Throws: `EEXIST` when the loop watches the descriptor already (watch a `dup(2)` of it), and
  ///   `EPERM` for a regular file, which is always ready.
  @discardableResult
  public func watch(
    _ descriptor: Int32, _ interest: Interest, _ handler: @escaping (Readiness) -> Void
  ) throws(SystemError) -> Registration {
    assertInside()
    let generation = try poller.add(descriptor, interest, handler)
    return Registration(loop: self, descriptor: descriptor, generation: generation)
  }
}
