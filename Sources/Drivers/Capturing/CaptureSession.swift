internal import CaptureFile
public import EventLoop
public import Links

/// Takes the frames of several interfaces on one loop, until a limit is reached or somebody ends it.
public final class CaptureSession {
  /// Why a session ended.
  public enum End: Sendable {
    /// As many frames came as were asked for, or `end()` was called.
    case done
    /// The last interface has gone.
    case interfacesGone(LinkError)
    /// An interface could not be read on.
    case failed(LinkError)
  }

  /// Whom a session tells what comes.
  public protocol Receiver: AnyObject {
    /// A frame came in by the source of this number; its bytes are lent until this returns.
    func receive(_ frame: RawSpan, _ information: FrameInformation, from source: Int)
    /// All that waited has been received: what is kept back may go on now.
    func pause()
    /// An interface went down, or has gone.
    func lost(_ source: Int, _ error: LinkError)
  }

  /// Where frames come from.
  public let sources: [CaptureSource]
  private let receiver: any Receiver
  private let completion: Completion<End>
  private var left: Int
  private var isStopped = false

  /// Begins to capture.
  ///
  /// - Parameter frameLimit: after how many frames it ends by itself.
  public init(
    _ sources: [CaptureSource], on loop: EventLoop, frameLimit: Int? = nil,
    _ receiver: any Receiver
  ) throws(LinkError) {
    self.sources = sources
    self.receiver = receiver
    completion = Completion(on: loop)
    left = frameLimit ?? .max
    for (number, source) in sources.enumerated() {
      try source.link.start(on: loop) { [weak self] in self?.read(number, source) }
    }
  }

  /// How many frames a turn of the loop takes from one interface before the others have theirs.
  private static let turnLimit = 1 << 16

  private func read(_ number: Int, _ source: CaptureSource) {
    guard left > 0, !completion.isFulfilled, !source.hasEnded else { return }
    do throws(LinkError) {
      let receiver = receiver
      let count = try source.link.receive(limit: min(left, Self.turnLimit)) { frame, information in
        guard !isStopped else { return }
        source.count(information)
        receiver.receive(frame, information, from: number)
      }
      left = max(0, left - count)
      receiver.pause()
      if left <= 0 { end() }
    } catch {
      fail(error, number, source)
    }
  }

  private func fail(_ error: LinkError, _ number: Int, _ source: CaptureSource) {
    switch error {
    case .interfaceDown where source.isThere:
      receiver.lost(number, error)
    case .interfaceDown, .noSuchInterface:
      // The kernel tells one that was removed as one that went down.
      source.hasEnded = true
      receiver.lost(number, .noSuchInterface(source.name))
      guard sources.allSatisfy(\.hasEnded) else { return }
      completion.fulfil(.interfacesGone(.noSuchInterface(source.name)))
    default:
      completion.fulfil(.failed(error))
    }
  }

  /// Ends the session: what has arrived by now is still received.
  public func end() {
    guard !completion.isFulfilled else { return }
    completion.fulfil(.done)
  }

  /// Ends the session: nothing more is received, not even of what has arrived.
  public func stop() {
    isStopped = true
    left = 0
    end()
  }

  /// Waits for the end, and lends what had arrived before it.
  public func run() async -> End {
    let end = await completion.valueThroughCancellation
    if left > 0 { drain() }
    for source in sources { source.refreshCounters() }
    return end
  }

  private func drain() {
    let receiver = receiver
    for (number, source) in sources.enumerated() where !source.hasEnded {
      // An interface that cannot be drained has nothing more.
      _ = try? source.link.drain { [self] frame, information in
        guard left > 0, !isStopped else { return }
        left -= 1
        source.count(information)
        receiver.receive(frame, information, from: number)
      }
    }
    receiver.pause()
  }

  /// Lets go of the interfaces.
  public func close() {
    for source in sources { try? source.link.close() }
  }
}

extension CaptureSource {
  /// Whether the kernel still knows the interface.
  fileprivate var isThere: Bool {
    guard let tables = try? KernelTables() else { return true }
    return (try? tables.interface(named: name)) != nil
  }

  fileprivate func count(_ information: FrameInformation) {
    delivered += 1
    byteCount += information.originalLength
  }
}
