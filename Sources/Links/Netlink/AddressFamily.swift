import LinkLayer

/// An address family (`AF_*`), as rtnetlink's messages name it.
public struct AddressFamily: RawRepresentable, Hashable, Sendable {
  /// The number of the family.
  public var rawValue: UInt8

  /// The family with this number, known or not.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// `AF_UNSPEC`: every family.
  public static let unspecified = AddressFamily(rawValue: 0)
  /// `AF_INET`.
  public static let ipv4 = AddressFamily(rawValue: 2)
  /// `AF_BRIDGE`: the ports of a bridge and its forwarding table.
  public static let bridge = AddressFamily(rawValue: 7)
  /// `AF_INET6`.
  public static let ipv6 = AddressFamily(rawValue: 10)
}

extension IPAddress {
  /// The family of the address.
  var family: AddressFamily {
    switch self {
    case .v4: .ipv4
    case .v6: .ipv6
    }
  }
}
