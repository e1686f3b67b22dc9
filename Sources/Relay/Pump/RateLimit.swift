public import EventLoop
internal import Machines
public import MonotonicTime
internal import Synchronization

/// A rate that the `RateLimit`s of several loops hold together.
public final class SharedRate: Sendable {
  /// Bytes a second.
  public let bytesPerSecond: Int

  struct State {
    var bucket: TokenBucket
    /// How many flows wait, on all loops.
    var waitingCount = 0
  }

  let state: Mutex<State>

  /// A rate of `bytesPerSecond`, at least 1.
  ///
  /// - Parameter burst: how many bytes may go at once after a pause; nil for a tenth of a second's, which
  ///   holds the rate within 1 % over ten seconds.
  public init(bytesPerSecond: Int, burst: Int? = nil, at now: Instant) {
    let bucket = TokenBucket(rate: bytesPerSecond, burst: burst, at: now)
    self.bytesPerSecond = bucket.rate
    state = Mutex(State(bucket: bucket))
  }
}

/// Holds the rate of bytes: of one direction of one pump, or of all that share it.
///
/// It says how much may be read, and wakes up those that must wait, each in its turn; the bytes
/// themselves it never sees, so that they can be spliced.
public final class RateLimit {
  private let loop: EventLoop
  private let shared: SharedRate
  private var waiting: [PumpFlow] = []
  private var alarm: Alarm?
  /// The flow whose turn it is: it does not wait behind the others.
  private var current: PumpFlow?
  /// Whether it had its share: of a rate that flows of other loops wait for, there is one in a turn.
  private var hasShare = false

  /// What one of many gets at least in its turn, if there is so much.
  private static let leastShare = 4096

  /// A limit of `bytesPerSecond`, at least 1, for flows of this loop.
  ///
  /// - Parameter burst: how many bytes may go at once after a pause; nil for a tenth of a second's, which
  ///   holds the rate within 1 % over ten seconds.
  public convenience init(bytesPerSecond: Int, burst: Int? = nil, on loop: EventLoop) {
    self.init(
      sharing: SharedRate(bytesPerSecond: bytesPerSecond, burst: burst, at: loop.now), on: loop)
  }

  /// This loop's part of a rate that other loops share.
  public init(sharing rate: SharedRate, on loop: EventLoop) {
    self.loop = loop
    shared = rate
    alarm = Alarm(on: loop) { [unowned self] in wake() }
  }

  /// Bytes a second.
  public var bytesPerSecond: Int { shared.bytesPerSecond }

  /// How many bytes `flow` may read now; 0 when it must `wait`.
  func allowance(for flow: PumpFlow) -> Int {
    guard waiting.isEmpty || current === flow else { return 0 }
    return shared.state.withLock { state in
      let isSought = state.waitingCount > waiting.count
      guard !isSought || (current === flow && !hasShare) else { return 0 }
      let available = state.bucket.available(at: loop.now)
      guard state.waitingCount > 0 else { return available }
      return max(available / (state.waitingCount + 1), min(available, Self.leastShare))
    }
  }

  /// Counts bytes that were read.
  func spend(_ count: Int) {
    hasShare = true
    shared.state.withLock { $0.bucket.take(count) }
  }

  /// Calls the flow when there is something for it.
  func wait(_ flow: PumpFlow) {
    waiting.append(flow)
    shared.state.withLock { $0.waitingCount += 1 }
    arm()
  }

  /// Forgets a flow that waits no more.
  func forget(_ flow: PumpFlow) {
    let before = waiting.count
    waiting.removeAll { $0 === flow }
    let count = before - waiting.count
    if count > 0 { shared.state.withLock { $0.waitingCount -= count } }
  }

  /// Not for each byte: a quarter of what the bucket holds is worth waking up for.
  private func arm() {
    guard !waiting.isEmpty, alarm?.deadline == nil else { return }
    let ready = shared.state.withLock { $0.bucket.ready(max(1, $0.bucket.burst / 4)) }
    alarm?.deadline = max(ready, loop.now)
  }

  private func wake() {
    // At most once around: whoever waits again meanwhile stands behind the others.
    for _ in 0..<waiting.count {
      guard !waiting.isEmpty, takeTurn() else { break }
      let flow = waiting.removeFirst()
      current = flow
      hasShare = false
      flow.limitAllowsMore()
      current = nil
    }
    arm()
  }

  /// Whether there is something for the next that waits, which waits no more then.
  private func takeTurn() -> Bool {
    shared.state.withLock { state in
      guard state.bucket.available(at: loop.now) > 0 else { return false }
      state.waitingCount -= 1
      return true
    }
  }
}
