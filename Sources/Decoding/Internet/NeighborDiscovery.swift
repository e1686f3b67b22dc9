import LinkLayer

/// Neighbor Discovery. RFC 4861; the views of LinkLayer's `NDP` folder have the diagrams.
extension FrameDecoder {
  /// Appends a message whose first 8 bytes are there.
  func writeNeighborDiscovery(_ message: RawSpan, into text: inout LineText) {
    let type = ICMPv6Type(rawValue: message.u8(0))
    let options: Int
    switch type {
    case .routerSolicitation:
      text.append("router solicitation")
      options = 8
    case .routerAdvertisement:
      text.append("router advertisement, lifetime ")
      text.append(message.u16(6))
      text.append("s")
      options = 16
    default:
      guard message.byteCount >= 24 else { return writeCut("ndp", into: &text) }
      let target = message.ipv6Address(8)
      options = 24
      if type == .neighborSolicitation {
        text.append("neighbor solicitation, who has ")
        text.append(target)
      } else {
        text.append("neighbor advertisement, ")
        text.append(target)
        writeFlags(message.u8(4), into: &text)
      }
    }
    writeLinkLayerAddress(message, from: options, into: &text)
  }

  /// The flags of an advertisement.
  private func writeFlags(_ flags: UInt8, into text: inout LineText) {
    if flags & 0x80 != 0 { text.append(", router") }
    if flags & 0x40 != 0 { text.append(", solicited") }
    if flags & 0x20 != 0 { text.append(", override") }
  }

  /// The first link-layer address among the options.
  private func writeLinkLayerAddress(
    _ message: RawSpan, from start: Int, into text: inout LineText
  ) {
    var offset = start
    while message.byteCount >= offset + 8 {
      let count = Int(message.u8(offset + 1)) * 8
      guard count > 0, message.byteCount >= offset + count else { return }
      let type = message.u8(offset)
      if type == 1 || type == 2 {
        text.append(type == 1 ? ", from " : ", is at ")
        text.append(colonHex: message.slice(offset + 2, min(6, count - 2)))
        return
      }
      offset += count
    }
  }

  func collectNeighborDiscovery(
    _ type: ICMPv6Type, _ bytes: RawSpan, _ offset: Int, _ end: Int,
    into fields: inout FieldCollector
  ) {
    switch type {
    case .neighborSolicitation:
      guard fields.has(24, at: offset, until: end) else { return }
      fields.ipv6("icmpv6.nd.ns.target_address", bytes, offset + 8)
      collectOptions(bytes, offset + 24, end, into: &fields)
    case .neighborAdvertisement:
      guard fields.has(24, at: offset, until: end) else { return }
      fields.flag("icmpv6.nd.na.flag.r", bytes, offset + 4, 4, mask: 0x8000_0000)
      fields.flag("icmpv6.nd.na.flag.s", bytes, offset + 4, 4, mask: 0x4000_0000)
      fields.flag("icmpv6.nd.na.flag.o", bytes, offset + 4, 4, mask: 0x2000_0000)
      fields.ipv6("icmpv6.nd.na.target_address", bytes, offset + 8)
      collectOptions(bytes, offset + 24, end, into: &fields)
    case .routerAdvertisement:
      guard fields.has(16, at: offset, until: end) else { return }
      fields.number("icmpv6.nd.ra.cur_hop_limit", bytes, offset + 4, 1)
      fields.flag("icmpv6.nd.ra.flag.m", bytes, offset + 5, 1, mask: 0x80)
      fields.flag("icmpv6.nd.ra.flag.o", bytes, offset + 5, 1, mask: 0x40)
      fields.number("icmpv6.nd.ra.router_lifetime", bytes, offset + 6, 2)
      fields.number("icmpv6.nd.ra.reachable_time", bytes, offset + 8, 4)
      fields.number("icmpv6.nd.ra.retrans_timer", bytes, offset + 12, 4)
      collectOptions(bytes, offset + 16, end, into: &fields)
    default:
      collectOptions(bytes, offset + 8, end, into: &fields)
    }
  }

  private func collectOptions(
    _ bytes: RawSpan, _ offset: Int, _ end: Int, into fields: inout FieldCollector
  ) {
    var offset = offset
    while offset < end {
      guard fields.has(8, at: offset, until: end) else { return }
      let count = Int(bytes.u8(offset + 1)) * 8
      fields.number("icmpv6.opt.type", bytes, offset, 1)
      fields.number("icmpv6.opt.length", bytes, offset + 1, 1)
      guard count > 0 else { return fields.problem("an option of no length") }
      guard fields.has(count, at: offset, until: end) else { return }
      collectOption(bytes, offset, count, into: &fields)
      offset += count
    }
  }

  private func collectOption(
    _ bytes: RawSpan, _ offset: Int, _ count: Int, into fields: inout FieldCollector
  ) {
    switch NDPOptionType(rawValue: bytes.u8(offset)) {
    case .sourceLinkLayerAddress where count == 8:
      fields.mac("icmpv6.opt.src_linkaddr", bytes, offset + 2)
    case .targetLinkLayerAddress where count == 8:
      fields.mac("icmpv6.opt.target_linkaddr", bytes, offset + 2)
    case .prefixInformation where count == 32:
      fields.number("icmpv6.opt.prefix.length", bytes, offset + 2, 1)
      fields.flag("icmpv6.opt.prefix.flag.l", bytes, offset + 3, 1, mask: 0x80)
      fields.flag("icmpv6.opt.prefix.flag.a", bytes, offset + 3, 1, mask: 0x40)
      fields.number("icmpv6.opt.prefix.valid_lifetime", bytes, offset + 4, 4)
      fields.number("icmpv6.opt.prefix.preferred_lifetime", bytes, offset + 8, 4)
      fields.ipv6("icmpv6.opt.prefix", bytes, offset + 16)
    case .mtu where count == 8:
      fields.number("icmpv6.opt.mtu", bytes, offset + 4, 4)
    case .nonce:
      fields.bytes("icmpv6.opt.nonce", bytes, offset + 2, count - 2)
    case .recursiveDNSServers where count >= 24:
      fields.number("icmpv6.opt.rdnss.lifetime", bytes, offset + 4, 4)
      for place in stride(from: offset + 8, through: offset + count - 16, by: 16) {
        fields.ipv6("icmpv6.opt.rdnss", bytes, place)
      }
    default: break
    }
  }
}
