/// What the kernel tells of a received datagram beside its payload.
public struct DatagramInformation: Hashable, Sendable {
  /// Who sent it.
  public var source: InternetAddress
  /// The address of this host that it was sent to, perhaps a broadcast address; nil unless
  /// `DatagramOptions.tellsLocalAddress`. Its port is 0.
  public var destination: InternetAddress?
  /// The index of the interface by which it came; 0 unless `DatagramOptions.tellsLocalAddress`.
  public var interfaceIndex: Int32
  /// How many bytes it had, which is more than were lent when it was longer than the socket's room.
  public var originalByteCount: Int
}

/// Why a datagram did not reach its destination, as an ICMP message or this host said.
public struct DeliveryFailure: Hashable, Sendable {
  /// Where the datagram was sent.
  public var destination: InternetAddress
  /// The matter in `errno(3)`'s numbers: `ECONNREFUSED` for a closed port, `EHOSTUNREACH` for a host
  /// that nobody answers for.
  public var errno: Int32
  /// Who said so; nil when this host found out without an ICMP message.
  public var reporter: InternetAddress?
  /// Whether nothing was sent at all: this host has no route, or its policy forbids it.
  public var isLocal: Bool
  /// The type of the ICMP message, which has another meaning in each version of IP; 0 when `isLocal`.
  public var type: UInt8 = 0
  /// The ICMP message's code.
  public var code: UInt8 = 0
}
