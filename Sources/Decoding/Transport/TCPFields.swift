import LinkLayer

/// The fields of a TCP segment.
extension FrameDecoder {
  mutating func collectTCP(
    _ bytes: RawSpan, _ offset: Int, _ end: Int, total: Int, _ ends: IPEndpoints,
    into fields: inout FieldCollector
  ) {
    fields.begin("tcp", "Transmission Control Protocol", offset, end)
    guard fields.has(20, at: offset, until: end) else { return }
    let source = UInt16(truncatingIfNeeded: fields.number("tcp.srcport", bytes, offset, 2))
    let destination = UInt16(truncatingIfNeeded: fields.number("tcp.dstport", bytes, offset + 2, 2))
    let flags = bytes.u16(offset + 12)
    let relative = tcpFlows.relative(
      TCPNumbers(
        sequence: bytes.u32(offset + 4), acknowledgment: bytes.u32(offset + 8),
        isSynchronizing: flags & 2 != 0, isAcknowledging: flags & 0x10 != 0),
      ends, sourcePort: source, destinationPort: destination)
    fields.add("tcp.seq", .number(UInt64(relative.sequence)), offset + 4..<offset + 8)
    fields.number("tcp.seq_raw", bytes, offset + 4, 4)
    if relative.isAcknowledging {
      fields.add("tcp.ack", .number(UInt64(relative.acknowledgment)), offset + 8..<offset + 12)
    }
    fields.number("tcp.ack_raw", bytes, offset + 8, 4)
    let headerCount = Int(bytes.u8(offset + 12) >> 4) * 4
    fields.add("tcp.hdr_len", .number(UInt64(headerCount)), offset + 12..<offset + 13, mask: 0xf0)
    for (name, mask) in TCPFlagNames.all {
      fields.flag("tcp.flags.\(name)", bytes, offset + 12, 2, mask: mask)
    }
    fields.number("tcp.window_size_value", bytes, offset + 14, 2)
    fields.hexadecimal("tcp.checksum", bytes, offset + 16, 2)
    fields.number("tcp.urgent_pointer", bytes, offset + 18, 2)
    guard headerCount >= 20 else {
      return fields.problem("the data offset is inside the header")
    }
    guard fields.has(headerCount, at: offset, until: end) else { return }
    collectTCPOptions(bytes, offset + 20, offset + headerCount, into: &fields)
    if end - offset == total {
      var sum = ends.pseudoHeader(.tcp, count: total)
      sum.add(bytes.slice(offset, total))
      if sum.value != 0 { fields.problem("the checksum is wrong, or left to the network card") }
    }
    fields.add("tcp.len", .number(UInt64(max(0, total - headerCount))), offset..<offset)
    fields.end(at: offset + headerCount)
    collectData(bytes, offset + headerCount, end, into: &fields)
  }

  private func collectTCPOptions(
    _ bytes: RawSpan, _ start: Int, _ end: Int, into fields: inout FieldCollector
  ) {
    var offset = start
    while offset < end {
      let kind = bytes.u8(offset)
      fields.number("tcp.option_kind", bytes, offset, 1)
      guard kind > 0 else { return }
      guard kind > 1 else {
        offset += 1
        continue
      }
      guard fields.has(2, at: offset, until: end) else { return }
      let count = Int(fields.number("tcp.option_len", bytes, offset + 1, 1))
      guard count >= 2 else { return fields.problem("an option shorter than its own header") }
      guard fields.has(count, at: offset, until: end) else { return }
      switch (kind, count) {
      case (2, 4): fields.number("tcp.options.mss_val", bytes, offset + 2, 2)
      case (3, 3): fields.number("tcp.options.wscale.shift", bytes, offset + 2, 1)
      case (8, 10):
        fields.number("tcp.options.timestamp.tsval", bytes, offset + 2, 4)
        fields.number("tcp.options.timestamp.tsecr", bytes, offset + 6, 4)
      default: break
      }
      offset += count
    }
  }
}

/// The flags' names in Wireshark's filters, and their bits in the 16 that begin with the data offset.
private enum TCPFlagNames {
  static let all: [(String, UInt64)] = [
    ("ae", 0x100), ("cwr", 0x80), ("ece", 0x40), ("urg", 0x20), ("ack", 0x10), ("push", 0x08),
    ("reset", 0x04), ("syn", 0x02), ("fin", 0x01),
  ]
}
