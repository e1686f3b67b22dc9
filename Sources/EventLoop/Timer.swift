public import MonotonicTime

/// An action that a loop holds until its deadline.
///
/// Dropping this value does not cancel the action.
public struct Timer {
  let loop: EventLoop
  let key: TimerHeap.Key

  /// Cancels the action if it was not taken yet; returns whether that was so.
  ///
  /// A handler may cancel a timer that is due in the same turn: it does not fire.
  @discardableResult
  public func cancel() -> Bool {
    loop.assertInside()
    return loop.timers.remove(key)
  }

  /// Whether the action still waits.
  public var isPending: Bool { loop.timers.contains(key) }
}

extension EventLoop {
  /// Calls `handler` on the loop at `deadline` or as soon after it as the loop gets round to it,
  /// never before.
  ///
  /// A deadline in the past is met in the next turn, after descriptors had theirs. Timers of one
  /// instant fire in the order in which they were made.
  @discardableResult
  public func schedule(at deadline: Instant, _ handler: @escaping () -> Void) -> Timer {
    assertInside()
    // Never before `now`: so what a timer schedules during its firing stands behind all that is due.
    return Timer(loop: self, key: timers.insert(max(deadline, now), handler))
  }

  /// Calls `handler` on the loop once `delay` has passed since this call, not since the turn began.
  @discardableResult
  public func schedule(after delay: Duration, _ handler: @escaping () -> Void) -> Timer {
    schedule(at: readClock() + delay, handler)
  }
}

/// One handler with a deadline that moves: what drives a machine.
///
/// Set `deadline` to the machine's own after each event; the handler is called when it is reached,
/// with the deadline cleared before.
public final class Alarm {
  private let loop: EventLoop
  private let handler: () -> Void
  private var timer: Timer?

  /// Creates an alarm that is not set.
  public init(on loop: EventLoop, _ handler: @escaping () -> Void) {
    self.loop = loop
    self.handler = handler
  }

  deinit {
    timer?.cancel()
  }

  /// When the handler is to be called; nil for never.
  public var deadline: Instant? {
    didSet {
      guard deadline != oldValue else { return }
      timer?.cancel()
      timer = deadline.map { deadline in
        loop.schedule(at: deadline) { [weak self] in self?.ring() }
      }
    }
  }

  private func ring() {
    timer = nil
    deadline = nil
    handler()
  }
}
