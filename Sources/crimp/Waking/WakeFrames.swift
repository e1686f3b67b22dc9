import LinkLayer
import Links
import Machines

/// The frames by which a run wakes its hosts, where it sends by a packet socket.
struct WakeFrames {
  private let request: WakeRequest
  private let place: LinkPlace
  private let packets: [MagicPacket]
  /// The interface's addresses, one of which sends.
  private let own: [IPPrefix]

  init(_ request: WakeRequest, at place: LinkPlace) throws(CommandFailure) {
    self.request = request
    self.place = place
    packets = request.packets
    own = try place.addresses
  }

  /// The frames that wake the target at `index`.
  func frames(for index: Int) throws(CommandFailure) -> [LinkFrame] {
    let packet = packets[index]
    guard !request.isRaw else {
      let station = HardwareAddress(packet.target)
      return [
        frame(request.isUnicast ? station : place.identity.broadcastAddress, .magicPacket(packet))
      ]
    }
    var frames: [LinkFrame] = []
    for destination in request.destinations {
      let station = try station(for: destination, packet.target)
      for port in request.ports {
        let datagram = UDPPacket(
          hosts: try hosts(to: destination), sourcePort: port, destinationPort: port,
          payload: packet.bytes)
        frames.append(frame(station, .other(datagram.etherType, datagram.bytes)))
      }
    }
    return frames
  }

  private func frame(_ destination: HardwareAddress, _ payload: LinkPayload) -> LinkFrame {
    LinkFrame(
      destination: destination, source: place.identity.hardwareAddress, payload: payload)
  }

  private func hosts(to destination: IPAddress) throws(CommandFailure) -> UDPPacket.Hosts {
    switch destination {
    case .v4(let address):
      let isForAll = address == .broadcast
      return .v4(
        source: try place.source4(nil, for: isForAll ? nil : address, among: own),
        destination: address)
    case .v6(let address):
      if address.isMulticast, let source = groupSource {
        return .v6(source: source, destination: address)
      }
      return .v6(source: try place.source6(nil, for: address, among: own), destination: address)
    }
  }

  /// The link-local address, or any of IPv6: that one may not have passed its duplicate detection yet.
  private var groupSource: IPv6Address? {
    let addresses = own.compactMap { prefix in
      if case .v6(let address) = prefix.address { address } else { nil }
    }
    return addresses.first(where: \.isLinkLocal) ?? addresses.first
  }

  /// The station that a frame for `destination` goes to: all, a group, the sleeper itself on its own
  /// link, or the gateway to it.
  private func station(
    for destination: IPAddress, _ sleeper: MACAddress
  ) throws(CommandFailure) -> HardwareAddress {
    if case .v6(let address) = destination, address.isMulticast {
      return place.identity.multicastAddress(for: address)
    }
    if destination == .v4(.broadcast) || own.contains(where: { $0.isBroadcast(destination) }) {
      return place.identity.broadcastAddress
    }
    if own.contains(where: { $0.contains(destination) }) {
      return HardwareAddress(sleeper)
    }
    let gateways = try place.gateways().map(\.address).filter { $0.isIPv6 == destination.isIPv6 }
    let known = try place.neighbors().first { gateways.contains($0.address) }
    guard let station = known?.hardwareAddress else {
      throw CommandFailure(
        .unavailable,
        "\(destination): its gateway is not known as a neighbour on \(place.properties.name); "
          + "leave out --record, --replay and --vlan, and the kernel asks for it")
    }
    return station
  }
}

extension IPPrefix {
  /// Whether `address` is the directed broadcast of this network: every bit behind the prefix one.
  fileprivate func isBroadcast(_ address: IPAddress) -> Bool {
    guard case .v4(let address) = address, case .v4(let network) = network, length < 31 else {
      return false
    }
    return address.rawValue == network.rawValue | UInt32.max >> UInt32(length)
  }
}
