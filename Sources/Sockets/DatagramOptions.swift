/// How a `DatagramSocket` is to be.
public struct DatagramOptions: Hashable, Sendable {
  /// Whether what the network or this host says of undelivered datagrams is kept for
  /// `takeFailures` (`IP_RECVERR`).
  public var reportsFailures = true
  /// Whether each datagram is told the address and the interface that it came to (`IP_PKTINFO`).
  public var tellsLocalAddress = false
  /// Whether datagrams may go to broadcast addresses (`SO_BROADCAST`).
  public var allowsBroadcast = false
  /// Whether other sockets may share the port (`SO_REUSEADDR`).
  public var sharesPort = false
  /// The longest datagram that is received whole, in bytes.
  public var maximumByteCount = 2048
  /// How many bytes of waiting datagrams are wished for (`SO_RCVBUF`), the kernel's own bookkeeping
  /// included: some 800 bytes for a short one. Without `CAP_NET_ADMIN` the kernel gives at most
  /// `net.core.rmem_max`. Nil leaves the default.
  public var receiveBufferByteCount: Int?
  /// The name of the only interface that datagrams pass by (`SO_BINDTODEVICE`).
  public var interface: String?

  /// The defaults.
  public init() {}
}
