import LinkLayer

/// Spanning tree, rapid and multiple. IEEE 802.1D-2004, clause 9; times are in 1/256 seconds.
///
///      0       2   3   4   5               13      17              25      27  29  31  33
///     +-------+---+---+---+---------------+-------+---------------+-------+---+---+---+---+
///     | 0     |ver|typ|flg| root          | cost  | bridge        | port  |age|max|hel|fwd|
///     +-------+---+---+---+---------------+-------+---------------+-------+---+---+---+---+
extension FrameDecoder {
  func writeSpanningTree(_ message: RawSpan, into text: inout LineText) {
    guard message.byteCount >= 4 else { return writeCut("stp", into: &text) }
    text.append("STP ")
    let type = message.u8(3)
    guard type != 0x80 else { return text.append("topology change notification") }
    guard message.byteCount >= 35 else { return writeCut("stp", into: &text) }
    text.append(type == 0 ? "configuration" : message.u8(2) >= 3 ? "multiple" : "rapid")
    text.append(", root ")
    writeBridge(message, at: 5, into: &text)
    text.append(", cost ")
    text.append(message.u32(13))
    text.append(", bridge ")
    writeBridge(message, at: 17, into: &text)
    text.append(", port 0x")
    text.append(hex: UInt64(message.u16(25)), width: 4)
    if message.u8(4) & 1 != 0 { text.append(", topology change") }
  }

  private func writeBridge(_ message: RawSpan, at offset: Int, into text: inout LineText) {
    text.append(message.u16(offset))
    text.append(character: "/")
    text.append(MACAddress(rawValue: message.u48(offset + 2)))
  }

  func collectSpanningTree(
    _ bytes: RawSpan, _ offset: Int, _ end: Int, into fields: inout FieldCollector
  ) {
    fields.begin("stp", "Spanning Tree Protocol", offset, end)
    guard fields.has(4, at: offset, until: end) else { return }
    fields.hexadecimal("stp.protocol", bytes, offset, 2)
    fields.number("stp.version", bytes, offset + 2, 1)
    let type = fields.hexadecimal("stp.type", bytes, offset + 3, 1)
    guard type != 0x80, fields.has(35, at: offset, until: end) else { return }
    fields.hexadecimal("stp.flags", bytes, offset + 4, 1)
    collectBridge("stp.root", bytes, offset + 5, into: &fields)
    fields.number("stp.root.cost", bytes, offset + 13, 4)
    collectBridge("stp.bridge", bytes, offset + 17, into: &fields)
    fields.hexadecimal("stp.port", bytes, offset + 25, 2)
    for (index, name) in ["stp.msg_age", "stp.max_age", "stp.hello", "stp.forward"].enumerated() {
      let place = offset + 27 + 2 * index
      let whole = bytes.u16(place)
      let words = whole & 0xff == 0 ? "\(whole >> 8)" : "\(Double(whole) / 256)"
      fields.add(name, .words(words), place..<place + 2)
    }
  }

  private func collectBridge(
    _ name: String, _ bytes: RawSpan, _ offset: Int, into fields: inout FieldCollector
  ) {
    let priority = UInt64(bytes.u16(offset) & 0xf000)
    fields.add("\(name).prio", .number(priority), offset..<offset + 2, mask: 0xf000)
    fields.bits("\(name).ext", bytes, offset, 2, mask: 0x0fff)
    fields.mac("\(name).hw", bytes, offset + 2)
  }
}
