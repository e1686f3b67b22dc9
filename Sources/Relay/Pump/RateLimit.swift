public import EventLoop
internal import Machines
internal import MonotonicTime

/// Holds the rate of bytes: of one direction of one pump, or of all that share it.
///
/// It says how much may be read, and wakes up those that must wait, each in its turn; the bytes
/// themselves it never sees, so that they can be spliced.
public final class RateLimit {
  private let loop: EventLoop
  private var bucket: TokenBucket
  private var waiting: [PumpFlow] = []
  private var alarm: Alarm?
  /// The flow whose turn it is: it does not wait behind the others.
  private var current: PumpFlow?

  /// What one of many gets at least in its turn, if there is so much.
  private static let leastShare = 4096

  /// A limit of `bytesPerSecond`, at least 1.
  ///
  /// - Parameter burst: how many bytes may go at once after a pause; nil for a tenth of a second's, which
  ///   holds the rate within 1 % over ten seconds.
  public init(bytesPerSecond: Int, burst: Int? = nil, on loop: EventLoop) {
    self.loop = loop
    bucket = TokenBucket(rate: bytesPerSecond, burst: burst, at: loop.now)
    alarm = Alarm(on: loop) { [unowned self] in wake() }
  }

  /// Bytes a second.
  public var bytesPerSecond: Int { bucket.rate }

  /// How many bytes `flow` may read now; 0 when it must `wait`.
  func allowance(for flow: PumpFlow) -> Int {
    guard waiting.isEmpty || current === flow else { return 0 }
    let available = bucket.available(at: loop.now)
    guard !waiting.isEmpty else { return available }
    return max(available / (waiting.count + 1), min(available, Self.leastShare))
  }

  /// Counts bytes that were read.
  func spend(_ count: Int) {
    bucket.take(count)
  }

  /// Calls the flow when there is something for it.
  func wait(_ flow: PumpFlow) {
    waiting.append(flow)
    arm()
  }

  /// Forgets a flow that waits no more.
  func forget(_ flow: PumpFlow) {
    waiting.removeAll { $0 === flow }
  }

  /// Not for each byte: a quarter of what the bucket holds is worth waking up for.
  private func arm() {
    guard !waiting.isEmpty, alarm?.deadline == nil else { return }
    alarm?.deadline = max(bucket.ready(max(1, bucket.burst / 4)), loop.now)
  }

  private func wake() {
    // At most once around: whoever waits again meanwhile stands behind the others.
    for _ in 0..<waiting.count {
      guard !waiting.isEmpty, bucket.available(at: loop.now) > 0 else { break }
      let flow = waiting.removeFirst()
      current = flow
      flow.limitAllowsMore()
      current = nil
    }
    arm()
  }
}
