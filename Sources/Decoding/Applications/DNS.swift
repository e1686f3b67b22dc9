import LinkLayer

/// DNS and multicast DNS. RFC 1035, section 4; RFC 6762.
///
///      0       2       4       6       8       10      12
///     +-------+-------+-------+-------+-------+-------+-----------
///     |  id   | flags |  qd   |  an   |  ns   |  ar   | questions, answers
///     +-------+-------+-------+-------+-------+-------+-----------
extension FrameDecoder {
  func writeDNS(_ message: RawSpan, into text: inout LineText) {
    guard message.byteCount >= 12 else { return writeCut("dns", into: &text) }
    let flags = message.u16(2)
    let isResponse = flags & 0x8000 != 0
    text.append("DNS ")
    text.append(message.u16(0))
    text.append(isResponse ? " response" : " query")
    if isResponse, flags & 0xf != 0 {
      text.append(", ")
      text.append(DNSNames.responseCode(flags & 0xf) ?? "code \(flags & 0xf)")
    }
    var offset = 12
    if message.u16(4) > 0, let name = DNSName(message, at: offset) {
      offset = name.end
      guard message.byteCount >= offset + 4 else { return writeCut("dns", into: &text) }
      text.append(", ")
      text.append(DNSNames.type(message.u16(offset)) ?? "type \(message.u16(offset))")
      text.append("? ")
      text.append(peer: name.text.rawBytes, limit: 255)
      offset += 4
    }
    guard isResponse else { return }
    // The questions behind the first are rare; past them the answers are not looked for.
    guard message.u16(4) <= 1 else { return }
    writeAnswers(message, from: offset, count: Int(message.u16(6)), into: &text)
  }

  private func writeAnswers(
    _ message: RawSpan, from start: Int, count: Int, into text: inout LineText
  ) {
    var offset = start
    for index in 0..<min(count, 4) {
      guard let name = DNSName(message, at: offset), message.byteCount >= name.end + 10 else {
        return
      }
      let type = message.u16(name.end)
      let length = Int(message.u16(name.end + 8))
      let data = name.end + 10
      guard message.byteCount >= data + length else { return }
      text.append(index == 0 ? ": " : ", ")
      text.append(DNSNames.type(type) ?? "type \(type)")
      switch (type, length) {
      case (1, 4):
        text.append(" ")
        text.append(IPv4Address(rawValue: message.u32(data)))
      case (28, 16):
        text.append(" ")
        text.append(message.ipv6Address(data))
      case (2, _), (5, _), (12, _):
        guard let target = DNSName(message, at: data) else { return }
        text.append(" ")
        text.append(peer: target.text.rawBytes, limit: 255)
      default: break
      }
      offset = data + length
    }
    if count > 4 { text.append(", ...") }
  }

  func collectDNS(
    _ bytes: RawSpan, _ offset: Int, _ end: Int, into fields: inout FieldCollector
  ) {
    fields.begin("dns", "Domain Name System", offset, end)
    guard fields.has(12, at: offset, until: end) else { return }
    fields.hexadecimal("dns.id", bytes, offset, 2)
    fields.flag("dns.flags.response", bytes, offset + 2, 2, mask: 0x8000)
    fields.bits("dns.flags.opcode", bytes, offset + 2, 2, mask: 0x7800)
    fields.flag("dns.flags.truncated", bytes, offset + 2, 2, mask: 0x0200)
    fields.flag("dns.flags.recdesired", bytes, offset + 2, 2, mask: 0x0100)
    if bytes.u16(offset + 2) & 0x8000 != 0 {
      let code = bytes.u16(offset + 2) & 0xf
      fields.flag("dns.flags.authoritative", bytes, offset + 2, 2, mask: 0x0400)
      fields.flag("dns.flags.recavail", bytes, offset + 2, 2, mask: 0x0080)
      fields.bits(
        "dns.flags.rcode", bytes, offset + 2, 2, mask: 0xf,
        meaning: DNSNames.responseCode(code))
    }
    let questions = Int(fields.number("dns.count.queries", bytes, offset + 4, 2))
    let answers = Int(fields.number("dns.count.answers", bytes, offset + 6, 2))
    let authorities = Int(fields.number("dns.count.auth_rr", bytes, offset + 8, 2))
    let additions = Int(fields.number("dns.count.add_rr", bytes, offset + 10, 2))
    let message = bytes.slice(offset, end - offset)
    var place = 12
    for _ in 0..<questions {
      guard let name = DNSName(message, at: place), message.byteCount >= name.end + 4 else {
        return fields.problem("cut: a question ends beyond the message")
      }
      fields.add("dns.qry.name", .text(name.text), offset + place..<offset + name.end)
      let type = message.u16(name.end)
      fields.number("dns.qry.type", bytes, offset + name.end, 2, meaning: DNSNames.type(type))
      fields.hexadecimal("dns.qry.class", bytes, offset + name.end + 2, 2)
      place = name.end + 4
    }
    for _ in 0..<answers + authorities + additions {
      guard collectRecord(message, &place, bytes, offset, into: &fields) else {
        return fields.problem("cut: a record ends beyond the message")
      }
    }
  }

  private func collectRecord(
    _ message: RawSpan, _ place: inout Int, _ bytes: RawSpan, _ offset: Int,
    into fields: inout FieldCollector
  ) -> Bool {
    guard let name = DNSName(message, at: place), message.byteCount >= name.end + 10 else {
      return false
    }
    let type = message.u16(name.end)
    let length = Int(message.u16(name.end + 8))
    let data = name.end + 10
    guard message.byteCount >= data + length else { return false }
    fields.add("dns.resp.name", .text(name.text), offset + place..<offset + name.end)
    fields.number("dns.resp.type", bytes, offset + name.end, 2, meaning: DNSNames.type(type))
    // What EDNS's pseudo-record has in the places of class and time to live is something else.
    if type != 41 { fields.number("dns.resp.ttl", bytes, offset + name.end + 4, 4) }
    fields.number("dns.resp.len", bytes, offset + name.end + 8, 2)
    let range = offset + data..<offset + data + length
    switch (type, length) {
    case (1, 4): fields.ipv4("dns.a", bytes, offset + data)
    case (28, 16): fields.ipv6("dns.aaaa", bytes, offset + data)
    case (2, _), (5, _), (12, _):
      guard let target = DNSName(message, at: data) else { break }
      let field = type == 2 ? "dns.ns" : type == 5 ? "dns.cname" : "dns.ptr.domain_name"
      fields.add(field, .text(target.text), range)
    default: break
    }
    place = data + length
    return true
  }
}

/// The names in the registry "Domain Name System (DNS) Parameters".
enum DNSNames {
  /// A type's name.
  static func type(_ type: UInt16) -> String? {
    switch type {
    case 1: "A"
    case 2: "NS"
    case 5: "CNAME"
    case 6: "SOA"
    case 12: "PTR"
    case 15: "MX"
    case 16: "TXT"
    case 28: "AAAA"
    case 33: "SRV"
    case 41: "OPT"
    case 64: "SVCB"
    case 65: "HTTPS"
    case 255: "ANY"
    default: nil
    }
  }

  /// A response code's name.
  static func responseCode(_ code: UInt16) -> String? {
    switch code {
    case 0: "no error"
    case 1: "format error"
    case 2: "server failure"
    case 3: "no such name"
    case 4: "not implemented"
    case 5: "refused"
    default: nil
    }
  }
}
