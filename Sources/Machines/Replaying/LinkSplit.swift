public import LinkLayer

/// Which of two links each frame of a recording goes by: 0 for the clients', 1 for the servers'.
public enum LinkSplit: Sendable {
  /// All by the first.
  case none
  /// By the first what these networks and stations say.
  case clients(networks: [IPPrefix], stations: Set<MACAddress>)
  /// As a pass through the recording has found out.
  case learned(HostRoles)

  /// The link of an Ethernet frame.
  public func link(of frame: RawSpan) -> Int {
    switch self {
    case .none: return 0
    case .clients(let networks, let stations):
      guard let view = try? EthernetFrameView(frame) else {
        // A length that promises too much: the addresses are there all the same.
        return frame.byteCount >= 12 && stations.contains(MACAddress(rawValue: frame.u48(6)))
          ? 0 : 1
      }
      if stations.contains(view.source) { return 0 }
      guard !networks.isEmpty, let pair = FrameHosts(view) else { return 1 }
      return networks.contains { $0.contains(pair.source) } ? 0 : 1
    case .learned(let roles): return roles.role(of: frame) == .client ? 0 : 1
    }
  }
}

/// The hosts of a frame by their addresses: those of IP, or of ARP's packet.
struct FrameHosts: Hashable, Sendable {
  var source: IPAddress
  var destination: IPAddress

  init?(_ frame: borrowing EthernetFrameView) {
    let payload = frame.payload
    switch frame.etherType {
    case .ipv4 where payload.byteCount >= 20 && payload.u8(0) >> 4 == 4:
      source = .v4(IPv4Address(rawValue: payload.u32(12)))
      destination = .v4(IPv4Address(rawValue: payload.u32(16)))
    case .ipv6 where payload.byteCount >= 40 && payload.u8(0) >> 4 == 6:
      source = .v6(payload.ipv6Address(8))
      destination = .v6(payload.ipv6Address(24))
    case .arp where payload.byteCount >= 28 && payload.u16(2) == EtherType.ipv4.rawValue:
      source = .v4(IPv4Address(rawValue: payload.u32(14)))
      destination = .v4(IPv4Address(rawValue: payload.u32(24)))
    default: return nil
    }
  }
}
