public import Machines
public import Sockets

/// One target of a relay: a server, with all the addresses that it has.
public final class Upstream {
  /// What people call it: its name and port.
  public let name: String
  /// Where it is reached, tried in this order.
  public let addresses: [SocketAddress]
  /// Whether it is up, as checks and connections found it.
  public internal(set) var health: UpstreamHealth
  /// Whether new connections may go there.
  public var isEnabled = true
  /// How many connections it has now, those being made included.
  public internal(set) var activeCount = 0
  /// How many connections went there.
  public internal(set) var connectionCount: UInt64 = 0
  /// How many attempts at one failed.
  public internal(set) var failureCount: UInt64 = 0
  /// How many bytes connections that have ended moved, both ways; whoever keeps accounts beyond this
  /// process begins with what they say.
  public var byteCount: UInt64 = 0

  /// A target at these addresses, of which there is at least one.
  public init(
    _ name: String, _ addresses: [SocketAddress], health: UpstreamHealth = UpstreamHealth()
  ) {
    precondition(!addresses.isEmpty, "A target needs an address.")
    self.name = name
    self.addresses = addresses
    self.health = health
  }

  /// A target at one address, called by it.
  public convenience init(_ address: SocketAddress) {
    self.init(address.description, [address])
  }
}
