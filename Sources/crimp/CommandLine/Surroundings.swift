import FoundationEssentials
import LinkLayer
import Links
import Machines

/// What a command learns from the host that it runs on, beyond the link's own properties.
///
/// A recording bears it as a comment of the interface: a replay then says the same to the same
/// neighbours, on whatever host it runs.
struct Surroundings: Equatable {
  /// The default gateways by way of the interface, the preferred first.
  var gateways: [NeighborTarget] = []
  /// The neighbours that the kernel has an address for.
  var neighbors: [NeighborTarget] = []
  /// The networks in which the interface's neighbours are.
  var networks: [IPPrefix] = []
  /// The hardware addresses of all interfaces of the host.
  var ownAddresses: Set<HardwareAddress> = []
  /// Whether the interface forwards IPv6.
  var forwardsIPv6 = false

  init() {}

  /// Asks the kernel.
  init(_ station: Station) throws(CommandFailure) {
    gateways = try station.gateways()
    neighbors = try station.neighbors()
    networks = try station.networks()
    ownAddresses = try station.ownHardwareAddresses()
    forwardsIPv6 = try station.forwardsIPv6()
  }
}

extension Surroundings {
  private static let heading = "crimp surroundings: "

  /// An option of a pcapng block holds 65,535 bytes; what is longer goes on in the next.
  private static let longestPart = 60_000

  /// The comments that a recording bears.
  var comments: [String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(Record(self)) else { return [] }
    return stride(from: 0, to: data.count, by: Self.longestPart).map { start in
      let part = data.dropFirst(start).prefix(Self.longestPart)
      return Self.heading + String(decoding: part, as: UTF8.self)
    }
  }

  /// Reads what `comments` tell; nothing is known where none of them is ours.
  init(comments: [String]) {
    self.init()
    let text = comments.filter { $0.hasPrefix(Self.heading) }
      .map { $0.dropFirst(Self.heading.count) }.joined()
    guard let record = try? JSONDecoder().decode(Record.self, from: Data(text.utf8)) else { return }
    take(record)
  }

  private mutating func take(_ record: Record) {
    gateways = record.gateways.compactMap(\.target)
    neighbors = record.neighbors.compactMap(\.target)
    // Recordings of earlier versions do not tell.
    networks = record.networks?.compactMap { IPPrefix($0) } ?? []
    ownAddresses = Set(record.own_macs.compactMap { HardwareAddress($0) })
    forwardsIPv6 = record.forwards_ipv6
  }
}

/// The comment's JSON.
private struct Record: Codable {
  struct Neighbor: Codable {
    var address: String
    var mac: String?

    init(_ target: NeighborTarget) {
      address = target.address.description
      mac = target.hardwareAddress?.description
    }

    var target: NeighborTarget? {
      IPAddress(address).map {
        NeighborTarget(address: $0, hardwareAddress: mac.flatMap { HardwareAddress($0) })
      }
    }
  }

  var gateways: [Neighbor]
  var neighbors: [Neighbor]
  var networks: [String]?
  var own_macs: [String]
  var forwards_ipv6: Bool

  init(_ surroundings: Surroundings) {
    gateways = surroundings.gateways.map(Neighbor.init)
    neighbors = surroundings.neighbors.map(Neighbor.init)
    networks = surroundings.networks.map(\.description)
    own_macs = surroundings.ownAddresses.map(\.description).sorted()
    forwards_ipv6 = surroundings.forwardsIPv6
  }
}
