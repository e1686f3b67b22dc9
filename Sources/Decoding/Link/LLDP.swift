import LinkLayer

/// Link layer discovery. IEEE 802.1AB-2016, clause 8: values behind 7 bits of type and 9 of length.
extension FrameDecoder {
  func writeLLDP(_ message: RawSpan, into text: inout LineText) {
    text.append("LLDP")
    LLDPValues.walk(message) { type, range in
      let value = message.slice(range.lowerBound, range.count)
      switch type {
      case 1 where value.byteCount > 1:
        text.append(", chassis ")
        writeIdentifier(value, macSubtype: 4, into: &text)
      case 2 where value.byteCount > 1:
        text.append(", port ")
        writeIdentifier(value, macSubtype: 3, into: &text)
      case 3 where value.byteCount == 2:
        text.append(", ttl ")
        text.append(value.u16(0))
        text.append("s")
      case 5:
        text.append(", system ")
        text.append(peer: value)
      case 8 where value.byteCount >= 6 && value.u8(0) == 5 && value.u8(1) == 1:
        text.append(", at ")
        text.append(IPv4Address(rawValue: value.u32(2)))
      case 8 where value.byteCount >= 18 && value.u8(0) == 17 && value.u8(1) == 2:
        text.append(", at ")
        text.append(value.ipv6Address(2))
      default: break
      }
    }
  }

  private func writeIdentifier(
    _ value: RawSpan, macSubtype: UInt8, into text: inout LineText
  ) {
    let identifier = value.slice(from: 1)
    if value.u8(0) == macSubtype, identifier.byteCount == 6 {
      return text.append(MACAddress(rawValue: identifier.u48(0)))
    }
    text.append(peer: identifier)
  }

  func collectLLDP(
    _ bytes: RawSpan, _ offset: Int, _ end: Int, into fields: inout FieldCollector
  ) {
    fields.begin("lldp", "Link Layer Discovery Protocol", offset, end)
    var last = offset
    LLDPValues.walk(bytes.slice(offset, end - offset)) { type, range in
      let place = offset + range.lowerBound
      last = place + range.count
      fields.bits("lldp.tlv.type", bytes, place - 2, 2, mask: 0xfe00)
      fields.bits("lldp.tlv.len", bytes, place - 2, 2, mask: 0x01ff)
      collectLLDPValue(type, bytes, place, range.count, into: &fields)
    }
    fields.end(at: last)
  }

  private func collectLLDPValue(
    _ type: UInt8, _ bytes: RawSpan, _ offset: Int, _ count: Int,
    into fields: inout FieldCollector
  ) {
    switch (type, count) {
    case (1, 2...):
      let subtype = fields.number("lldp.chassis.subtype", bytes, offset, 1)
      if subtype == 4, count == 7 {
        fields.mac("lldp.chassis.id.mac", bytes, offset + 1)
      } else {
        fields.bytes("lldp.chassis.id", bytes, offset + 1, count - 1)
      }
    case (2, 2...):
      let subtype = fields.number("lldp.port.subtype", bytes, offset, 1)
      if subtype == 3, count == 7 {
        fields.mac("lldp.port.id.mac", bytes, offset + 1)
      } else {
        fields.text("lldp.port.id", bytes, offset + 1, count - 1)
      }
    case (3, 2): fields.number("lldp.time_to_live", bytes, offset, 2)
    case (4, 1...): fields.text("lldp.port.desc", bytes, offset, count)
    case (5, 1...): fields.text("lldp.tlv.system.name", bytes, offset, count)
    case (6, 1...): fields.text("lldp.tlv.system.desc", bytes, offset, count)
    case (7, 4):
      fields.hexadecimal("lldp.tlv.system_cap", bytes, offset, 2)
      fields.hexadecimal("lldp.tlv.enable_system_cap", bytes, offset + 2, 2)
    case (8, _): collectManagementAddress(bytes, offset, count, into: &fields)
    case (127, 4...): collectOrganizationValue(bytes, offset, count, into: &fields)
    default: break
    }
  }
}

/// The values of a message, up to the one of type 0, which ends it.
private enum LLDPValues {
  static func walk(_ message: RawSpan, _ use: (UInt8, Range<Int>) -> Void) {
    var offset = 0
    while message.byteCount >= offset + 2 {
      let header = message.u16(offset)
      let type = UInt8(truncatingIfNeeded: header >> 9)
      let count = Int(header & 0x1ff)
      offset += 2
      guard message.byteCount >= offset + count else { return }
      use(type, offset..<offset + count)
      guard type != 0 else { return }
      offset += count
    }
  }
}
