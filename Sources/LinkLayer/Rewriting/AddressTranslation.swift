/// Addresses of one network as those of another of the same size: the bits behind the prefix stay.
public struct AddressTranslation: Hashable, Sendable {
  /// The network whose addresses are replaced.
  public let old: IPPrefix
  /// The network that they are of afterwards.
  public let new: IPPrefix

  /// Returns nil unless both networks are of one version and one prefix length.
  public init?(from old: IPPrefix, to new: IPPrefix) {
    guard old.address.isIPv6 == new.address.isIPv6, old.length == new.length else { return nil }
    (self.old, self.new) = (old, new)
  }

  /// What `address` becomes; nil when it is of another network.
  public func translated(_ address: IPv4Address) -> IPv4Address? {
    guard old.contains(.v4(address)), case .v4(let network) = new.network else { return nil }
    // A shift of the whole width gives zero.
    let mask = UInt32.max << UInt32(32 - new.length)
    return IPv4Address(rawValue: network.rawValue | address.rawValue & ~mask)
  }

  /// What `address` becomes; nil when it is of another network.
  public func translated(_ address: IPv6Address) -> IPv6Address? {
    guard old.contains(.v6(address)), case .v6(let network) = new.network else { return nil }
    let high = UInt64.max << UInt64(max(0, 64 - new.length))
    let low = UInt64.max << UInt64(min(64, 128 - new.length))
    return IPv6Address(
      high: network.high | address.high & ~high, low: network.low | address.low & ~low)
  }
}
