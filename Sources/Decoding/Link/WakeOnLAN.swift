import LinkLayer

/// The magic packet of Wake-on-LAN: six bytes of ones and sixteen times an address, anywhere in the
/// payload; a SecureOn password may follow, and is not shown.
extension FrameDecoder {
  func writeMagicPacket(_ bytes: RawSpan, into text: inout LineText) {
    guard let packet = try? MagicPacket(parsing: bytes) else {
      text.append("Wake-on-LAN, no magic packet, length ")
      text.append(bytes.byteCount)
      return
    }
    text.append("Wake-on-LAN for ")
    text.append(packet.target)
    if packet.byteCount > 102 { text.append(", with a password") }
  }

  func collectMagicPacket(
    _ bytes: RawSpan, _ offset: Int, _ end: Int, into fields: inout FieldCollector
  ) {
    guard let packet = try? MagicPacket(parsing: bytes.slice(offset, end - offset)) else {
      return collectData(bytes, offset, end, into: &fields)
    }
    fields.begin("wol", "Wake On LAN", offset, offset + packet.byteCount)
    fields.bytes("wol.sync", bytes, offset, 6)
    fields.mac("wol.mac", bytes, offset + 6)
    guard packet.byteCount > 102 else { return }
    fields.bytes("wol.passwd", bytes, offset + 102, packet.byteCount - 102)
  }
}
