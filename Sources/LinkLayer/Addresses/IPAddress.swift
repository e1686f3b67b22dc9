/// An address of either version of IP.
public enum IPAddress: Hashable, Sendable {
  /// An address of IPv4.
  case v4(IPv4Address)
  /// An address of IPv6.
  case v6(IPv6Address)

  /// Whether this is an address of version 6.
  @inlinable public var isIPv6: Bool { bitCount == 128 }

  /// How many bits an address of this version has: 32 or 128.
  @inlinable public var bitCount: Int {
    switch self {
    case .v4: 32
    case .v6: 128
    }
  }

  /// The bytes in the order of the wire: 4 or 16.
  public var bytes: [UInt8] {
    switch self {
    case .v4(let address): address.bytes
    case .v6(let address): address.bytes
    }
  }

  /// The address that `bytes` hold, or nil when they are neither 4 nor 16.
  public init?(bytes: [UInt8]) {
    if let address = IPv4Address(bytes: bytes) {
      self = .v4(address)
    } else if let address = IPv6Address(bytes: bytes) {
      self = .v6(address)
    } else {
      return nil
    }
  }

  /// Whether this is `0.0.0.0` or `::`.
  @inlinable public var isUnspecified: Bool {
    switch self {
    case .v4(let address): address.isUnspecified
    case .v6(let address): address.isUnspecified
    }
  }

  /// Whether the address names a group.
  @inlinable public var isMulticast: Bool {
    switch self {
    case .v4(let address): address.isMulticast
    case .v6(let address): address.isMulticast
    }
  }

  /// Whether the address is good on one link only.
  @inlinable public var isLinkLocal: Bool {
    switch self {
    case .v4(let address): address.isLinkLocal
    case .v6(let address): address.isLinkLocal
    }
  }
}

extension IPAddress: Comparable {
  /// Orders IPv4 before IPv6, and addresses of one version as numbers.
  @inlinable public static func < (left: IPAddress, right: IPAddress) -> Bool {
    switch (left, right) {
    case (.v4(let left), .v4(let right)): left < right
    case (.v6(let left), .v6(let right)): left < right
    case (.v4, .v6): true
    case (.v6, .v4): false
    }
  }
}

extension IPAddress: LosslessStringConvertible {
  /// The address in the text form of its version.
  public var description: String {
    switch self {
    case .v4(let address): address.description
    case .v6(let address): address.description
    }
  }

  /// Reads an address of either version. Returns nil for anything else.
  public init?(_ description: String) {
    if let address = IPv4Address(description) {
      self = .v4(address)
    } else if let address = IPv6Address(description) {
      self = .v6(address)
    } else {
      return nil
    }
  }
}
