import LinkLayer

/// VRRP, versions 2 and 3. RFC 3768 and RFC 9568, section 5.
///
///      0       1       2       3       4       5       6               8
///     +-------+-------+-------+-------+-------+-------+---------------+-----------
///     |ver,typ| VRID  |prior. | count | auth, interval| checksum      | addresses
///     +-------+-------+-------+-------+-------+-------+---------------+-----------
extension FrameDecoder {
  func writeVRRP(_ message: RawSpan, _ ends: IPEndpoints, into text: inout LineText) {
    ends.write(nil, nil, into: &text)
    text.append(": VRRP")
    guard message.byteCount >= 8 else { return writeCut("vrrp", into: &text) }
    let version = message.u8(0) >> 4
    text.append("v")
    text.append(version)
    text.append(message.u8(0) & 0xf == 1 ? " advertisement" : " message")
    text.append(", router ")
    text.append(message.u8(1))
    text.append(", priority ")
    text.append(message.u8(2))
    if message.u8(2) == 0 { text.append(" (gives up)") }
    text.append(", interval ")
    text.append(version == 3 ? Int(message.u16(4) & 0xfff) * 10 : Int(message.u8(5)) * 1000)
    text.append("ms")
    var offset = 8
    for _ in 0..<message.u8(3) {
      let width = ends.source.isIPv6 ? 16 : 4
      guard message.byteCount >= offset + width else { return }
      text.append(offset == 8 ? ", for " : " ")
      if width == 16 {
        text.append(message.ipv6Address(offset))
      } else {
        text.append(IPv4Address(rawValue: message.u32(offset)))
      }
      offset += width
    }
  }

  func collectVRRP(
    _ bytes: RawSpan, _ offset: Int, _ end: Int, total: Int, _ ends: IPEndpoints,
    into fields: inout FieldCollector
  ) {
    fields.begin("vrrp", "Virtual Router Redundancy Protocol", offset, end)
    guard fields.has(8, at: offset, until: end) else { return }
    let version = fields.bits("vrrp.version", bytes, offset, 1, mask: 0xf0)
    fields.bits("vrrp.type", bytes, offset, 1, mask: 0x0f)
    fields.number("vrrp.virt_rtr_id", bytes, offset + 1, 1)
    fields.number("vrrp.prio", bytes, offset + 2, 1)
    let count = Int(fields.number("vrrp.addr_count", bytes, offset + 3, 1))
    if version == 3 {
      fields.bits("vrrp.short_adver_int", bytes, offset + 4, 2, mask: 0x0fff)
    } else {
      fields.number("vrrp.auth_type", bytes, offset + 4, 1)
      fields.number("vrrp.adver_int", bytes, offset + 5, 1)
    }
    fields.hexadecimal("vrrp.checksum", bytes, offset + 6, 2)
    let width = ends.source.isIPv6 ? 16 : 4
    for index in 0..<count {
      let place = offset + 8 + index * width
      guard fields.has(width, at: place, until: end) else { return }
      if width == 16 {
        fields.ipv6("vrrp.ipv6_addr", bytes, place)
      } else {
        fields.ipv4("vrrp.ip_addr", bytes, place)
      }
    }
  }
}
