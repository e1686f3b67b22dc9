import LinkLayer

/// The hosts of a sweep: lists as everywhere, and networks of IPv4 such as `192.0.2.0/24`, of which
/// every address is meant but the network's own and the broadcast. Commas stand between them.
enum HostSweep {
  /// The hosts that `text` names, in its order.
  static func hosts(in text: String) throws(HostRangeError) -> [NamedHost] {
    guard text.contains("/") else { return try HostRange.hosts(in: text) }
    var hosts: [NamedHost] = []
    for part in try HostRange.words(of: text) {
      hosts +=
        part.contains("/") ? try network(String(part)) : try HostRange.hosts(in: String(part))
      guard hosts.count <= HostRange.limit else { throw .tooMany(limit: HostRange.limit) }
    }
    return hosts
  }

  private static func network(_ text: String) throws(HostRangeError) -> [NamedHost] {
    guard let prefix = IPPrefix(text), case .v4(let network) = prefix.network else {
      throw .notAHost(text)
    }
    let count = 1 << (32 - prefix.length)
    guard count <= HostRange.limit else { throw .tooMany(limit: HostRange.limit) }
    let addresses = prefix.length < 31 ? 1..<(count - 1) : 0..<count
    return addresses.map { offset in
      let address = IPv4Address(rawValue: network.rawValue &+ UInt32(offset))
      return NamedHost(name: address.description)
    }
  }
}
