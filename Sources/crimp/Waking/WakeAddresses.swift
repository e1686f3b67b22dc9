import EventLoop
import LinkLayer
import Machines
import Sockets

/// Where the hosts answer when they are awake.
enum WakeAddresses {
  /// Gives each target of `request` the address that the command line, its file, or the resolver has
  /// for it. What the resolver does not know stays unknown: the neighbour table may.
  static func fill(_ request: inout WakeRequest) throws(CommandFailure) {
    if let address = request.proof?.address {
      guard request.targets.count == 1 else {
        throw CommandFailure(
          .usage,
          "--wait=\(address): one address for \(request.targets.count) hosts: "
            + "give each its own, as NAME=ADDRESS")
      }
      request.targets[0].address = address
    }
    // A recording stands for a host that is not here: its resolver cannot be asked.
    guard request.link.replayPath == nil else { return }
    let unknown = request.targets.indices.filter { index in
      request.targets[index].address == nil && MACAddress(request.targets[index].name) == nil
    }
    guard !unknown.isEmpty else { return }
    let names = unknown.map { request.targets[$0].name }
    for (index, address) in zip(unknown, try resolve(names)) {
      request.targets[index].address = address
    }
  }

  /// Gives each target that has none yet the address by which the kernel knows its station.
  static func fill(
    _ request: inout WakeRequest, fromNeighborsOf place: LinkPlace
  ) throws(CommandFailure) {
    guard request.targets.contains(where: { $0.address == nil }) else { return }
    var addresses: [MACAddress: IPAddress] = [:]
    for neighbor in try place.neighbors() {
      guard let station = neighbor.hardwareAddress?.macAddress else { continue }
      // IPv4 first: a link-local address of IPv6 is as good, and seldom what a person looks for.
      if addresses[station]?.isIPv6 ?? true { addresses[station] = neighbor.address }
    }
    for index in request.targets.indices where request.targets[index].address == nil {
      request.targets[index].address = addresses[request.targets[index].station]
    }
  }

  /// The addresses of `names`, all asked for at once; nil for a name that has none.
  private static func resolve(_ names: [String]) throws(CommandFailure) -> [IPAddress?] {
    let loop = try worded { () throws(SystemError) in try EventLoop() }
    return loop.run {
      var addresses: [IPAddress?] = []
      for name in names {
        addresses.append((try? await loop.resolve(name, port: 0))?.first?.address)
      }
      return addresses
    }
  }
}
