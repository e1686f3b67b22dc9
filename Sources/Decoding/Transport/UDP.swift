import LinkLayer

/// UDP, and which protocol a port stands for. RFC 768; `UDPView` has the diagram.
extension FrameDecoder {
  mutating func writeUDP(
    _ datagram: RawSpan, total: Int, _ ends: IPEndpoints, into text: inout LineText
  ) {
    guard datagram.byteCount >= 8 else {
      ends.write(nil, nil, into: &text)
      text.append(": ")
      return writeCut("udp", into: &text)
    }
    let (source, destination) = (datagram.u16(0), datagram.u16(2))
    ends.write(source, destination, into: &text)
    text.append(": ")
    let count = Int(datagram.u16(4))
    guard count >= 8 else {
      text.append("UDP with impossible length ")
      text.append(count)
      return
    }
    let payload = datagram.slice(8, min(datagram.byteCount, count) - 8)
    guard quotationDepth == 0, payload.byteCount > 0 else {
      text.append("UDP, length ")
      text.append(count - 8)
      return
    }
    switch UDPApplication(source, destination, payload) {
    case .dns: writeDNS(payload, into: &text)
    case .dhcp: writeDHCP(payload, into: &text)
    case .rmcp: writeRMCP(payload, Conversation(ends, source, destination), into: &text)
    case .wakeOnLAN where MagicPacketView(in: payload) != nil:
      writeMagicPacket(payload, into: &text)
    default:
      text.append("UDP, length ")
      text.append(count - 8)
    }
  }

  mutating func collectUDP(
    _ bytes: RawSpan, _ offset: Int, _ end: Int, total: Int, _ ends: IPEndpoints,
    into fields: inout FieldCollector
  ) {
    fields.begin("udp", "User Datagram Protocol", offset, end)
    guard fields.has(8, at: offset, until: end) else { return }
    let source = UInt16(truncatingIfNeeded: fields.number("udp.srcport", bytes, offset, 2))
    let destination = UInt16(truncatingIfNeeded: fields.number("udp.dstport", bytes, offset + 2, 2))
    let count = Int(fields.number("udp.length", bytes, offset + 4, 2))
    let checksum = fields.hexadecimal("udp.checksum", bytes, offset + 6, 2)
    fields.end(at: offset + 8)
    guard count >= 8 else { return fields.problem("the length is inside the header") }
    if checksum != 0, count <= end - offset {
      var sum = ends.pseudoHeader(.udp, count: count)
      sum.add(bytes.slice(offset, count))
      if sum.value != 0 { fields.problem("the checksum is wrong, or left to the network card") }
    }
    let payloadEnd = min(end, offset + count)
    let payload = offset + 8
    guard payload < payloadEnd else { return }
    switch UDPApplication(source, destination, bytes.slice(payload, payloadEnd - payload)) {
    case .dns: collectDNS(bytes, payload, payloadEnd, into: &fields)
    case .dhcp: collectDHCP(bytes, payload, payloadEnd, into: &fields)
    case .rmcp:
      let conversation = Conversation(ends, source, destination)
      collectRMCP(bytes, payload, payloadEnd, conversation, into: &fields)
    case .wakeOnLAN: collectMagicPacket(bytes, payload, payloadEnd, into: &fields)
    case nil: collectData(bytes, payload, payloadEnd, into: &fields)
    }
  }
}

/// What a datagram carries, by its ports (IANA registry "Service Name and Transport Protocol Port
/// Number"); RMCP, whose controllers' ports are often forwarded, by how it begins.
private enum UDPApplication {
  case dns
  case dhcp
  case rmcp
  case wakeOnLAN

  init?(_ source: UInt16, _ destination: UInt16, _ payload: RawSpan) {
    switch (source, destination) {
    case (53, _), (_, 53), (5353, _), (_, 5353): self = .dns
    case (67, _), (_, 67), (68, _), (_, 68): self = .dhcp
    case (623, _), (_, 623): self = .rmcp
    case (_, 0), (_, 7), (_, 9), (_, 40000): self = .wakeOnLAN
    default:
      // Version 6, nothing, a message that wants no acknowledgement, and a class that there is.
      guard payload.byteCount >= 8, payload.u16(0) == 0x0600, payload.u8(2) == 0xff,
        payload.u8(3) == 6 || payload.u8(3) == 7
      else { return nil }
      self = .rmcp
    }
  }
}
