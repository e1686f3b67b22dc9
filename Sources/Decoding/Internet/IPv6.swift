import LinkLayer

/// IPv6 and its extension headers. RFC 8200; `IPv6View` and `IPv6ExtensionView` have the diagrams.
extension FrameDecoder {
  mutating func writeIPv6(_ bytes: RawSpan, into text: inout LineText) {
    guard bytes.byteCount >= 40 else { return writeCut("ip6", into: &text) }
    let ends = IPEndpoints(
      source: .v6(bytes.ipv6Address(8)), destination: .v6(bytes.ipv6Address(24)))
    let totalCount = 40 + Int(bytes.u16(4))
    let packet = bytes.slice(0, min(bytes.byteCount, totalCount))
    var kind = IPProtocol(rawValue: bytes.u8(6))
    text.append("IP6 ")
    guard kind.isExtensionHeader else {
      return writeUpperLayer(
        kind, packet.slice(from: 40), total: totalCount - 40, ends, into: &text)
    }
    var offset = 40
    var walked = 0
    var isFirstFragment = false
    while kind.isExtensionHeader, walked < IPv6UpperLayer.maximumHeaderCount {
      guard let count = extensionByteCount(packet, at: offset, kind) else {
        ends.write(nil, nil, into: &text)
        text.append(": ")
        return writeCut("extension header", into: &text)
      }
      let next = IPProtocol(rawValue: packet.u8(offset))
      if kind == .fragment, packet.u16(offset + 2) >> 3 > 0 {
        ends.write(nil, nil, into: &text)
        return writeFragment(
          next, identification: packet.u32(offset + 4), Int(packet.u16(offset + 2) >> 3) * 8,
          totalCount - offset - 8, hasMore: packet.u16(offset + 2) & 1 == 1, into: &text)
      }
      if kind == .fragment { isFirstFragment = packet.u16(offset + 2) & 1 == 1 }
      kind = next
      offset += count
      walked += 1
    }
    writeUpperLayer(
      kind, packet.slice(from: offset), total: totalCount - offset, ends, into: &text)
    if isFirstFragment { text.append(", first fragment") }
  }

  /// How long the extension header at `offset` is; nil when it ends beyond the packet.
  private func extensionByteCount(
    _ packet: RawSpan, at offset: Int, _ kind: IPProtocol
  ) -> Int? {
    guard packet.byteCount >= offset + 8 else { return nil }
    let length = Int(packet.u8(offset + 1))
    let count =
      switch kind {
      case .fragment: 8
      case .authentication: (length + 2) * 4
      default: (length + 1) * 8
      }
    return packet.byteCount >= offset + count ? count : nil
  }

  mutating func collectIPv6(
    _ bytes: RawSpan, _ offset: Int, _ end: Int, into fields: inout FieldCollector
  ) {
    fields.begin("ipv6", "Internet Protocol version 6", offset, end)
    guard fields.has(40, at: offset, until: end) else { return }
    fields.bits("ipv6.version", bytes, offset, 1, mask: 0xf0)
    fields.bits("ipv6.tclass", bytes, offset, 4, mask: 0x0ff0_0000)
    let flow = UInt64(bytes.u32(offset) & 0xf_ffff)
    fields.add("ipv6.flow", .hexadecimal(flow, digits: 5), offset..<offset + 4, mask: 0xf_ffff)
    let payloadCount = Int(fields.number("ipv6.plen", bytes, offset + 4, 2))
    var kind = IPProtocol(rawValue: bytes.u8(offset + 6))
    fields.number("ipv6.nxt", bytes, offset + 6, 1, meaning: kind.name)
    fields.number("ipv6.hlim", bytes, offset + 7, 1)
    fields.ipv6("ipv6.src", bytes, offset + 8)
    fields.ipv6("ipv6.dst", bytes, offset + 24)
    let ends = IPEndpoints(
      source: .v6(bytes.ipv6Address(offset + 8)),
      destination: .v6(bytes.ipv6Address(offset + 24)))
    let packetEnd = min(end, offset + 40 + payloadCount)
    var next = offset + 40
    fields.end(at: next)
    var walked = 0
    while kind.isExtensionHeader, walked < IPv6UpperLayer.maximumHeaderCount {
      guard
        let following = collectExtension(kind, bytes, &next, packetEnd, into: &fields)
      else { return }
      kind = following
      walked += 1
    }
    collectUpperLayer(
      kind, bytes, next, packetEnd, total: offset + 40 + payloadCount - next, ends, into: &fields)
  }

  /// Notes the extension header at `offset` and steps behind it; nil when nothing behind it can be
  /// read.
  private mutating func collectExtension(
    _ kind: IPProtocol, _ bytes: RawSpan, _ offset: inout Int, _ end: Int,
    into fields: inout FieldCollector
  ) -> IPProtocol? {
    let name = kind.extensionName
    fields.begin(name, kind.name ?? "extension header", offset, end)
    let packet = bytes.slice(0, end)
    guard let count = extensionByteCount(packet, at: offset, kind) else {
      fields.problem("cut: the extension header ends beyond the packet")
      return nil
    }
    let next = IPProtocol(rawValue: bytes.u8(offset))
    fields.number("\(name).nxt", bytes, offset, 1, meaning: next.name)
    fields.end(at: offset + count)
    defer { offset += count }
    guard kind == .fragment else {
      fields.number("\(name).len", bytes, offset + 1, 1)
      return next
    }
    let fragmentOffset = fields.bits("ipv6.fraghdr.offset", bytes, offset + 2, 2, mask: 0xfff8)
    let hasMore = fields.flag("ipv6.fraghdr.more", bytes, offset + 2, 2, mask: 1)
    fields.hexadecimal("ipv6.fraghdr.ident", bytes, offset + 4, 4)
    guard fragmentOffset == 0, !hasMore else {
      collectData(bytes, offset + count, end, into: &fields)
      return nil
    }
    return next
  }
}

extension IPProtocol {
  /// Wireshark's name of the extension header.
  fileprivate var extensionName: String {
    switch self {
    case .hopByHop: "ipv6.hopopts"
    case .routing: "ipv6.routing"
    case .fragment: "ipv6.fraghdr"
    case .destinationOptions: "ipv6.dstopts"
    case .authentication: "ah"
    case .mobility: "mipv6"
    case .hostIdentity: "hip"
    default: "shim6"
    }
  }
}
