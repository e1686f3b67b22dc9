import Drivers
import EventLoop
import Glibc
import LinkLayer
import Links
import Machines
import Sockets

/// By what each host is woken and asked: the frames, datagrams and connections of a run.
struct WakePlan {
  /// The hosts as the machine takes them.
  let sleepers: [Sleeper]
  /// Who speaks.
  let identity: LinkIdentity
  /// Whether answers are heard on the link.
  let hears: Bool
  private let packets: [MagicPacket]
  private let destinations: [InternetAddress]
  private let connections: [Int: InternetAddress]

  init(_ request: WakeRequest, at place: LinkPlace?) throws(CommandFailure) {
    let frames = try place.map { place throws(CommandFailure) in
      try WakeFrames(request, at: place)
    }
    let asker = try WakeAsker(request, at: place)
    sleepers = try request.targets.indices.map { index throws(CommandFailure) in
      let target = request.targets[index]
      return Sleeper(
        station: target.station,
        frames: request.sendsFrames ? try frames?.frames(for: index) ?? [] : [],
        proof: try asker.proof(of: target))
    }
    connections = try asker.connections()
    identity =
      try place?.identityOfHost()
      ?? LinkIdentity(hardwareAddress: HardwareAddress(MACAddress.zero))
    // A replay has its time from the loop that it is heard on.
    hears = request.proof.map { $0.port == nil } ?? (place?.isReplay ?? false)
    packets = request.packets
    destinations = request.sendsFrames ? [] : try Self.destinations(of: request)
  }

  private static func destinations(
    of request: WakeRequest
  ) throws(CommandFailure) -> [InternetAddress] {
    var destinations: [InternetAddress] = []
    for address in request.destinations {
      let scope = try scope(of: address, request.link.interface)
      destinations += request.ports.map { InternetAddress(address, port: $0, scope: scope) }
    }
    return destinations
  }

  /// Opens what the run needs beside the link.
  func ways(interface: String?) throws(CommandFailure) -> Waker.Ways {
    var ways = Waker.Ways()
    ways.packets = packets
    ways.connections = connections
    guard !destinations.isEmpty else { return ways }
    do throws(SystemError) {
      ways.sender = try MagicPacketSender(to: destinations, interface: interface)
    } catch {
      guard error.errno == ENODEV, let interface else { throw CommandFailure(error) }
      throw CommandFailure(LinkError.noSuchInterface(interface))
    }
    return ways
  }

  /// The interface on which an address of one link is meant.
  static func scope(of address: IPAddress, _ interface: String?) throws(CommandFailure) -> UInt32 {
    guard case .v6(let address) = address, address.isLinkLocal || address.isMulticast else {
      return 0
    }
    guard let interface else {
      throw CommandFailure(.usage, "\(address): on which link? name it with --interface")
    }
    let index = unsafe if_nametoindex(interface)
    guard index != 0 else { throw CommandFailure(LinkError.noSuchInterface(interface)) }
    return index
  }
}

/// How the hosts of a run are asked whether they are awake.
private struct WakeAsker {
  private let request: WakeRequest
  private let place: LinkPlace?
  /// The interface's addresses, one of which asks.
  private let own: [IPPrefix]

  init(_ request: WakeRequest, at place: LinkPlace?) throws(CommandFailure) {
    self.request = request
    self.place = place
    own = try place?.addresses ?? []
  }

  func proof(of target: WakeTarget) throws(CommandFailure) -> Sleeper.Proof {
    guard let proof = request.proof else { return .heard }
    guard proof.port == nil, let place else { return .elsewhere }
    guard let address = target.address else { return .heard }
    guard place.isReplay || own.contains(where: { $0.contains(address) }) else {
      throw CommandFailure(
        .unavailable,
        "\(address) is not on the link of \(place.properties.name), where ARP and Neighbor "
          + "Discovery end: ask \(target.name) by TCP, as --tcp 22")
    }
    switch address {
    case .v4(let address):
      return .arp(address: address, source: try place.source4(nil, for: address, among: own))
    case .v6(let address):
      return .neighborDiscovery(
        address: address, source: try place.source6(nil, for: address, among: own))
    }
  }

  /// Where each target is asked by TCP.
  func connections() throws(CommandFailure) -> [Int: InternetAddress] {
    guard let port = request.proof?.port else { return [:] }
    var connections: [Int: InternetAddress] = [:]
    for (index, target) in request.targets.enumerated() {
      guard let address = target.address else {
        throw CommandFailure(
          .usage,
          "\(target.name): at which address does it answer? give it, as "
            + "\(target.name)=ADDRESS")
      }
      let scope = try WakePlan.scope(of: address, request.link.interface)
      connections[index] = InternetAddress(address, port: port, scope: scope)
    }
    return connections
  }
}
