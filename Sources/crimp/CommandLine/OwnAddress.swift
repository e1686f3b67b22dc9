import LinkLayer
import Links
import Machines

/// An address that this host has, and where.
struct OwnAddress: Hashable {
  let address: IPAddress
  let interface: String
  let hardwareAddress: HardwareAddress
}

extension LinkPlace {
  /// Those of `addresses` that this host has, on whichever interface; against a recording, those of the
  /// interface that it is of.
  func ownAddresses(among addresses: [IPAddress]) throws(CommandFailure) -> [OwnAddress] {
    guard let station else {
      let own = Set(try self.addresses.map(\.address))
      return addresses.filter(own.contains).map {
        OwnAddress(
          address: $0, interface: properties.name, hardwareAddress: identity.hardwareAddress)
      }
    }
    let entries = Dictionary(
      try station.hostAddresses.map { ($0.address, $0.interfaceIndex) },
      uniquingKeysWith: { first, _ in first })
    return try worded { () throws(NetlinkError) -> [OwnAddress] in
      var own: [OwnAddress] = []
      for address in addresses {
        guard let index = entries[address] else { continue }
        let home = try station.tables.interface(at: index)
        own.append(
          OwnAddress(
            address: address, interface: home.name, hardwareAddress: home.hardwareAddress))
      }
      return own
    }
  }
}
