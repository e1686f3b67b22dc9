/// DNS servers, as a router tells them. RFC 8106, section 5.1.
///
///      0       1       2               4               8
///     +-------+-------+---------------+-------------------------------+
///     | 25    | 1+2n  |   reserved    | 4 lifetime, s                 |
///     +-------+-------+---------------+-------------------------------+
///     | 8 addresses, 16 bytes each                                    |
///     +---------------------------------------------------------------+
public struct RecursiveDNSServers: Hashable, Sendable {
  /// How long the servers may be used, in seconds; all ones for ever.
  public var lifetime: UInt32
  /// The servers; no more than 127 can be written.
  public var addresses: [IPv6Address]

  /// Servers for a lifetime in seconds.
  public init(lifetime: UInt32, addresses: [IPv6Address]) {
    self.lifetime = lifetime
    self.addresses = addresses
  }

  /// Reads the bytes behind an option's length; nil when they do not end with an address.
  init?(body: RawSpan) {
    guard body.byteCount >= 6, (body.byteCount - 6) % 16 == 0 else { return nil }
    lifetime = body.u32(2)
    addresses = stride(from: 6, to: body.byteCount, by: 16).map { body.ipv6Address($0) }
  }

  var bodyByteCount: Int { 6 + 16 * min(addresses.count, 127) }

  @_lifetime(output: copy output)
  func writeBody(into output: inout OutputRawSpan) {
    output.append(0 as UInt16)
    output.append(lifetime)
    for address in addresses.prefix(127) { address.write(into: &output) }
  }
}
