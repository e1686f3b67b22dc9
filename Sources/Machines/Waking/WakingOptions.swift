import MonotonicTime

/// How often to wake, and how long to wait for it.
public struct WakingOptions: Hashable, Sendable {
  /// How often the packet is sent each time: one that is lost wakes nobody, and nobody says so.
  public var repetitions = 3
  /// The time from one packet to the next for the same station.
  public var interval: Duration = .milliseconds(100)
  /// How fast packets and questions follow one another, over all stations.
  public var pace = FramePace.framesPerSecond(1000)
  /// How long to wait for the proof, and when to wake again; nil asks for no proof.
  public var patience: Patience?

  /// How long a proof is waited for, and what is done meanwhile.
  public struct Patience: Hashable, Sendable {
    /// When to give up, from the start.
    public var deadline: Duration = .seconds(120)
    /// The time from one question to the next.
    public var questionInterval: Duration = .seconds(1)
    /// The time from the first packets to the next; it doubles each time.
    public var firstPause: Duration = .seconds(5)
    /// The longest time between packets.
    public var longestPause: Duration = .seconds(60)

    /// Two minutes, a question a second, packets again after 5, 10, 20, 40 and 60 s.
    public init() {}
  }

  /// Three packets, 100 ms apart, and no proof.
  public init() {}
}
