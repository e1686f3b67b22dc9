public import LinkLayer

/// What happened while stations were woken. A station is named by its place in the list that the
/// machine was given.
public enum WakingReport: Hashable, Sendable {
  /// A magic packet leaves for the station: its frames have, and whoever sends elsewhere does so
  /// now. `attempt` counts from 1 and grows when the station is woken again.
  case packet(station: Int, attempt: Int)
  /// The station is to be asked now, by whoever runs the machine (`Sleeper.Proof.elsewhere`), who
  /// tells `Waking.hear(from:at:)` of an answer.
  case asked(station: Int)
  /// The station is awake.
  case awake(Awakening)
  /// Another station, `owner`, answers for the address that this one is to prove itself by. Told
  /// once.
  case impostor(station: Int, owner: HardwareAddress)
}

/// A station that proved to be awake.
public struct Awakening: Hashable, Sendable {
  /// Which station.
  public var station: Int
  /// The time from the first packet for it to its first sign of life.
  public var elapsed: Duration
  /// How often it had been woken.
  public var attempts: Int

  /// Creates the proof of `station`.
  public init(station: Int, elapsed: Duration, attempts: Int) {
    self.station = station
    self.elapsed = elapsed
    self.attempts = attempts
  }
}

/// How it ended.
public struct WakingOutcome: Hashable, Sendable {
  /// The stations that proved to be awake, in the order in which they did.
  public var awake: [Awakening]
  /// The stations that proved nothing, each with the number of times it had been woken; whoever has
  /// another way to their power takes it from here. All of them, when no proof was asked for.
  public var unproven: [Unproven]
  /// Whether it was stopped before its time.
  public var wasStopped: Bool

  /// A station that may sleep still.
  public struct Unproven: Hashable, Sendable {
    /// Which station.
    public var station: Int
    /// How often it was woken.
    public var attempts: Int

    /// Creates the account of `station`.
    public init(station: Int, attempts: Int) {
      self.station = station
      self.attempts = attempts
    }
  }

  /// Creates an outcome.
  public init(awake: [Awakening], unproven: [Unproven], wasStopped: Bool = false) {
    self.awake = awake
    self.unproven = unproven
    self.wasStopped = wasStopped
  }
}
