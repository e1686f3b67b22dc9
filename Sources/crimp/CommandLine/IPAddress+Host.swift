import LinkLayer

extension IPAddress {
  /// Whether this can be the address of one host on a link: it is not unspecified, a group, a
  /// broadcast, or the loopback.
  var namesOneHost: Bool {
    guard !isUnspecified, !isMulticast else { return false }
    switch self {
    case .v4(let address): return address != .broadcast && address.rawValue >> 24 != 127
    case .v6(let address): return address.high != 0 || address.low != 1
    }
  }
}
