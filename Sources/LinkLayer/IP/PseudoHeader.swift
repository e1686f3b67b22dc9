/// The pseudo-headers stand before a message and have an even length, so they may be added before its
/// bytes or after them, however many these are.
extension InternetChecksum {
  /// Adds the pseudo-header of IPv4 before UDP and TCP. RFC 768; RFC 9293, section 3.1.
  @inlinable public mutating func addPseudoHeader(
    source: IPv4Address, destination: IPv4Address, protocol: IPProtocol, length: Int
  ) {
    var header = InternetChecksum()
    header.add(source.rawValue)
    header.add(destination.rawValue)
    header.add(UInt16(`protocol`.rawValue))
    header.add(UInt32(truncatingIfNeeded: length))
    addBefore(header)
  }

  /// Adds the pseudo-header of IPv6 before ICMPv6, UDP and TCP. RFC 8200, section 8.1.
  @inlinable public mutating func addPseudoHeader(
    source: IPv6Address, destination: IPv6Address, protocol: IPProtocol, length: Int
  ) {
    var header = InternetChecksum()
    header.add(source.high)
    header.add(source.low)
    header.add(destination.high)
    header.add(destination.low)
    header.add(UInt32(truncatingIfNeeded: length))
    header.add(UInt16(`protocol`.rawValue))
    addBefore(header)
  }
}
