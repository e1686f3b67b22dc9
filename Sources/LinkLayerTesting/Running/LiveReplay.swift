internal import CaptureFile
public import EventLoop
internal import LinkLayer
public import Links
internal import MonotonicTime

/// Plays an exchange at one end of a link, in real time, for a stack or a program at the other.
///
/// The host under test is told what all others said, with the addresses that they had: nobody else may
/// have these on the link, this end's own stack included.
public final class LiveReplay {
  private let link: any Link
  private let loop: EventLoop
  private var director: ReplayDirector
  private var alarm: Alarm?
  private var failure: LinkError?
  private let isWanted: ([UInt8]) -> Bool
  private let completion: Completion<Void>

  /// Frames that were seen on the way that are not of the exchange: those that the filter leaves out.
  public private(set) var passedOverCount = 0

  /// Plays `exchange` on `link`, which hears all frames that arrive, whoever they are for.
  ///
  /// - Parameter isWanted: which frames are part of the exchange, as they were when it was read.
  public init(
    _ exchange: RecordedExchange, on link: any Link, _ loop: EventLoop,
    options: ReplayTestOptions = .live, where isWanted: @escaping ([UInt8]) -> Bool = { _ in true }
  ) {
    self.link = link
    self.loop = loop
    self.isWanted = isWanted
    director = ReplayDirector(exchange, options: options)
    completion = Completion(on: loop)
  }

  /// Begins: from now on the link is listened to, and told what is due.
  public func begin() throws(LinkError) {
    alarm = Alarm(on: loop) { [weak self] in self?.fire() }
    try link.start(on: loop) { [weak self] in self?.hear() }
    send(director.start(at: loop.readClock()))
  }

  /// Waits until all is over.
  ///
  /// - Throws: `LinkError` when the link fails, or was closed because the task was cancelled.
  public func result() async throws(LinkError) -> ReplayTestResult {
    do throws(CancellationError) {
      try await completion.value
    } catch {
      failure = failure ?? .closed
    }
    alarm = nil
    if let failure { throw failure }
    return ReplayTestResult(director.comparison)
  }

  private func fire() {
    send(director.fire(at: loop.readClock()))
  }

  private func hear() {
    var answers: [[UInt8]] = []
    do throws(LinkError) {
      _ = try link.receive(limit: 64) { bytes, information in
        guard information.direction != .outbound else { return }
        let frame = bytes.array
        guard isWanted(frame) else {
          passedOverCount += 1
          return
        }
        answers += director.hear(frame, at: loop.readClock())
      }
    } catch {
      return fail(error)
    }
    send(answers)
  }

  private func send(_ frames: [[UInt8]]) {
    do throws(LinkError) {
      for frame in frames { try link.send(frame) }
    } catch {
      return fail(error)
    }
    alarm?.deadline = director.deadline
    if director.deadline == nil { completion.fulfil(()) }
  }

  private func fail(_ error: LinkError) {
    failure = error
    completion.fulfil(())
  }
}
