/// Elements from handlers to one task, in batches: a frame handler fills it, a task empties it.
///
/// An `AsyncStream` costs a suspension for each element; here one suspension takes all that came in
/// a turn. Use it on the loop's thread only.
public final class Mailbox<Element> {
  private let loop: EventLoop
  private var elements: [Element] = []
  private var waiter: Waiter?

  /// Whether `finish` was called.
  public private(set) var isFinished = false

  /// Creates an empty mailbox.
  public init(on loop: EventLoop) {
    self.loop = loop
  }

  /// Leaves an element. What comes after `finish` is dropped.
  public func put(_ element: Element) {
    loop.assertInside()
    guard !isFinished else { return }
    elements.append(element)
    waiter?.wake()
  }

  /// Ends the mailbox: once it is empty, `take` returns no elements at once.
  public func finish() {
    loop.assertInside()
    isFinished = true
    waiter?.wake()
  }

  /// Takes all elements, after waiting for the first; none when the mailbox is finished and empty.
  ///
  /// - Throws: `CancellationError` when the task is cancelled while there is nothing to take.
  public func take() async throws(CancellationError) -> [Element] {
    precondition(waiter == nil, "Two tasks wait at one mailbox.")
    if elements.isEmpty && !isFinished {
      let waiter = Waiter(on: loop)
      self.waiter = waiter
      await waiter.wait()
      self.waiter = nil
    }
    defer { elements = [] }
    if elements.isEmpty && !isFinished { throw CancellationError() }
    return elements
  }
}
