/// How a `StreamListener` is to be.
public struct ListenerOptions: Hashable, Sendable {
  /// How many connections may wait to be accepted; the kernel takes at most `net.core.somaxconn`.
  public var backlog: Int32 = 4096
  /// Whether other sockets may listen at the same address, so that the kernel spreads connections over
  /// all of them (`SO_REUSEPORT`).
  public var sharesPort = false
  /// Whether `::` leaves IPv4 to others (`IPV6_V6ONLY`).
  public var isV6Only = true
  /// Who may connect to a UNIX socket: the permission bits of its path; nil for what `umask` leaves.
  public var permissions: UInt32?
  /// How accepted connections are to be: the kernel gives them what their listener has.
  public var streams = StreamOptions()

  /// The defaults.
  public init() {}
}
