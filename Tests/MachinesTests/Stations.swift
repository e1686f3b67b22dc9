import LinkLayer
import Machines

/// The stations of the tests, and the frames that they would send.
enum Stations {
  static let own = mac(0x01)
  static let second = mac(0x02)
  static let other = mac(0x0a)
  static let third = mac(0x0b)
  static let gateway = mac(0xfe)
  static let broadcast = HardwareAddress(MACAddress.broadcast)
  static let zero = HardwareAddress(MACAddress.zero)

  /// This host: `own` on the link, `second` on another interface.
  static let identity = LinkIdentity(hardwareAddress: own, ownAddresses: [own, second])

  static let service = IPv4Address(192, 0, 2, 10)
  static let gateway4 = IPv4Address(192, 0, 2, 1)
  static let service6 = IPv6Address(high: 0x2001_0db8_0000_0000, low: 0x10)
  static let gateway6 = IPv6Address(high: 0x2001_0db8_0000_0000, low: 0x1)
  static let linkLocal = IPv6Address(high: 0xfe80_0000_0000_0000, low: 0x1)

  static func mac(_ last: UInt8) -> HardwareAddress {
    HardwareAddress(MACAddress(2, 0, 0, 0, 0, last))
  }

  static func arp(
    _ operation: ARPOperation, from sender: (HardwareAddress, IPv4Address),
    to target: (HardwareAddress, IPv4Address), destination: HardwareAddress = broadcast,
    source: HardwareAddress? = nil
  ) -> LinkFrame {
    LinkFrame(
      destination: destination, source: source ?? sender.0,
      payload: .arp(
        ARPPacket(
          operation: operation, senderHardwareAddress: sender.0, senderProtocolAddress: sender.1,
          targetHardwareAddress: target.0, targetProtocolAddress: target.1)))
  }

  /// The reply by which `owner` says that `address` is its own.
  static func arpReply(
    _ address: IPv4Address, by owner: HardwareAddress, to target: IPv4Address,
    at station: HardwareAddress = own
  ) -> LinkFrame {
    arp(.reply, from: (owner, address), to: (station, target), destination: station)
  }

  static func arpProbe(for address: IPv4Address, by station: HardwareAddress) -> LinkFrame {
    arp(.request, from: (station, .unspecified), to: (zero, address))
  }

  static func announcement(of address: IPv4Address, by station: HardwareAddress) -> LinkFrame {
    arp(.request, from: (station, address), to: (zero, address))
  }

  static func advertisement(
    of address: IPv6Address, by owner: HardwareAddress, to destination: IPv6Address = .allNodes,
    at station: HardwareAddress? = nil, isSolicited: Bool = false, hopLimit: UInt8 = 255,
    hasOption: Bool = true
  ) -> LinkFrame {
    let message = NeighborAdvertisement(
      isRouter: false, isSolicited: isSolicited, overrides: true, targetAddress: address,
      options: hasOption ? [.targetLinkLayerAddress(owner)] : [])
    return ndp(
      from: (owner, address), to: (station, destination), .neighborAdvertisement(message),
      hopLimit: hopLimit)
  }

  static func solicitation(
    for address: IPv6Address, from source: IPv6Address, by station: HardwareAddress,
    options: [NDPOption] = []
  ) -> LinkFrame {
    let message = NeighborSolicitation(targetAddress: address, options: options)
    return ndp(
      from: (station, source), to: (nil, address.solicitedNodeMulticast),
      .neighborSolicitation(message))
  }

  /// The reply to the echo request in `request`, with what a forger might change.
  static func echoReply(
    to request: LinkFrame, by station: HardwareAddress = gateway,
    at receiver: HardwareAddress? = nil,
    hopLimit: UInt8 = 64, _ change: (inout Echo) -> Void = { _ in }
  ) -> LinkFrame? {
    var payload = request.payload
    switch request.payload {
    case .icmp(let packet):
      guard case .echoRequest(let identifier, let number, let data) = packet.message else {
        return nil
      }
      var echo = Echo(
        source: .v4(packet.destination), destination: .v4(packet.source), identifier: identifier,
        number: number, payload: data)
      change(&echo)
      guard case (.v4(let source), .v4(let destination)) = (echo.source, echo.destination) else {
        return nil
      }
      let message = ICMPMessage.echoReply(
        identifier: echo.identifier, sequenceNumber: echo.number, payload: echo.payload)
      payload = .icmp(
        ICMPPacket(
          source: source, destination: destination, timeToLive: hopLimit, message: message))
    case .icmpv6(let packet):
      guard case .echoRequest(let identifier, let number, let data) = packet.message else {
        return nil
      }
      var echo = Echo(
        source: .v6(packet.destination), destination: .v6(packet.source), identifier: identifier,
        number: number, payload: data)
      change(&echo)
      guard case (.v6(let source), .v6(let destination)) = (echo.source, echo.destination) else {
        return nil
      }
      let message = ICMPv6Message.echoReply(
        identifier: echo.identifier, sequenceNumber: echo.number, payload: echo.payload)
      payload = .icmpv6(
        ICMPv6Packet(
          source: source, destination: destination, hopLimit: hopLimit, message: message))
    default:
      return nil
    }
    return LinkFrame(
      destination: receiver ?? request.source, source: station, payload: payload)
  }

  /// What a reply says.
  struct Echo {
    var source: IPAddress
    var destination: IPAddress
    var identifier: UInt16
    var number: UInt16
    var payload: [UInt8]
  }

  static func ndp(
    from source: (HardwareAddress, IPv6Address), to destination: (HardwareAddress?, IPv6Address),
    _ message: NDPMessage, hopLimit: UInt8 = 255
  ) -> LinkFrame {
    let group = HardwareAddress(MACAddress.multicast(for: destination.1))
    return LinkFrame(
      destination: destination.0 ?? group, source: source.0,
      payload: .ndp(
        NDPPacket(
          source: source.1, destination: destination.1, hopLimit: hopLimit, message: message)))
  }
}

extension Array {
  /// The frames among actions.
  func frames<Report, Outcome>() -> [LinkFrame] where Element == Action<Report, Outcome> {
    compactMap { action in
      guard case .send(let frame) = action else { return nil }
      return frame
    }
  }

  /// The reports among actions.
  func reports<Report, Outcome>() -> [Report] where Element == Action<Report, Outcome> {
    compactMap { action in
      guard case .report(let report) = action else { return nil }
      return report
    }
  }

  /// The outcome among actions.
  func outcome<Report, Outcome>() -> Outcome? where Element == Action<Report, Outcome> {
    for case .finish(let outcome) in self { return outcome }
    return nil
  }
}
