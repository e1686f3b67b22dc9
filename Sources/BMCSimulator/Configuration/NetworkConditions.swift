/// What happens to datagrams on their way.
public struct NetworkConditions: Hashable, Sendable {
  /// The shortest time from a request to its answer.
  public var shortestDelay: Duration
  /// The longest.
  public var longestDelay: Duration
  /// How likely a datagram is lost, each way: 0 to 1.
  public var loss: Double
  /// How likely an answer is held back until others have overtaken it: 0 to 1.
  public var reordering: Double

  /// Conditions; those of a perfect network when nothing else is said.
  public init(
    shortestDelay: Duration = .zero, longestDelay: Duration = .zero, loss: Double = 0,
    reordering: Double = 0
  ) {
    self.shortestDelay = shortestDelay
    self.longestDelay = longestDelay
    self.loss = loss
    self.reordering = reordering
  }

  /// How long an answer that is overtaken waits at least: longer than most round trips.
  static let overtaken = Duration.milliseconds(20)

  func isLost(using random: inout some RandomNumberGenerator) -> Bool {
    loss > 0 && Double.random(in: 0..<1, using: &random) < loss
  }

  func delay(using random: inout some RandomNumberGenerator) -> Duration {
    let (low, high) = (shortestDelay.nanoseconds, longestDelay.nanoseconds)
    var delay = low < high ? Int64.random(in: low...high, using: &random) : low
    if reordering > 0, Double.random(in: 0..<1, using: &random) < reordering {
      delay += max(high, Self.overtaken.nanoseconds)
    }
    return .nanoseconds(delay)
  }
}

extension Duration {
  /// Whole nanoseconds, at most a day: what a simulated delay can be.
  fileprivate var nanoseconds: Int64 {
    let day = Duration.seconds(86_400)
    let (seconds, attoseconds) = max(.zero, min(self, day)).components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
