import LinkLayer

/// IPv4. RFC 791; `IPv4View` has the diagram.
extension FrameDecoder {
  mutating func writeIPv4(_ bytes: RawSpan, into text: inout LineText) {
    guard bytes.byteCount >= 20 else { return writeCut("ip", into: &text) }
    let headerCount = Int(bytes.u8(0) & 0xf) * 4
    let totalCount = Self.totalCount(bytes.u16(2), of: bytes.byteCount)
    guard headerCount >= 20, totalCount >= headerCount else {
      text.append("IP with impossible lengths: header ")
      text.append(headerCount)
      text.append(", total ")
      text.append(totalCount)
      return
    }
    guard bytes.byteCount >= headerCount else { return writeCut("ip", into: &text) }
    let ends = IPEndpoints(
      source: .v4(IPv4Address(rawValue: bytes.u32(12))),
      destination: .v4(IPv4Address(rawValue: bytes.u32(16))))
    let kind = IPProtocol(rawValue: bytes.u8(9))
    let total = totalCount - headerCount
    let message = bytes.slice(headerCount, min(bytes.byteCount, totalCount) - headerCount)
    let fragmentOffset = Int(bytes.u16(6) & 0x1fff) * 8
    text.append("IP ")
    guard fragmentOffset == 0 else {
      ends.write(nil, nil, into: &text)
      writeFragment(
        kind, identification: UInt32(bytes.u16(4)), fragmentOffset, total,
        hasMore: bytes.u16(6) & 0x2000 != 0, into: &text)
      return
    }
    writeUpperLayer(kind, message, total: total, ends, into: &text)
    if bytes.u16(6) & 0x2000 != 0 { text.append(", first fragment") }
  }

  /// How long the packet is. Where the kernel leaves dividing to the interface (TSO), it may tell 0: then all
  /// that there is.
  private static func totalCount(_ told: UInt16, of byteCount: Int) -> Int {
    told == 0 ? byteCount : Int(told)
  }

  /// Says what part of which packet this is.
  func writeFragment(
    _ kind: IPProtocol, identification: UInt32, _ offset: Int, _ count: Int, hasMore: Bool,
    into text: inout LineText
  ) {
    text.append(": fragment of ")
    text.append(kind.name ?? "IP protocol \(kind.rawValue)")
    text.append(", id ")
    text.append(identification)
    text.append(", bytes ")
    text.append(offset)
    text.append("-")
    text.append(offset + max(0, count - 1))
    if !hasMore { text.append(", last") }
  }

  mutating func collectIPv4(
    _ bytes: RawSpan, _ offset: Int, _ end: Int, into fields: inout FieldCollector
  ) {
    fields.begin("ip", "Internet Protocol version 4", offset, end)
    guard fields.has(20, at: offset, until: end) else { return }
    fields.bits("ip.version", bytes, offset, 1, mask: 0xf0)
    let headerCount = Int(bytes.u8(offset) & 0xf) * 4
    fields.add("ip.hdr_len", .number(UInt64(headerCount)), offset..<offset + 1, mask: 0x0f)
    fields.bits("ip.dsfield.dscp", bytes, offset + 1, 1, mask: 0xfc)
    fields.bits("ip.dsfield.ecn", bytes, offset + 1, 1, mask: 0x03)
    let totalCount = Self.totalCount(bytes.u16(offset + 2), of: end - offset)
    fields.add(
      "ip.len", .number(UInt64(totalCount)), offset + 2..<offset + 4,
      meaning: bytes.u16(offset + 2) == 0 ? "told as 0: the interface divides it" : nil)
    fields.hexadecimal("ip.id", bytes, offset + 4, 2)
    fields.flag("ip.flags.rb", bytes, offset + 6, 2, mask: 0x8000)
    fields.flag("ip.flags.df", bytes, offset + 6, 2, mask: 0x4000)
    let hasMore = fields.flag("ip.flags.mf", bytes, offset + 6, 2, mask: 0x2000)
    let fragmentOffset = bytes.u16(offset + 6) & 0x1fff
    fields.bits(
      "ip.frag_offset", bytes, offset + 6, 2, mask: 0x1fff,
      meaning: fragmentOffset > 0 ? "byte \(Int(fragmentOffset) * 8)" : nil)
    fields.number("ip.ttl", bytes, offset + 8, 1)
    let kind = IPProtocol(rawValue: bytes.u8(offset + 9))
    fields.number("ip.proto", bytes, offset + 9, 1, meaning: kind.name)
    fields.hexadecimal("ip.checksum", bytes, offset + 10, 2)
    fields.ipv4("ip.src", bytes, offset + 12)
    fields.ipv4("ip.dst", bytes, offset + 16)
    guard headerCount >= 20, totalCount >= headerCount else {
      return fields.problem("header length or total length cannot be")
    }
    guard fields.has(headerCount, at: offset, until: end) else { return }
    if InternetChecksum(bytes.slice(offset, headerCount)).value != 0 {
      fields.problem("the header's checksum is wrong")
    }
    let next = offset + headerCount
    fields.end(at: next)
    let payloadEnd = min(end, offset + totalCount)
    guard fragmentOffset == 0, !hasMore else {
      return collectData(bytes, next, payloadEnd, into: &fields)
    }
    let ends = IPEndpoints(
      source: .v4(IPv4Address(rawValue: bytes.u32(offset + 12))),
      destination: .v4(IPv4Address(rawValue: bytes.u32(offset + 16))))
    collectUpperLayer(
      kind, bytes, next, payloadEnd, total: totalCount - headerCount, ends, into: &fields)
  }
}
