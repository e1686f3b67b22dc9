/// An Ethernet frame read in place, without its frame check sequence: Ethernet II or IEEE 802.3
/// with LLC, with no, one or two VLAN tags. IEEE 802.3 clause 3, IEEE 802.1Q clause 9,
/// RFC 1042 for SNAP.
///
///      0           6           12      14
///     +-----------+-----------+-------+---------
///     |destination|  source   | type  | payload            Ethernet II
///     +-----------+-----------+-------+---------
///      0           6           12      16      18
///     +-----------+-----------+-------+-------+---------
///     |destination|  source   |  tag  | type  | payload    one tag; two stand in a row
///     +-----------+-----------+-------+-------+---------
///      0           6           12       14         17        20     22
///     +-----------+-----------+--------+----------+---------+------+---------
///     |destination|  source   | length | aa aa 03 | org.    | type | payload    SNAP
///     +-----------+-----------+--------+----------+---------+------+---------
public struct EthernetFrameView: ~Escapable {
  /// Where the fields are.
  @usableFromInline enum Offset {
    @inlinable static var destination: Int { 0 }
    @inlinable static var source: Int { 6 }
    @inlinable static var etherType: Int { 12 }
    @inlinable static var payload: Int { 14 }
  }

  @usableFromInline internal let span: RawSpan
  @usableFromInline internal let tagCount: Int
  /// Where the EtherType is that names the payload; for LLC, where the length is.
  @usableFromInline internal let typeOffset: Int
  /// How many bytes stand before the payload.
  public let headerByteCount: Int
  /// The payload. With an 802.3 length it ends there; otherwise padding may follow it.
  public let payload: RawSpan

  /// Reads the frame that `bytes` hold.
  ///
  /// Throws `WireError.truncated` when the bytes end before the header, or before the payload
  /// that an 802.3 length promises.
  @inlinable @inline(__always)
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= Offset.payload else {
      throw .truncated(
        layer: .ethernet, needed: Offset.payload, available: bytes.byteCount, lengthFrom: .format,
        offset: 0)
    }
    let type = EtherType(rawValue: bytes.u16(Offset.etherType))
    if type.rawValue > EtherType.highestLength, !type.isTag {
      (tagCount, typeOffset, headerByteCount) = (0, Offset.etherType, Offset.payload)
      payload = bytes.slice(from: Offset.payload)
    } else {
      let place = try EthernetFrameView.locate(in: bytes)
      (tagCount, typeOffset, headerByteCount) =
        (place.tagCount, place.typeOffset, place.payloadOffset)
      payload = bytes.slice(place.payloadOffset, place.payloadEnd - place.payloadOffset)
    }
    span = bytes
  }

  /// Finds the payload behind tags and LLC.
  @usableFromInline
  internal static func locate(
    in bytes: RawSpan
  ) throws(WireError) -> (tagCount: Int, typeOffset: Int, payloadOffset: Int, payloadEnd: Int) {
    var tagCount = 0
    var offset = Offset.etherType
    while tagCount < 2, EtherType(rawValue: bytes.u16(offset)).isTag {
      guard bytes.byteCount >= offset + 6 else {
        throw .truncated(
          layer: .vlanTag, needed: 6, available: bytes.byteCount - offset, lengthFrom: .format,
          offset: offset)
      }
      tagCount += 1
      offset += VLANTag.byteCount
    }
    let type = bytes.u16(offset)
    let payload = offset + 2
    guard type <= EtherType.highestLength else {
      return (tagCount, offset, payload, bytes.byteCount)
    }
    let length = Int(type)
    guard bytes.byteCount - payload >= length else {
      throw .truncated(
        layer: .logicalLinkControl, needed: length, available: bytes.byteCount - payload,
        lengthFrom: .field(.ethernetLength), offset: payload)
    }
    if EthernetEncapsulation.isSNAP(bytes.slice(payload, length)) {
      return (tagCount, payload + 6, payload + 8, payload + length)
    }
    return (tagCount, offset, payload, payload + length)
  }

  /// The station, or group, that the frame is for.
  @inlinable @inline(__always) public var destination: MACAddress {
    MACAddress(rawValue: span.u48(Offset.destination))
  }

  /// The station that sent the frame.
  @inlinable @inline(__always) public var source: MACAddress {
    MACAddress(rawValue: span.u48(Offset.source))
  }

  /// The first tag.
  @inlinable @inline(__always) public var outerTag: VLANTag? {
    tagCount > 0 ? tag(at: Offset.etherType) : nil
  }

  /// The second tag.
  @inlinable @inline(__always) public var innerTag: VLANTag? {
    tagCount > 1 ? tag(at: Offset.etherType + VLANTag.byteCount) : nil
  }

  /// The payload's protocol; with LLC other than SNAP, the 802.3 length.
  @inlinable @inline(__always) public var etherType: EtherType {
    EtherType(rawValue: span.u16(typeOffset))
  }

  /// What stands between the addresses and tags and the payload.
  @inlinable @inline(__always) public var encapsulation: EthernetEncapsulation {
    let plainOffset = Offset.etherType + tagCount * VLANTag.byteCount
    guard headerByteCount == plainOffset + 2 else {
      let organization = span.u32(plainOffset + 4) & 0xff_ffff
      return .snap(length: span.u16(plainOffset), organization: organization)
    }
    return etherType.rawValue > EtherType.highestLength ? .ethernetII : .llc
  }

  @inlinable internal func tag(at offset: Int) -> VLANTag {
    VLANTag(tpid: EtherType(rawValue: span.u16(offset)), tci: span.u16(offset + 2))
  }
}
