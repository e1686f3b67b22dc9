internal import CaptureFile
internal import LinkLayer

/// An interface's addresses as pcapng has them: with a netmask for IPv4 (if_IPv4addr), with the
/// prefix length for IPv6 (if_IPv6addr).
extension CaptureInterface {
  mutating func add(_ addresses: [IPPrefix]) {
    for prefix in addresses {
      switch prefix.address {
      case .v4(let address):
        // Shifts of the whole width give zero in Swift, so length 0 needs no case of its own.
        let mask = IPv4Address(rawValue: UInt32.max << (32 - prefix.length))
        ipv4Addresses.append(address.bytes + mask.bytes)
      case .v6(let address):
        ipv6Addresses.append(address.bytes + [UInt8(truncatingIfNeeded: prefix.length)])
      }
    }
  }

  /// The addresses, those of IPv4 first; one whose length makes no sense is left out.
  var addresses: [IPPrefix] {
    let addresses4 = ipv4Addresses.compactMap { entry -> IPPrefix? in
      guard let address = IPv4Address(bytes: Array(entry.prefix(4))),
        let mask = IPv4Address(bytes: Array(entry.dropFirst(4)))
      else { return nil }
      return IPPrefix(address: .v4(address), length: mask.rawValue.nonzeroBitCount)
    }
    let addresses6 = ipv6Addresses.compactMap { entry -> IPPrefix? in
      guard let address = IPv6Address(bytes: Array(entry.prefix(16))), entry.count == 17 else {
        return nil
      }
      return IPPrefix(address: .v6(address), length: Int(entry[16]))
    }
    return addresses4 + addresses6
  }
}
