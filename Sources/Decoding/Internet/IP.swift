import LinkLayer

/// IPv4 and IPv6, told apart by the first four bits. A packet that was cut is read as far as it goes;
/// what follows the packet's own length is padding.
extension FrameDecoder {
  mutating func writeIP(_ bytes: RawSpan, into text: inout LineText) {
    guard bytes.byteCount > 0 else { return writeCut("ip", into: &text) }
    switch bytes.u8(0) >> 4 {
    case 4: writeIPv4(bytes, into: &text)
    case 6: writeIPv6(bytes, into: &text)
    default:
      text.append("IP version ")
      text.append(bytes.u8(0) >> 4)
      text.append(", which is none")
    }
  }

  mutating func collectIP(
    _ bytes: RawSpan, _ offset: Int, _ end: Int, into fields: inout FieldCollector
  ) {
    guard offset < end else { return }
    switch bytes.u8(offset) >> 4 {
    case 4: collectIPv4(bytes, offset, end, into: &fields)
    case 6: collectIPv6(bytes, offset, end, into: &fields)
    default: collectData(bytes, offset, end, into: &fields)
    }
  }

  /// What an IP header announces. `total` is how long the message is by that header, of which
  /// `message` may have less.
  mutating func writeUpperLayer(
    _ kind: IPProtocol, _ message: RawSpan, total: Int, _ ends: IPEndpoints,
    into text: inout LineText
  ) {
    switch kind {
    case .tcp: writeTCP(message, total: total, ends, into: &text)
    case .udp: writeUDP(message, total: total, ends, into: &text)
    case .icmp: writeICMP(message, total: total, ends, into: &text)
    case .icmpv6: writeICMPv6(message, total: total, ends, into: &text)
    case .vrrp: writeVRRP(message, ends, into: &text)
    default:
      ends.write(nil, nil, into: &text)
      text.append(": IP protocol ")
      text.append(kind.rawValue)
      if let name = kind.name {
        text.append(" (")
        text.append(name)
        text.append(")")
      }
      text.append(", length ")
      text.append(total)
    }
  }

  /// What an IP header announces.
  mutating func collectUpperLayer(
    _ kind: IPProtocol, _ bytes: RawSpan, _ offset: Int, _ end: Int, total: Int,
    _ ends: IPEndpoints, into fields: inout FieldCollector
  ) {
    switch kind {
    case .tcp: collectTCP(bytes, offset, end, total: total, ends, into: &fields)
    case .udp: collectUDP(bytes, offset, end, total: total, ends, into: &fields)
    case .icmp: collectICMP(bytes, offset, end, total: total, into: &fields)
    case .icmpv6: collectICMPv6(bytes, offset, end, total: total, ends, into: &fields)
    case .vrrp: collectVRRP(bytes, offset, end, total: total, ends, into: &fields)
    default: collectData(bytes, offset, end, into: &fields)
    }
  }
}

extension IPProtocol {
  /// What people call the protocol, if it has a name here.
  var name: String? {
    switch self {
    case .hopByHop: "hop-by-hop options"
    case .icmp: "ICMP"
    case IPProtocol(rawValue: 2): "IGMP"
    case IPProtocol(rawValue: 4): "IPv4"
    case .tcp: "TCP"
    case .udp: "UDP"
    case IPProtocol(rawValue: 41): "IPv6"
    case .routing: "routing header"
    case .fragment: "fragment header"
    case IPProtocol(rawValue: 47): "GRE"
    case .encapsulatingSecurity: "ESP"
    case .authentication: "AH"
    case .icmpv6: "ICMPv6"
    case .noNextHeader: "nothing"
    case .destinationOptions: "destination options"
    case IPProtocol(rawValue: 89): "OSPF"
    case .vrrp: "VRRP"
    case IPProtocol(rawValue: 132): "SCTP"
    default: nil
    }
  }
}
