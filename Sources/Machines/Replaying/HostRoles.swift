internal import LinkLayer

/// Finds out by a pass through a recording which hosts ask and which answer.
///
/// Who opens connections of TCP or asks for echoes is a client; of UDP, who speaks from a high port to a low
/// one, else who spoke first. A host that is both counts as what it is more often. A frame whose host gave
/// no sign goes where its station is, or else against the other end.
public struct HostRoles: Sendable {
  /// What a host is.
  public enum Role: Hashable, Sendable { case client, server }

  /// How many hosts, and pairs of them, are remembered: a recording can forge millions.
  private static let limit = 1 << 20

  /// Signs for a client count up, for a server down.
  private var hosts: [IPAddress: Int] = [:]
  private var stations: [MACAddress: Int] = [:]
  private var pairs: Set<FrameHosts> = []

  /// Nothing is known.
  public init() {}

  /// How many hosts have shown what they are: clients, and servers.
  public var counts: (clients: Int, servers: Int) {
    let clients = hosts.values.count { $0 >= 0 }
    return (clients, hosts.count - clients)
  }

  /// Learns from an Ethernet frame.
  public mutating func learn(_ frame: RawSpan) {
    guard let view = try? EthernetFrameView(frame), let ends = FrameHosts(view) else { return }
    let sign = Self.sign(of: view, isFirst: noteFirst(ends))
    guard sign != 0 else { return }
    note(ends.source, view.source, sign)
    if !ends.destination.isGroup { note(ends.destination, view.destination, -sign) }
  }

  /// What the sender of an Ethernet frame is.
  public func role(of frame: RawSpan) -> Role {
    guard let view = try? EthernetFrameView(frame) else { return .client }
    let ends = FrameHosts(view)
    if let ends, let sum = hosts[ends.source] { return Self.role(sum) }
    if let sum = stations[view.source] { return Self.role(sum) }
    if let ends, let sum = hosts[ends.destination] { return Self.role(-sum - 1) }
    if let sum = stations[view.destination] { return Self.role(-sum - 1) }
    return .client
  }

  private static func role(_ sum: Int) -> Role { sum >= 0 ? .client : .server }

  /// Whether neither of the two has spoken to the other before.
  private mutating func noteFirst(_ ends: FrameHosts) -> Bool {
    var reversed = ends
    swap(&reversed.source, &reversed.destination)
    guard !pairs.contains(ends), !pairs.contains(reversed) else { return false }
    if pairs.count < Self.limit { pairs.insert(ends) }
    return true
  }

  private mutating func note(_ host: IPAddress, _ station: MACAddress, _ sign: Int) {
    if hosts.count < Self.limit || hosts[host] != nil { hosts[host, default: 0] += sign }
    if stations.count < Self.limit || stations[station] != nil {
      stations[station, default: 0] += sign
    }
  }

  /// How much the frame says for its sender being a client; less than 0 for a server.
  private static func sign(of frame: borrowing EthernetFrameView, isFirst: Bool) -> Int {
    let payload = frame.payload
    switch frame.etherType {
    case .ipv4:
      let start = Int(payload.u8(0) & 0xf) * 4
      guard start >= 20, payload.u16(6) & 0x1fff == 0 else { return 0 }
      return sign(of: IPProtocol(rawValue: payload.u8(9)), payload, start, isFirst)
    case .ipv6:
      guard let view = try? IPv6View(payload), let upper = try? view.upperLayer(),
        upper.fragmentOffset ?? 0 == 0
      else { return 0 }
      return sign(of: upper.protocolNumber, payload, upper.offset, isFirst)
    default: return 0
    }
  }

  private static func sign(
    of upper: IPProtocol, _ packet: RawSpan, _ start: Int, _ isFirst: Bool
  ) -> Int {
    guard packet.byteCount >= start + 8 else { return 0 }
    switch upper {
    case .tcp:
      guard packet.byteCount >= start + 20 else { return 0 }
      switch packet.u8(start + 13) & 0x12 {
      case 0x02: return 8
      case 0x12: return -8
      default: return isFirst ? byPorts(packet, start) : 0
      }
    case .udp: return isFirst ? byPorts(packet, start) : 0
    case .icmp: return packet.u8(start) == 8 ? 2 : packet.u8(start) == 0 ? -2 : 0
    case .icmpv6: return packet.u8(start) == 128 ? 2 : packet.u8(start) == 129 ? -2 : 0
    default: return 0
    }
  }

  /// Ports below 1024 are servers': RFC 6335, section 6.
  private static func byPorts(_ packet: RawSpan, _ start: Int) -> Int {
    let (source, destination) = (packet.u16(start), packet.u16(start + 2))
    if source >= 1024, destination < 1024 { return 4 }
    if source < 1024, destination >= 1024 { return -4 }
    return 1
  }
}

extension IPAddress {
  /// Whether the address is a group's, or everybody's.
  fileprivate var isGroup: Bool {
    switch self {
    case .v4(let address): address.isMulticast || address == .broadcast
    case .v6(let address): address.isMulticast
    }
  }
}
