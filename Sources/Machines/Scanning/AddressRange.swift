public import LinkLayer

/// Addresses of one version that follow one another: both ends belong to it.
public struct AddressRange: Hashable, Sendable {
  /// The lowest address.
  public let first: IPAddress
  /// The highest address.
  public let last: IPAddress

  /// The addresses from `first` to `last`; nil when `last` comes before it, or is of the other version.
  public init?(from first: IPAddress, through last: IPAddress) {
    guard first.isIPv6 == last.isIPv6, first.position <= last.position else { return nil }
    (self.first, self.last) = (first, last)
  }

  /// One address.
  public init(_ address: IPAddress) {
    (first, last) = (address, address)
  }

  /// Every address of the network of `prefix`, its own and the broadcast address included.
  public init(_ prefix: IPPrefix) {
    let bits = UInt128(prefix.address.bitCount - prefix.length)
    first = prefix.network
    // A shift by 128 gives zero, and zero minus one all ones: the whole of IPv6.
    last = IPAddress(position: first.position | ((UInt128(1) << bits) &- 1))
  }
}

extension IPAddress {
  /// The address as a number: IPv6's own 128 bits, and IPv4 where RFC 4291, section 2.5.5.2, maps it to
  /// (`::ffff:0:0/96`, which no station of a link has). So addresses of both versions have one order.
  var position: UInt128 {
    switch self {
    case .v4(let address): Self.mapped | UInt128(address.rawValue)
    case .v6(let address): UInt128(address.high) << 64 | UInt128(address.low)
    }
  }

  /// The address of a number, as `position` tells it.
  init(position: UInt128) {
    guard position >> 32 != Self.mapped >> 32 else {
      self = .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: position)))
      return
    }
    self = .v6(
      IPv6Address(
        high: UInt64(truncatingIfNeeded: position >> 64), low: UInt64(truncatingIfNeeded: position))
    )
  }

  private static var mapped: UInt128 { 0xffff_0000_0000 }
}
