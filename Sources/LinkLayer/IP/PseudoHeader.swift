extension InternetChecksum {
  /// Adds the pseudo-header of IPv4 before UDP and TCP. RFC 768; RFC 9293, section 3.1.
  @inlinable public mutating func addPseudoHeader(
    source: IPv4Address, destination: IPv4Address, protocol: IPProtocol, length: Int
  ) {
    add(source.rawValue)
    add(destination.rawValue)
    add(UInt16(`protocol`.rawValue))
    add(UInt32(truncatingIfNeeded: length))
  }

  /// Adds the pseudo-header of IPv6 before ICMPv6, UDP and TCP. RFC 8200, section 8.1.
  @inlinable public mutating func addPseudoHeader(
    source: IPv6Address, destination: IPv6Address, protocol: IPProtocol, length: Int
  ) {
    add(source.high)
    add(source.low)
    add(destination.high)
    add(destination.low)
    add(UInt32(truncatingIfNeeded: length))
    add(UInt16(`protocol`.rawValue))
  }
}
