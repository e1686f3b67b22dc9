import LinkLayer

/// ICMPv6 but for Neighbor Discovery, which has a file of its own. RFC 4443.
extension FrameDecoder {
  mutating func writeICMPv6(
    _ message: RawSpan, total: Int, _ ends: IPEndpoints, into text: inout LineText
  ) {
    ends.write(nil, nil, into: &text)
    text.append(": ICMP6 ")
    guard message.byteCount >= 8 else { return writeCut("icmp6", into: &text) }
    let type = ICMPv6Type(rawValue: message.u8(0))
    switch type {
    case .echoRequest: writeEcho("echo request", message, into: &text)
    case .echoReply: writeEcho("echo reply", message, into: &text)
    case .destinationUnreachable:
      text.append(ICMPv6Names.unreachable(message.u8(1)))
      writeQuoted(message.slice(from: 8), into: &text)
    case .packetTooBig:
      text.append("packet too big, MTU ")
      text.append(message.u32(4))
      writeQuoted(message.slice(from: 8), into: &text)
    case _ where type.isNeighborDiscovery: writeNeighborDiscovery(message, into: &text)
    case .multicastListenerReport:
      text.append("multicast listener report v2, ")
      text.append(message.u16(6))
      text.append(message.u16(6) == 1 ? " group" : " groups")
    default:
      text.append(ICMPv6Names.type(type) ?? "type \(type.rawValue)")
      text.append(", code ")
      text.append(message.u8(1))
    }
    text.append(", length ")
    text.append(total)
  }

  func collectICMPv6(
    _ bytes: RawSpan, _ offset: Int, _ end: Int, total: Int, _ ends: IPEndpoints,
    into fields: inout FieldCollector
  ) {
    fields.begin("icmpv6", "Internet Control Message Protocol v6", offset, end)
    guard fields.has(4, at: offset, until: end) else { return }
    let type = ICMPv6Type(rawValue: bytes.u8(offset))
    fields.number("icmpv6.type", bytes, offset, 1, meaning: ICMPv6Names.type(type))
    fields.number("icmpv6.code", bytes, offset + 1, 1)
    fields.hexadecimal("icmpv6.checksum", bytes, offset + 2, 2)
    if end - offset == total {
      var sum = ends.pseudoHeader(.icmpv6, count: total)
      sum.add(bytes.slice(offset, total))
      if sum.value != 0 { fields.problem("the checksum is wrong") }
    }
    guard end - offset >= 8 else { return }
    switch type {
    case .echoRequest, .echoReply:
      fields.number("icmpv6.echo.identifier", bytes, offset + 4, 2)
      fields.number("icmpv6.echo.sequence_number", bytes, offset + 6, 2)
      fields.end(at: offset + 8)
      collectData(bytes, offset + 8, end, into: &fields)
    case .packetTooBig: fields.number("icmpv6.mtu", bytes, offset + 4, 4)
    case .multicastListenerReport:
      collectListenerReport(bytes, offset, end, into: &fields)
    case _ where type.isNeighborDiscovery:
      collectNeighborDiscovery(type, bytes, offset, end, into: &fields)
    default: break
    }
  }

  /// The records of an MLDv2 report. RFC 3810, section 5.2.
  private func collectListenerReport(
    _ bytes: RawSpan, _ offset: Int, _ end: Int, into fields: inout FieldCollector
  ) {
    let count = Int(fields.number("icmpv6.mldr.nb_mcast_records", bytes, offset + 6, 2))
    var place = offset + 8
    for _ in 0..<count {
      guard fields.has(20, at: place, until: end) else { return }
      fields.number("icmpv6.mldr.mar.record_type", bytes, place, 1)
      let words = Int(fields.number("icmpv6.mldr.mar.aux_data_len", bytes, place + 1, 1))
      let sources = Int(fields.number("icmpv6.mldr.mar.nb_sources", bytes, place + 2, 2))
      fields.ipv6("icmpv6.mldr.mar.multicast_address", bytes, place + 4)
      place += 20
      for _ in 0..<sources {
        guard fields.has(16, at: place, until: end) else { return }
        fields.ipv6("icmpv6.mldr.mar.source_address", bytes, place)
        place += 16
      }
      place += 4 * words
    }
  }
}

/// The names in the registry of ICMPv6.
enum ICMPv6Names {
  /// A type's name.
  static func type(_ type: ICMPv6Type) -> String? {
    switch type {
    case .destinationUnreachable: "destination unreachable"
    case .packetTooBig: "packet too big"
    case ICMPv6Type(rawValue: 3): "time exceeded"
    case ICMPv6Type(rawValue: 4): "parameter problem"
    case .echoRequest: "echo request"
    case .echoReply: "echo reply"
    case ICMPv6Type(rawValue: 130): "multicast listener query"
    case ICMPv6Type(rawValue: 131): "multicast listener report"
    case ICMPv6Type(rawValue: 132): "multicast listener done"
    case .routerSolicitation: "router solicitation"
    case .routerAdvertisement: "router advertisement"
    case .neighborSolicitation: "neighbor solicitation"
    case .neighborAdvertisement: "neighbor advertisement"
    case ICMPv6Type(rawValue: 137): "redirect"
    case .multicastListenerReport: "multicast listener report v2"
    default: nil
    }
  }

  /// What the code of a destination unreachable says.
  static func unreachable(_ code: UInt8) -> StaticString {
    switch code {
    case 0: "no route"
    case 1: "administratively prohibited"
    case 2: "beyond scope"
    case 3: "address unreachable"
    case 4: "port unreachable"
    case 5: "source address refused by policy"
    case 6: "route rejected"
    default: "unreachable"
    }
  }
}
