/// An address and how many of its leading bits name the network: `192.0.2.0/24`, or an
/// interface's own `192.0.2.5/24`. RFC 4632, section 3.1; RFC 4291, section 2.3.
public struct IPPrefix: Hashable, Sendable {
  /// The address, with the bits behind the prefix as they were given.
  public let address: IPAddress
  /// How many leading bits name the network: at most 32, or 128.
  public let length: Int

  /// The prefix of `length` bits of `address`, or nil when the address has not so many.
  @inlinable public init?(address: IPAddress, length: Int) {
    guard length >= 0, length <= address.bitCount else { return nil }
    self.address = address
    self.length = length
  }

  /// The prefix that holds `address` alone.
  @inlinable public init(host address: IPAddress) {
    self.address = address
    length = address.bitCount
  }

  /// The network's own address: every bit behind the prefix zero.
  @inlinable public var network: IPAddress {
    switch address {
    case .v4(let address):
      // Shifts of the whole width give zero in Swift, so length 0 needs no case of its own.
      .v4(IPv4Address(rawValue: address.rawValue & UInt32.max << (32 - length)))
    case .v6(let address):
      .v6(
        IPv6Address(
          high: address.high & UInt64.max << max(0, 64 - length),
          low: address.low & UInt64.max << min(64, 128 - length)))
    }
  }

  /// Whether `address` lies in this network; never across versions.
  @inlinable public func contains(_ address: IPAddress) -> Bool {
    IPPrefix(address: address, length: length)?.network == network
  }
}

extension IPPrefix: LosslessStringConvertible {
  /// The address, a slash, and the length.
  public var description: String { "\(address)/\(length)" }

  /// Reads an address and, behind a slash, its prefix length in decimal. Returns nil for
  /// anything else.
  public init?(_ description: String) {
    let parts = description.utf8.split(
      separator: AddressText.slash, omittingEmptySubsequences: false)
    guard parts.count == 2, let text = String(parts[0]), let address = IPAddress(text),
      let length = AddressText.decimalNumber(parts[1], upTo: 128)
    else { return nil }
    self.init(address: address, length: length)
  }
}
