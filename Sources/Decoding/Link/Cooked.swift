import LinkLayer

/// What other link types begin with: Linux's cooked captures, the BSD loopback's family.
///
///      0               2               4               6               14      16
///     +---------------+---------------+---------------+---------------+-------+
///     | packet type   | ARPHRD        | address length| address       | proto.|   cooked
///     +---------------+---------------+---------------+---------------+-------+
///      0       2       4               8       10  11  12              20
///     +-------+-------+---------------+-------+---+---+---------------+
///     | proto.| 0     |interface index|ARPHRD |typ|len| address       |           cooked, version 2
///     +-------+-------+---------------+-------+---+---+---------------+
extension FrameDecoder {
  mutating func writeCooked(_ bytes: RawSpan, into text: inout LineText) {
    guard bytes.byteCount >= 16 else { return writeCut("cooked", into: &text) }
    writePacketType(bytes.u16(0), into: &text)
    writeCookedPayload(bytes.u16(14), bytes.slice(from: 16), into: &text)
  }

  mutating func writeCooked2(_ bytes: RawSpan, into text: inout LineText) {
    guard bytes.byteCount >= 20 else { return writeCut("cooked", into: &text) }
    text.append("if")
    text.append(bytes.u32(4))
    text.append(character: " ")
    writePacketType(UInt16(bytes.u8(10)), into: &text)
    writeCookedPayload(bytes.u16(0), bytes.slice(from: 20), into: &text)
  }

  mutating func writeLoopback(_ bytes: RawSpan, into text: inout LineText) {
    guard bytes.byteCount >= 4 else { return writeCut("loopback", into: &text) }
    writeIP(bytes.slice(from: 4), into: &text)
  }

  private mutating func writeCookedPayload(
    _ type: UInt16, _ payload: RawSpan, into text: inout LineText
  ) {
    switch EtherType(rawValue: type) {
    case .arp: writeARP(payload, into: &text)
    case .ipv4, .ipv6: writeIP(payload, into: &text)
    default:
      text.append("ethertype 0x")
      text.append(hex: UInt64(type), width: 4)
      text.append(", length ")
      text.append(payload.byteCount)
    }
  }

  private func writePacketType(_ type: UInt16, into text: inout LineText) {
    switch type {
    case 0: text.append("In  ")
    case 1: text.append("B   ")
    case 2: text.append("M   ")
    case 3: text.append("P   ")
    case 4: text.append("Out ")
    default: text.append("?   ")
    }
  }

  mutating func collectCooked(_ bytes: RawSpan, into fields: inout FieldCollector) {
    fields.begin("sll", "Linux cooked capture", 0, min(16, bytes.byteCount))
    guard fields.has(16, at: 0, until: bytes.byteCount) else { return }
    fields.number("sll.pkttype", bytes, 0, 2)
    fields.number("sll.hatype", bytes, 2, 2)
    let count = Int(fields.number("sll.halen", bytes, 4, 2))
    if count == 6 { fields.mac("sll.src.eth", bytes, 6) }
    let type = EtherType(rawValue: bytes.u16(14))
    fields.hexadecimal("sll.etype", bytes, 14, 2, meaning: type.name)
    collectPayload(type, bytes, 16, bytes.byteCount, into: &fields)
  }

  mutating func collectCooked2(_ bytes: RawSpan, into fields: inout FieldCollector) {
    fields.begin("sll", "Linux cooked capture, version 2", 0, min(20, bytes.byteCount))
    guard fields.has(20, at: 0, until: bytes.byteCount) else { return }
    let type = EtherType(rawValue: bytes.u16(0))
    fields.hexadecimal("sll.etype", bytes, 0, 2, meaning: type.name)
    fields.number("sll.ifindex", bytes, 4, 4)
    fields.number("sll.hatype", bytes, 8, 2)
    fields.number("sll.pkttype", bytes, 10, 1)
    let count = Int(fields.number("sll.halen", bytes, 11, 1))
    if count == 6 { fields.mac("sll.src.eth", bytes, 12) }
    collectPayload(type, bytes, 20, bytes.byteCount, into: &fields)
  }

  mutating func collectLoopback(_ bytes: RawSpan, into fields: inout FieldCollector) {
    fields.begin("null", "Null/Loopback", 0, min(4, bytes.byteCount))
    guard fields.has(4, at: 0, until: bytes.byteCount) else { return }
    // The family is in the byte order of whoever captured; below 65536 it tells which that was.
    let family = bytes.u32(0)
    let value = family < 0x1_0000 ? family : family.byteSwapped
    fields.add("null.family", .number(UInt64(value)), 0..<4)
    collectIP(bytes, 4, bytes.byteCount, into: &fields)
  }
}
