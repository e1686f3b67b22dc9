import LinkLayer

/// Ethernet II and IEEE 802.3 with their VLAN tags. `EthernetFrameView` has the diagram.
extension FrameDecoder {
  mutating func writeEthernet(
    _ bytes: RawSpan, originalLength: Int, into text: inout LineText
  ) {
    guard bytes.byteCount >= 14 else { return writeCut("ethernet", into: &text) }
    if style.showsLink {
      text.append(MACAddress(rawValue: bytes.u48(6)))
      text.append(" > ")
      text.append(MACAddress(rawValue: bytes.u48(0)))
      text.append(", length ")
      text.append(originalLength)
      text.append(": ")
    }
    var offset = 12
    while EtherType(rawValue: bytes.u16(offset)).isTag {
      guard bytes.byteCount >= offset + 6 else { return writeCut("vlan", into: &text) }
      let tag = VLANTag(tci: bytes.u16(offset + 2))
      text.append("vlan ")
      text.append(tag.identifier)
      if tag.priority > 0 {
        text.append(" priority ")
        text.append(tag.priority)
      }
      text.append(", ")
      offset += 4
    }
    let type = bytes.u16(offset)
    guard type > 1500 else {
      // The length ends the payload: what follows is padding.
      let end = min(bytes.byteCount, offset + 2 + Int(type))
      return writeLogicalLink(bytes.slice(offset + 2, end - offset - 2), from: bytes, into: &text)
    }
    writePayload(
      EtherType(rawValue: type), bytes.slice(from: offset + 2), from: bytes, into: &text)
  }

  /// What an EtherType announces.
  mutating func writePayload(
    _ type: EtherType, _ payload: RawSpan, from frame: RawSpan, into text: inout LineText
  ) {
    switch type {
    case .arp: writeARP(payload, into: &text)
    case .ipv4, .ipv6: writeIP(payload, into: &text)
    case .wakeOnLAN: writeMagicPacket(payload, into: &text)
    case .lldp: writeLLDP(payload, into: &text)
    default:
      text.append("ethertype 0x")
      text.append(hex: UInt64(type.rawValue), width: 4)
      text.append(" from ")
      if frame.byteCount >= 12 { text.append(MACAddress(rawValue: frame.u48(6))) }
      text.append(", length ")
      text.append(payload.byteCount)
    }
  }

  /// Says that the bytes end before the header does.
  func writeCut(_ layer: StaticString, into text: inout LineText) {
    text.append("[")
    text.append(layer)
    text.append(" cut]")
  }

  mutating func collectEthernet(_ bytes: RawSpan, into fields: inout FieldCollector) {
    fields.begin("eth", "Ethernet", 0, bytes.byteCount)
    guard fields.has(14, at: 0, until: bytes.byteCount) else { return }
    fields.mac("eth.dst", bytes, 0)
    fields.mac("eth.src", bytes, 6)
    var offset = 12
    var name = "eth.type"
    var outer: EtherType?
    while case let tag = EtherType(rawValue: bytes.u16(offset)), tag.isTag {
      let isInnerService = tag == .serviceVLAN && outer == .serviceVLAN
      if !isInnerService {
        fields.hexadecimal(name, bytes, offset, 2, meaning: "VLAN tag")
        fields.end(at: offset + 2)
        let protocolName = tag == .serviceVLAN ? "ieee8021ad" : "vlan"
        fields.begin(protocolName, "VLAN tag", offset + 2, offset + 6)
      }
      offset += 2
      guard fields.has(4, at: offset, until: bytes.byteCount) else { return }
      collectTag(tag, isInner: isInnerService, bytes, offset, into: &fields)
      offset += 2
      name = tag == .serviceVLAN ? "ieee8021ah.etype" : "vlan.etype"
      outer = tag
    }
    let type = EtherType(rawValue: bytes.u16(offset))
    guard type.rawValue > 1500 else {
      fields.number(outer == nil ? "eth.len" : "vlan.len", bytes, offset, 2)
      fields.end(at: offset + 2)
      let end = min(bytes.byteCount, offset + 2 + Int(type.rawValue))
      return collectLogicalLink(bytes, offset + 2, end, into: &fields)
    }
    fields.hexadecimal(name, bytes, offset, 2, meaning: type.name)
    fields.end(at: offset + 2)
    collectPayload(type, bytes, offset + 2, bytes.byteCount, into: &fields)
  }

  /// A tag of a customer, IEEE 802.1Q, or of a provider, IEEE 802.1ad; two of a provider's are one layer, in
  /// which the outer is the service's and the inner the customer's.
  private func collectTag(
    _ tag: EtherType, isInner: Bool, _ bytes: RawSpan, _ offset: Int,
    into fields: inout FieldCollector
  ) {
    guard tag == .serviceVLAN else {
      fields.bits("vlan.priority", bytes, offset, 2, mask: 0xe000)
      fields.flag("vlan.dei", bytes, offset, 2, mask: 0x1000)
      fields.bits("vlan.id", bytes, offset, 2, mask: 0x0fff)
      return
    }
    let isOuter = EtherType(rawValue: bytes.u16(offset + 2)) == .serviceVLAN
    let name = isInner ? "cvid" : isOuter ? "svid" : "id"
    fields.bits("ieee8021ad.priority", bytes, offset, 2, mask: 0xe000)
    fields.flag("ieee8021ad.dei", bytes, offset, 2, mask: 0x1000)
    fields.bits("ieee8021ad.\(name)", bytes, offset, 2, mask: 0x0fff)
  }

  /// What an EtherType announces.
  mutating func collectPayload(
    _ type: EtherType, _ bytes: RawSpan, _ offset: Int, _ end: Int,
    into fields: inout FieldCollector
  ) {
    switch type {
    case .arp: collectARP(bytes, offset, end, into: &fields)
    case .ipv4, .ipv6: collectIP(bytes, offset, end, into: &fields)
    case .wakeOnLAN: collectMagicPacket(bytes, offset, end, into: &fields)
    case .lldp: collectLLDP(bytes, offset, end, into: &fields)
    default: collectData(bytes, offset, end, into: &fields)
    }
  }
}

extension EtherType {
  /// What people call the protocol, if it has a name here.
  var name: String? {
    switch self {
    case .ipv4: "IPv4"
    case .ipv6: "IPv6"
    case .arp: "ARP"
    case .lldp: "LLDP"
    case .wakeOnLAN: "Wake-on-LAN"
    case .vlan, .serviceVLAN: "VLAN tag"
    default: nil
    }
  }
}
