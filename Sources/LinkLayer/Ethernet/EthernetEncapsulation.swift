/// How an Ethernet frame says what it carries.
public enum EthernetEncapsulation: Hashable, Sendable {
  /// An EtherType follows the addresses: nearly every frame. RFC 894.
  case ethernetII

  /// An IEEE 802.3 length, the LLC bytes aa aa 03, an organization (0, or 0x0000f8 of bridges:
  /// those whose numbers are EtherTypes) and the EtherType. RFC 1042; IEEE 802 clause 9.
  /// The length counts from the first LLC byte.
  case snap(length: UInt16, organization: UInt32)

  /// An IEEE 802.3 length and LLC of another protocol (spanning tree, IS-IS), which begins the
  /// payload. The header's EtherType is the length.
  case llc

  /// Whether LLC bytes announce SNAP with the EtherType of a payload: neither a length nor a tag,
  /// which would mean something else in Ethernet II.
  @usableFromInline
  internal static func isSNAP(_ bytes: RawSpan) -> Bool {
    guard bytes.byteCount >= 8, bytes.u16(0) == 0xaaaa, bytes.u8(2) == 0x03 else { return false }
    let organization = bytes.u32(2) & 0xff_ffff
    let type = EtherType(rawValue: bytes.u16(6))
    return (organization == 0 || organization == 0x0000f8)
      && type.rawValue > EtherType.highestLength && !type.isTag
  }
}
