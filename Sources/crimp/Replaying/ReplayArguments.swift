import ArgumentParser
import LinkLayer

/// `OLD=NEW`: two stations.
struct StationChange: ExpressibleByArgument, Hashable, Sendable {
  let old: MACAddress
  let new: MACAddress

  init?(argument: String) {
    let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, let old = MACAddress(String(parts[0])),
      let new = MACAddress(String(parts[1]))
    else { return nil }
    (self.old, self.new) = (old, new)
  }
}

/// `OLD=NEW`: two addresses, or two networks of one size.
struct NetworkChange: ExpressibleByArgument, Hashable, Sendable {
  let translation: AddressTranslation

  init?(argument: String) {
    let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, let old = IPPrefix(hostOrNetwork: String(parts[0])),
      let new = IPPrefix(hostOrNetwork: String(parts[1])),
      let translation = AddressTranslation(from: old, to: new)
    else { return nil }
    self.translation = translation
  }
}

/// A host of the clients' side: an address, a network or a station.
enum ClientName: ExpressibleByArgument, Hashable, Sendable {
  case network(IPPrefix)
  case station(MACAddress)

  init?(argument: String) {
    if let network = IPPrefix(hostOrNetwork: argument) {
      self = .network(network)
    } else if let station = MACAddress(argument) {
      self = .station(station)
    } else {
      return nil
    }
  }
}

/// The station of `--source-mac` and `--destination-mac`.
struct StationName: ExpressibleByArgument, Hashable, Sendable {
  let address: MACAddress

  init?(argument: String) {
    guard let address = MACAddress(argument) else { return nil }
    self.address = address
  }
}

extension ReplayRequest.CutPolicy: ExpressibleByArgument {}

extension IPPrefix {
  /// Reads `192.0.2.0/24`, or an address, which is a network of one.
  fileprivate init?(hostOrNetwork text: String) {
    if let prefix = IPPrefix(text) {
      self = prefix
    } else if let address = IPAddress(text) {
      self.init(host: address)
    } else {
      return nil
    }
  }
}
