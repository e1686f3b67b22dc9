import LinkLayer

/// What the optional values of link layer discovery hold that say more than a text: management addresses,
/// and what organizations have added.
extension FrameDecoder {
  /// A management address. IEEE 802.1AB-2016, 8.5.9.
  ///
  ///      0        1         2                 n+1          n+2        n+6       n+7
  ///     +--------+---------+-----------------+------------+----------+---------+--------
  ///     | n + 1  | family  | address, n      | numbered   | interface| length  | object
  ///     +--------+---------+-----------------+------------+----------+---------+--------
  func collectManagementAddress(
    _ bytes: RawSpan, _ offset: Int, _ count: Int, into fields: inout FieldCollector
  ) {
    guard count >= 2 else { return }
    let length = Int(fields.number("lldp.mgn.address.len", bytes, offset, 1)) - 1
    guard length >= 0, length <= count - 2 else { return }
    let family = fields.number("lldp.mgn.address.subtype", bytes, offset + 1, 1)
    switch (family, length) {
    case (1, 4): fields.ipv4("lldp.mgn.addr.ip4", bytes, offset + 2)
    case (2, 16): fields.ipv6("lldp.mgn.addr.ip6", bytes, offset + 2)
    case (_, 1...): fields.bytes("lldp.mgn.addr.hex", bytes, offset + 2, length)
    default: break
    }
    let rest = offset + 2 + length
    guard count - 2 - length >= 6 else { return }
    fields.number("lldp.mgn.interface.subtype", bytes, rest, 1)
    fields.number("lldp.mgn.interface.number", bytes, rest + 1, 4)
    fields.number("lldp.mgn.obj.len", bytes, rest + 5, 1)
  }

  /// A value of an organization: its number, a type of its own, and what that holds. IEEE 802.1AB-2016, 8.6.
  func collectOrganizationValue(
    _ bytes: RawSpan, _ offset: Int, _ count: Int, into fields: inout FieldCollector
  ) {
    let organization = fields.hexadecimal("lldp.orgtlv.oui", bytes, offset, 3)
    let (value, rest) = (offset + 4, count - 4)
    switch organization {
    case 0x00_80c2: collectBridging(bytes.u8(offset + 3), bytes, value, rest, into: &fields)
    case 0x00_120f: collectEthernetValue(bytes.u8(offset + 3), bytes, value, rest, into: &fields)
    case 0x00_12bb: collectMedia(bytes.u8(offset + 3), bytes, value, rest, into: &fields)
    default: break
    }
  }

  /// A bridge's VLANs. IEEE 802.1Q-2018, annex D.2.
  private func collectBridging(
    _ type: UInt8, _ bytes: RawSpan, _ offset: Int, _ count: Int,
    into fields: inout FieldCollector
  ) {
    fields.hexadecimal("lldp.ieee.802_1.subtype", bytes, offset - 1, 1)
    switch (type, count) {
    case (1, 2): fields.number("lldp.ieee.802_1.port_vlan.id", bytes, offset, 2)
    case (3, 3...):
      fields.number("lldp.ieee.802_1.vlan.id", bytes, offset, 2)
      let length = Int(fields.number("lldp.ieee.802_1.vlan.name_len", bytes, offset + 2, 1))
      guard length > 0, length <= count - 3 else { return }
      fields.text("lldp.ieee.802_1.vlan.name", bytes, offset + 3, length)
    default: break
    }
  }

  /// An Ethernet port's abilities. IEEE 802.3-2018, 79.3.
  private func collectEthernetValue(
    _ type: UInt8, _ bytes: RawSpan, _ offset: Int, _ count: Int,
    into fields: inout FieldCollector
  ) {
    fields.hexadecimal("lldp.ieee.802_3.subtype", bytes, offset - 1, 1)
    switch (type, count) {
    case (1, 5):
      fields.hexadecimal("lldp.ieee.802_3.mac_phy_auto_neg_status", bytes, offset, 1)
      fields.hexadecimal("lldp.ieee.802_3.pmd_auto_neg_advertised_caps", bytes, offset + 1, 2)
      fields.hexadecimal("lldp.ieee.802_3.pmd_mau_type", bytes, offset + 3, 2)
    case (3, 5):
      fields.hexadecimal("lldp.ieee.802_3.aggregation_status", bytes, offset, 1)
      fields.number("lldp.ieee.802_3.aggregated_port_id", bytes, offset + 1, 4)
    case (4, 2): fields.number("lldp.ieee.802_3.max_frame_size", bytes, offset, 2)
    default: break
    }
  }

  /// What an endpoint such as a telephone can do. ANSI/TIA-1057, 10.2.
  private func collectMedia(
    _ type: UInt8, _ bytes: RawSpan, _ offset: Int, _ count: Int,
    into fields: inout FieldCollector
  ) {
    fields.hexadecimal("lldp.media.subtype", bytes, offset - 1, 1)
    guard type == 1, count == 3 else { return }
    fields.hexadecimal("lldp.media.subtype.caps", bytes, offset, 2)
    fields.number("lldp.media.subtype.class", bytes, offset + 2, 1)
  }
}
