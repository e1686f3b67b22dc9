public import LinkLayer

/// Addresses and networks, to say who may connect.
public struct AddressList: Hashable, Sendable {
  private var prefixes: [IPPrefix]

  /// A list of networks; an address alone is a network of one.
  public init(_ prefixes: [IPPrefix]) {
    self.prefixes = prefixes
  }

  /// Reads addresses and networks: `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`.
  ///
  /// - Throws: the first word that is neither.
  public init(parsing words: [String]) throws(AddressListError) {
    prefixes = []
    for word in words {
      if let address = IPAddress(word) {
        prefixes.append(IPPrefix(host: address))
      } else if let prefix = IPPrefix(word) {
        prefixes.append(prefix)
      } else {
        throw AddressListError(word: word)
      }
    }
  }

  /// Whether the address is in the list. An IPv4 address that a socket of IPv6 tells (`::ffff:192.0.2.1`)
  /// is looked for as what it is.
  public func contains(_ address: IPAddress) -> Bool {
    let address = address.unmapped
    return prefixes.contains { $0.contains(address) }
  }
}

/// A word that is no address and no network.
public struct AddressListError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The word.
  public let word: String

  /// What was expected in its place.
  public var description: String {
    "\(word): expected an address such as 192.0.2.1, or a network such as 192.0.2.0/24"
  }
}

extension IPAddress {
  /// The IPv4 address that an IPv6 address of RFC 4291, section 2.5.5.2, holds; itself otherwise.
  var unmapped: IPAddress {
    guard case .v6(let address) = self, address.high == 0, address.low >> 32 == 0xffff else {
      return self
    }
    return .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: address.low)))
  }
}
