/// A value that comes once: given by a handler, awaited by tasks on the loop.
///
/// The first value stands; later ones are ignored. Use it on the loop's thread only.
public final class Completion<Value> {
  private let loop: EventLoop
  private var result: Value?
  private var waiters: [Waiter] = []

  /// Creates a completion without a value.
  public init(on loop: EventLoop) {
    self.loop = loop
  }

  /// Whether the value came.
  public var isFulfilled: Bool { result != nil }

  /// Gives the value, and lets all who wait go on. Does nothing when there is one already.
  public func fulfil(_ value: Value) {
    loop.assertInside()
    guard result == nil else { return }
    result = value
    for waiter in waiters { waiter.wake() }
    waiters = []
  }

  /// The value, once it came.
  ///
  /// - Throws: `CancellationError` when the waiting task is cancelled before.
  public var value: Value {
    get async throws(CancellationError) {
      if let result { return result }
      let waiter = Waiter(on: loop)
      waiters.append(waiter)
      await waiter.wait()
      if let result { return result }
      waiters.removeAll { $0 === waiter }
      throw CancellationError()
    }
  }

  /// The value, once it came, waited for even by a task that was cancelled.
  public var valueThroughCancellation: Value {
    get async {
      while true {
        if let result { return result }
        let waiter = Waiter(on: loop)
        waiters.append(waiter)
        await waiter.waitThroughCancellation()
      }
    }
  }
}
