import LinkLayer

/// DHCP and BOOTP. RFC 2131, section 2; RFC 2132 for the options.
///
///      0   1   2   3   4           8       10      12      16      20      24      28
///     +---+---+---+---+-----------+-------+-------+-------+-------+-------+-------+--------
///     |op |hw |len|hop| id        | secs  | flags | client| your  | server| relay | chaddr
///     +---+---+---+---+-----------+-------+-------+-------+-------+-------+-------+--------
///      44 server's name, 108 file, 236 cookie 63 82 53 63, 240 options
extension FrameDecoder {
  func writeDHCP(_ message: RawSpan, into text: inout LineText) {
    guard message.byteCount >= 44 else { return writeCut("dhcp", into: &text) }
    text.append("DHCP ")
    let type = DHCPOptions.first(53, in: message)
    if let type, type.count == 1 {
      let code = message.u8(type.lowerBound)
      text.append(DHCPOptions.messageType(code) ?? "type \(code)")
    } else {
      text.append(message.u8(0) == 1 ? "BOOTP request" : "BOOTP reply")
    }
    text.append(message.u8(0) == 1 ? " from " : " for ")
    text.append(MACAddress(rawValue: message.u48(28)))
    if message.u32(16) != 0 {
      text.append(", your address ")
      text.append(IPv4Address(rawValue: message.u32(16)))
    }
    if let asked = DHCPOptions.first(50, in: message), asked.count == 4 {
      text.append(", asks for ")
      text.append(IPv4Address(rawValue: message.u32(asked.lowerBound)))
    }
    if let name = DHCPOptions.first(12, in: message) {
      text.append(", host ")
      text.append(peer: message.slice(name.lowerBound, name.count))
    }
  }

  func collectDHCP(
    _ bytes: RawSpan, _ offset: Int, _ end: Int, into fields: inout FieldCollector
  ) {
    fields.begin("dhcp", "Dynamic Host Configuration Protocol", offset, end)
    guard fields.has(236, at: offset, until: end) else { return }
    fields.number("dhcp.type", bytes, offset, 1)
    fields.hexadecimal("dhcp.hw.type", bytes, offset + 1, 1)
    let hardwareCount = fields.number("dhcp.hw.len", bytes, offset + 2, 1)
    fields.number("dhcp.hops", bytes, offset + 3, 1)
    fields.hexadecimal("dhcp.id", bytes, offset + 4, 4)
    fields.number("dhcp.secs", bytes, offset + 8, 2)
    fields.flag("dhcp.flags.bc", bytes, offset + 10, 2, mask: 0x8000)
    fields.ipv4("dhcp.ip.client", bytes, offset + 12)
    fields.ipv4("dhcp.ip.your", bytes, offset + 16)
    fields.ipv4("dhcp.ip.server", bytes, offset + 20)
    fields.ipv4("dhcp.ip.relay", bytes, offset + 24)
    if hardwareCount == 6 { fields.mac("dhcp.hw.mac_addr", bytes, offset + 28) }
    guard end - offset >= 240, bytes.u32(offset + 236) == DHCPOptions.cookie else { return }
    DHCPOptions.walk(bytes.slice(offset, end - offset)) { code, range in
      let place = offset + range.lowerBound
      fields.number("dhcp.option.type", bytes, place - 2, 1)
      fields.number("dhcp.option.length", bytes, place - 1, 1)
      collectDHCPOption(code, bytes, place, range.count, into: &fields)
      return true
    }
  }

  private func collectDHCPOption(
    _ code: UInt8, _ bytes: RawSpan, _ offset: Int, _ count: Int,
    into fields: inout FieldCollector
  ) {
    switch (code, count) {
    case (53, 1):
      fields.number(
        "dhcp.option.dhcp", bytes, offset, 1,
        meaning: DHCPOptions.messageType(bytes.u8(offset)))
    case (1, 4): fields.ipv4("dhcp.option.subnet_mask", bytes, offset)
    case (3, 4...), (6, 4...):
      let name = code == 3 ? "dhcp.option.router" : "dhcp.option.domain_name_server"
      for place in stride(from: offset, through: offset + count - 4, by: 4) {
        fields.ipv4(name, bytes, place)
      }
    case (12, 1...): fields.text("dhcp.option.hostname", bytes, offset, count)
    case (15, 1...): fields.text("dhcp.option.domain_name", bytes, offset, count)
    case (50, 4): fields.ipv4("dhcp.option.requested_ip_address", bytes, offset)
    case (51, 4): fields.number("dhcp.option.ip_address_lease_time", bytes, offset, 4)
    case (54, 4): fields.ipv4("dhcp.option.dhcp_server_id", bytes, offset)
    default: break
    }
  }
}

/// The options behind the cookie: a code, and but for 0 (fills a byte) and 255 (the end) a length and
/// data.
enum DHCPOptions {
  /// What stands before them.
  static let cookie: UInt32 = 0x6382_5363

  /// Lends the code and the place of each option's data, until `use` says that it is enough.
  static func walk(_ message: RawSpan, _ use: (UInt8, Range<Int>) -> Bool) {
    guard message.byteCount >= 240, message.u32(236) == cookie else { return }
    var offset = 240
    while offset < message.byteCount {
      let code = message.u8(offset)
      offset += 1
      guard code != 255 else { return }
      guard code != 0 else { continue }
      guard offset < message.byteCount else { return }
      let count = Int(message.u8(offset))
      offset += 1
      guard message.byteCount - offset >= count, use(code, offset..<offset + count) else { return }
      offset += count
    }
  }

  /// Where the data of the first option with this code is.
  static func first(_ code: UInt8, in message: RawSpan) -> Range<Int>? {
    var found: Range<Int>?
    walk(message) { candidate, range in
      guard candidate == code else { return true }
      found = range
      return false
    }
    return found
  }

  /// The name of a message's type. RFC 2132, section 9.6.
  static func messageType(_ code: UInt8) -> String? {
    switch code {
    case 1: "discover"
    case 2: "offer"
    case 3: "request"
    case 4: "decline"
    case 5: "ack"
    case 6: "nak"
    case 7: "release"
    case 8: "inform"
    default: nil
    }
  }
}
