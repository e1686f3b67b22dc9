/// How ports are asked: how often, how patiently, how many at once, how fast.
public struct SweepOptions: Hashable, Sendable {
  /// How often a port is asked before its silence counts, 1 to 16.
  public var attempts: Int
  /// How long a port that never answers is waited for in all. Each attempt waits twice as long as the
  /// one before; where the host has shown how fast it answers, less.
  public var patience: Duration
  /// The least that an attempt waits, however fast the host is.
  public var shortestWait: Duration
  /// How many ports are asked at once.
  public var window: Int
  /// How fast questions may follow each other. Those that are answered at once, within this host, are
  /// not counted.
  public var pace: FramePace
  /// How long an accepted connection is listened to for a greeting; nil for not at all.
  public var greetingWait: Duration?

  /// What suits TCP: two attempts in 3.3 seconds (a neighbour that cannot be found is reported after
  /// 3), thousands at once.
  public static var tcp: SweepOptions {
    SweepOptions(
      attempts: 2, patience: .milliseconds(3300), shortestWait: .milliseconds(100), window: 4096,
      pace: .framesPerSecond(10_000))
  }

  /// What suits UDP: services are slower than kernels, and hosts limit what they say of closed ports.
  public static var udp: SweepOptions {
    SweepOptions(
      attempts: 3, patience: .milliseconds(3300), shortestWait: .milliseconds(300), window: 1024,
      pace: .framesPerSecond(5_000))
  }

  /// Options of these fields.
  public init(
    attempts: Int, patience: Duration, shortestWait: Duration, window: Int, pace: FramePace,
    greetingWait: Duration? = nil
  ) {
    self.attempts = attempts
    self.patience = patience
    self.shortestWait = shortestWait
    self.window = window
    self.pace = pace
    self.greetingWait = greetingWait
  }

  /// The attempts within the bounds that the doubling has.
  var boundedAttempts: Int { min(max(attempts, 1), 16) }

  /// How long attempt `number`, counted from 0, waits: its share of the patience, or what the host's
  /// round trips suggest, doubled for each attempt, whichever is less.
  func wait(attempt number: Int, _ estimate: RoundTripEstimate) -> Duration {
    let number = min(max(number, 0), boundedAttempts - 1)
    let share = max(patience, .milliseconds(1)) * (1 << number) / ((1 << boundedAttempts) - 1)
    guard let timeout = estimate.timeout else { return share }
    return min(share, max(timeout, shortestWait) * (1 << number))
  }
}
