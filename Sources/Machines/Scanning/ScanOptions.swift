import MonotonicTime

/// How a scan asks.
public struct ScanOptions: Hashable, Sendable {
  /// How many times an address is asked that does not answer.
  public var attempts = 2
  /// How long the first question waits for its answer.
  public var timeout: Duration = .milliseconds(500)
  /// By how much each further question waits longer than the one before it.
  public var backoff = 1.5
  /// How fast questions follow one another.
  public var pace = FramePace.unlimited
  /// The scan ends when so many hosts have answered; nil for no such end.
  public var hostLimit: Int?
  /// How long second stations are listened for when every address has answered.
  public var linger: Duration = .milliseconds(50)
  /// Shuffles the addresses; nil for rising order.
  public var random: MachineRandom?

  /// Two attempts, the second after half a second, as fast as the link takes them.
  public init() {}

  /// How long the question of this number, from 0, waits. Held below a day.
  func timeout(ofAttempt attempt: Int) -> Duration {
    let longest = 86_400e9
    var nanoseconds = Double(max(timeout, .zero).wholeNanoseconds)
    for _ in 0..<max(0, attempt) where nanoseconds > 0 && nanoseconds < longest {
      nanoseconds *= max(backoff, 0)
    }
    return .nanoseconds(Int64(max(0, min(nanoseconds, longest))))
  }
}
