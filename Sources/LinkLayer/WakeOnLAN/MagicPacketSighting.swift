/// A magic packet as it was found in a frame: whom it wakes, who sent it, and what carried it.
public struct MagicPacketSighting: Hashable, Sendable {
  /// What carries a magic packet.
  public enum Carrier: Hashable, Sendable {
    /// A frame of this EtherType, 0842h by custom.
    case frame(EtherType)
    /// A datagram; of the value, ports, hosts and hop limit are the datagram's, and the payload is
    /// empty. Its checksum was not looked at, as a sleeping interface does not.
    case udp(UDPPacket)
  }

  /// The packet. A password is what follows the pattern to the end of the carrier, when that is as
  /// long as one.
  public var packet: MagicPacket
  /// The station that sent the frame; of no bytes where a link's frames do not tell it.
  public var source: HardwareAddress
  /// The station, or group, that the frame is for.
  public var destination: HardwareAddress
  /// The frame's outer VLAN tag.
  public var tag: VLANTag?
  /// What carried the packet.
  public var carrier: Carrier

  /// Looks for a magic packet in a frame, wherever it begins; nil when there is none, or the frame
  /// cannot be read.
  public init?(in bytes: RawSpan, framing: LinkFraming) {
    switch framing {
    case .ethernet:
      guard let view = try? EthernetFrameView(bytes) else { return nil }
      self.init(view.payload, view.etherType)
      source = HardwareAddress(view.source)
      destination = HardwareAddress(view.destination)
      tag = view.outerTag
    case .ipoib:
      guard let view = try? IPoIBFrameView(bytes) else { return nil }
      self.init(view.payload, view.etherType)
      destination = view.destination
    }
  }

  private init?(_ payload: RawSpan, _ etherType: EtherType) {
    (source, destination) = (HardwareAddress(), HardwareAddress())
    if let found = Self.datagram(payload, etherType) {
      (packet, carrier) = found
    } else if let view = MagicPacketView(in: payload) {
      packet = MagicPacket(view)
      carrier = .frame(etherType)
    } else {
      return nil
    }
  }

  private static func datagram(
    _ payload: RawSpan, _ etherType: EtherType
  ) -> (MagicPacket, Carrier)? {
    switch etherType {
    case .ipv4:
      guard let packet = try? IPv4View(payload), packet.protocolNumber == .udp,
        !packet.isFragment
      else { return nil }
      return datagram(
        packet.payload, .v4(source: packet.source, destination: packet.destination),
        packet.timeToLive)
    case .ipv6:
      guard let packet = try? IPv6View(payload), packet.nextHeader == .udp else { return nil }
      return datagram(
        packet.payload, .v6(source: packet.source, destination: packet.destination),
        packet.hopLimit)
    default: return nil
    }
  }

  private static func datagram(
    _ bytes: RawSpan, _ hosts: UDPPacket.Hosts, _ hopLimit: UInt8
  ) -> (MagicPacket, Carrier)? {
    guard let datagram = try? UDPView(bytes), let view = MagicPacketView(in: datagram.payload)
    else { return nil }
    let carrier = UDPPacket(
      hosts: hosts, sourcePort: datagram.sourcePort, destinationPort: datagram.destinationPort,
      hopLimit: hopLimit, payload: [])
    return (MagicPacket(view), .udp(carrier))
  }
}
