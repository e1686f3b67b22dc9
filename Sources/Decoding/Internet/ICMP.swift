import LinkLayer

/// ICMP. RFC 792; `ICMPView` has the diagram.
extension FrameDecoder {
  mutating func writeICMP(
    _ message: RawSpan, total: Int, _ ends: IPEndpoints, into text: inout LineText
  ) {
    ends.write(nil, nil, into: &text)
    text.append(": ICMP ")
    guard message.byteCount >= 8 else { return writeCut("icmp", into: &text) }
    switch message.u8(0) {
    case 0: writeEcho("echo reply", message, into: &text)
    case 8: writeEcho("echo request", message, into: &text)
    case 3:
      let code = message.u8(1)
      text.append(ICMPNames.unreachable(code))
      if code == 4 {
        text.append(", MTU ")
        text.append(message.u16(6))
      }
      writeQuoted(message.slice(from: 8), into: &text)
    case 5:
      text.append("redirect to ")
      text.append(IPv4Address(rawValue: message.u32(4)))
      writeQuoted(message.slice(from: 8), into: &text)
    case 11:
      text.append(message.u8(1) == 0 ? "time exceeded in transit" : "reassembly time exceeded")
      writeQuoted(message.slice(from: 8), into: &text)
    default:
      text.append(ICMPNames.type(message.u8(0)) ?? "type \(message.u8(0))")
      text.append(", code ")
      text.append(message.u8(1))
    }
    text.append(", length ")
    text.append(total)
  }

  /// Says which echo a message is.
  func writeEcho(_ name: StaticString, _ message: RawSpan, into text: inout LineText) {
    text.append(name)
    text.append(", id ")
    text.append(message.u16(4))
    text.append(", seq ")
    text.append(message.u16(6))
  }

  /// Says what an error's own packet was about: the packet that it quotes, in brackets.
  mutating func writeQuoted(_ packet: RawSpan, into text: inout LineText) {
    // An error is never sent about an error; one that quotes another again and again is an attack.
    guard packet.byteCount >= 20, quotationDepth < 2 else { return }
    quotationDepth += 1
    text.append(" (")
    writeIP(packet, into: &text)
    text.append(")")
    quotationDepth -= 1
  }

  func collectICMP(
    _ bytes: RawSpan, _ offset: Int, _ end: Int, total: Int, into fields: inout FieldCollector
  ) {
    fields.begin("icmp", "Internet Control Message Protocol", offset, end)
    guard fields.has(4, at: offset, until: end) else { return }
    let type = bytes.u8(offset)
    fields.number("icmp.type", bytes, offset, 1, meaning: ICMPNames.type(type))
    fields.number(
      "icmp.code", bytes, offset + 1, 1,
      meaning: type == 3 ? "\(ICMPNames.unreachable(bytes.u8(offset + 1)))" : nil)
    fields.hexadecimal("icmp.checksum", bytes, offset + 2, 2)
    if end - offset == total, InternetChecksum(bytes.slice(offset, total)).value != 0 {
      fields.problem("the checksum is wrong")
    }
    guard end - offset >= 8 else { return }
    switch type {
    case 0, 8:
      fields.number("icmp.ident", bytes, offset + 4, 2)
      fields.number("icmp.seq", bytes, offset + 6, 2)
      fields.end(at: offset + 8)
      collectData(bytes, offset + 8, end, into: &fields)
    case 3 where bytes.u8(offset + 1) == 4:
      fields.number("icmp.mtu", bytes, offset + 6, 2)
    case 5:
      fields.ipv4("icmp.redir_gw", bytes, offset + 4)
    default: break
    }
  }
}

/// The names in the registry of ICMP.
enum ICMPNames {
  /// A type's name.
  static func type(_ type: UInt8) -> String? {
    switch type {
    case 0: "echo reply"
    case 3: "destination unreachable"
    case 5: "redirect"
    case 8: "echo request"
    case 9: "router advertisement"
    case 10: "router solicitation"
    case 11: "time exceeded"
    case 12: "parameter problem"
    case 13: "timestamp request"
    case 14: "timestamp reply"
    default: nil
    }
  }

  /// What the code of a destination unreachable says.
  static func unreachable(_ code: UInt8) -> StaticString {
    switch code {
    case 0: "network unreachable"
    case 1: "host unreachable"
    case 2: "protocol unreachable"
    case 3: "port unreachable"
    case 4: "fragmentation needed"
    case 5: "source route failed"
    case 6: "network unknown"
    case 7: "host unknown"
    case 9: "network prohibited"
    case 10: "host prohibited"
    case 11: "network unreachable for this service"
    case 12: "host unreachable for this service"
    case 13: "administratively prohibited"
    default: "unreachable"
    }
  }
}
