import EventLoop

/// How many sessions there are at once, and who waits for one of them to end.
final class SocatSessions {
  private let loop: EventLoop
  private let limit: Int64
  /// How many there are.
  private(set) var count: Int64 = 0
  /// Those of them that wait for descriptors.
  private var hungryCount: Int64 = 0
  private var change: Completion<Void>?

  /// How long descriptors are waited for when no session ends: others of this process may be closed too.
  private static let patience: Duration = .milliseconds(100)

  init(limit: Int64, on loop: EventLoop) {
    self.limit = max(1, limit)
    self.loop = loop
  }

  /// Whether as many are there as may be.
  var areFull: Bool { count >= limit }

  /// One more has begun.
  func begin() { count += 1 }

  /// One is over.
  func end() {
    count -= 1
    wake()
  }

  /// Waits until one more may begin: not before those that are there have the descriptors that they want.
  func awaitPlace() async {
    while areFull || hungryCount > 0 { await awaitChange() }
  }

  /// Lets what has just begun take its first steps: the descriptors that it wants, before another one begins.
  func awaitTurn() async {
    let turn = Completion<Void>(on: loop)
    loop.execute { turn.fulfil(()) }
    await turn.valueThroughCancellation
  }

  /// Waits until all are over.
  func awaitAll() async {
    while count > 0 { await awaitChange() }
  }

  /// Waits until there may be descriptors again.
  func awaitDescriptors() async {
    let timer = loop.schedule(after: Self.patience) { [weak self] in self?.wake() }
    await awaitChange()
    timer.cancel()
  }

  /// Does for a session what may find too few descriptors, again and again while another one may leave some.
  func feeding<Result>(
    _ log: SocatLog, _ body: () async throws(SocatFailure) -> Result
  ) async throws(SocatFailure) -> Result {
    var isHungry = false
    defer {
      if isHungry {
        hungryCount -= 1
        wake()
      }
    }
    while true {
      do throws(SocatFailure) {
        return try await body()
      } catch {
        guard error.isExhaustion, hungryCount + (isHungry ? 0 : 1) < count else { throw error }
        if !isHungry {
          isHungry = true
          hungryCount += 1
          log.warning(error.message)
        }
      }
      await awaitDescriptors()
    }
  }

  private func awaitChange() async {
    let change = change ?? Completion<Void>(on: loop)
    self.change = change
    await change.valueThroughCancellation
  }

  private func wake() {
    change.take()?.fulfil(())
  }
}
