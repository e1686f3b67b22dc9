import LinkLayer

/// IEEE 802.2 logical link control behind an IEEE 802.3 length, and SNAP (RFC 1042).
///
///      0       1       2       3           6               8
///     +-------+-------+-------+-----------+---------------+
///     | DSAP  | SSAP  |control| aa aa 03: organization, EtherType
///     +-------+-------+-------+-----------+---------------+
extension FrameDecoder {
  mutating func writeLogicalLink(
    _ payload: RawSpan, from frame: RawSpan, into text: inout LineText
  ) {
    guard payload.byteCount >= 3 else { return writeCut("llc", into: &text) }
    if payload.u16(0) == 0xaaaa, payload.u8(2) == 3, payload.byteCount >= 8 {
      let organization = payload.u32(2) & 0xff_ffff
      if organization == 0 || organization == 0x00_00f8 {
        return writePayload(
          EtherType(rawValue: payload.u16(6)), payload.slice(from: 8), from: frame, into: &text)
      }
    }
    if payload.u16(0) == 0x4242, payload.u8(2) == 3 {
      return writeSpanningTree(payload.slice(from: 3), into: &text)
    }
    text.append("LLC dsap 0x")
    text.append(hex: UInt64(payload.u8(0)), width: 2)
    text.append(" ssap 0x")
    text.append(hex: UInt64(payload.u8(1)), width: 2)
    text.append(" from ")
    text.append(MACAddress(rawValue: frame.u48(6)))
    text.append(", length ")
    text.append(payload.byteCount)
  }

  mutating func collectLogicalLink(
    _ bytes: RawSpan, _ offset: Int, _ end: Int, into fields: inout FieldCollector
  ) {
    fields.begin("llc", "Logical-Link Control", offset, end)
    guard fields.has(3, at: offset, until: end) else { return }
    fields.hexadecimal("llc.dsap", bytes, offset, 1)
    fields.hexadecimal("llc.ssap", bytes, offset + 1, 1)
    // An unnumbered frame's control field has one byte, the others' two.
    let isUnnumbered = bytes.u8(offset + 2) & 3 == 3
    let controlCount = isUnnumbered ? 1 : 2
    guard fields.has(2 + controlCount, at: offset, until: end) else { return }
    fields.hexadecimal("llc.control", bytes, offset + 2, controlCount)
    let next = offset + 2 + controlCount
    guard bytes.u16(offset) == 0xaaaa, isUnnumbered else {
      fields.end(at: next)
      if bytes.u16(offset) == 0x4242 {
        return collectSpanningTree(bytes, next, end, into: &fields)
      }
      return collectData(bytes, next, end, into: &fields)
    }
    guard fields.has(8, at: offset, until: end) else { return }
    let organization = fields.number("llc.oui", bytes, offset + 3, 3)
    let isEtherType = organization == 0 || organization == 0x00_00f8
    let type = EtherType(rawValue: bytes.u16(offset + 6))
    fields.hexadecimal(
      isEtherType ? "llc.type" : "llc.pid", bytes, offset + 6, 2,
      meaning: isEtherType ? type.name : nil)
    fields.end(at: offset + 8)
    guard isEtherType else { return collectData(bytes, offset + 8, end, into: &fields) }
    collectPayload(type, bytes, offset + 8, end, into: &fields)
  }
}
