import MonotonicTime

/// How often to ask, and when to stop.
public struct PingOptions: Hashable, Sendable {
  /// How many requests to send; nil for no end.
  public var count: Int?
  /// The time from one request to the next; held at 1 µs or more.
  public var interval: Duration = .seconds(1)
  /// How long an answer is waited for before the request counts as lost. It is still taken when it
  /// comes later.
  public var timeout: Duration = .seconds(1)
  /// When to stop, from the start, whatever is outstanding; nil for never.
  public var timeLimit: Duration?
  /// After how many answered requests to stop; nil for never.
  public var replyLimit: Int?
  /// How long to listen for a second owner after the last request was answered.
  public var linger: Duration = .zero
  /// Whether every request goes to all, even after the owner is known.
  public var staysBroadcast = false
  /// Whether an ARP request that the target addresses to this host counts as an answer, as in
  /// iputils' arping.
  public var acceptsRequests = false
  /// Whether an answer counts that is addressed to somebody else, as for a promiscuous listener.
  public var acceptsAnyDestination = false
  /// Whether an echo reply counts that comes from another station than the one asked.
  public var acceptsAnySender = false

  /// Creates the default options.
  public init() {}
}
