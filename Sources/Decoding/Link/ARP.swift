import LinkLayer

/// Address resolution. RFC 826, and RFC 5227 for what requests without a sender's address are;
/// `ARPView` has the diagram.
extension FrameDecoder {
  func writeARP(_ bytes: RawSpan, into text: inout LineText) {
    guard bytes.byteCount >= 8 else { return writeCut("arp", into: &text) }
    let operation = ARPOperation(rawValue: bytes.u16(6))
    let hardwareCount = Int(bytes.u8(4))
    guard bytes.u16(2) == EtherType.ipv4.rawValue, bytes.u8(5) == 4 else {
      text.append("ARP operation ")
      text.append(operation.rawValue)
      text.append(" of protocol 0x")
      text.append(hex: UInt64(bytes.u16(2)), width: 4)
      return
    }
    guard bytes.byteCount >= 16 + 2 * hardwareCount else { return writeCut("arp", into: &text) }
    let sender = IPv4Address(rawValue: bytes.u32(8 + hardwareCount))
    let target = IPv4Address(rawValue: bytes.u32(12 + 2 * hardwareCount))
    let senderHardware = bytes.slice(8, hardwareCount)
    switch operation {
    case .request:
      text.append("ARP who-has ")
      text.append(target)
      let asked = bytes.slice(12 + hardwareCount, hardwareCount)
      if !asked.isEveryByte(0), !asked.isEveryByte(0xff) {
        text.append(" (")
        text.append(colonHex: asked)
        text.append(")")
      }
      text.append(" tell ")
      text.append(sender)
    case .reply:
      text.append("ARP ")
      text.append(sender)
      text.append(" is-at ")
      text.append(colonHex: senderHardware)
    default:
      text.append("ARP operation ")
      text.append(operation.rawValue)
      text.append(" ")
      text.append(sender)
      text.append(" > ")
      text.append(target)
    }
    if operation == .request, sender.isUnspecified {
      text.append(", probe by ")
      text.append(colonHex: senderHardware)
    } else if sender == target, operation == .request || operation == .reply {
      text.append(", announcement of ")
      text.append(colonHex: senderHardware)
    }
  }

  func collectARP(
    _ bytes: RawSpan, _ offset: Int, _ end: Int, into fields: inout FieldCollector
  ) {
    fields.begin("arp", "Address Resolution Protocol", offset, end)
    guard fields.has(8, at: offset, until: end) else { return }
    fields.number("arp.hw.type", bytes, offset, 2)
    fields.hexadecimal("arp.proto.type", bytes, offset + 2, 2)
    let hardwareCount = Int(fields.number("arp.hw.size", bytes, offset + 4, 1))
    let protocolCount = Int(fields.number("arp.proto.size", bytes, offset + 5, 1))
    let operation = ARPOperation(rawValue: bytes.u16(offset + 6))
    fields.number("arp.opcode", bytes, offset + 6, 2, meaning: operation.name)
    let count = 8 + 2 * hardwareCount + 2 * protocolCount
    guard fields.has(count, at: offset, until: end) else { return }
    fields.end(at: offset + count)
    var place = offset + 8
    for side in ["src", "dst"] {
      collectHardwareAddress(side, bytes, place, hardwareCount, into: &fields)
      place += hardwareCount
      if side == "dst", operation.rawValue == 7, protocolCount > 0 {
        // A dynamic reverse request that failed, RFC 1931: why.
        fields.number("arp.dst.drarp_error_status", bytes, place, 1)
      } else if protocolCount == 4, bytes.u16(offset + 2) == EtherType.ipv4.rawValue {
        fields.ipv4("arp.\(side).proto_ipv4", bytes, place)
      } else if protocolCount > 0 {
        fields.bytes("arp.\(side).proto", bytes, place, protocolCount)
      }
      place += protocolCount
    }
    if let role = arpRole(bytes.slice(offset, count)) {
      fields.add("crimp.arp.role", .words(role), offset..<offset)
    }
  }

  private func collectHardwareAddress(
    _ side: String, _ bytes: RawSpan, _ offset: Int, _ count: Int,
    into fields: inout FieldCollector
  ) {
    if count == 6 { return fields.mac("arp.\(side).hw_mac", bytes, offset) }
    guard count > 0 else { return }
    fields.bytes("arp.\(side).hw", bytes, offset, count)
  }

  /// RFC 5227's name for the packet, if it has one.
  private func arpRole(_ bytes: RawSpan) -> String? {
    guard let packet = try? ARPPacket(parsing: bytes) else { return nil }
    if packet.isProbe { return "probe" }
    return packet.isAnnouncement ? "announcement" : nil
  }
}

extension ARPOperation {
  /// The name in the registry.
  var name: String? {
    switch rawValue {
    case 1: "request"
    case 2: "reply"
    case 3: "reverse request"
    case 4: "reverse reply"
    case 8: "inverse request"
    case 9: "inverse reply"
    default: nil
    }
  }
}

extension RawSpan {
  /// Whether all bytes are `byte`.
  func isEveryByte(_ byte: UInt8) -> Bool {
    for offset in 0..<byteCount where u8(offset) != byte { return false }
    return true
  }
}
