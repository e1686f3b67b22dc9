/// An IPv6 packet read in place. RFC 8200, section 3.
///
///      0       1       2       3       4               6       7       8
///     +---+-------+---+---------------+---------------+-------+-------+
///     | 6 |traffic|    flow label     |payload length | next  |  hop  |
///     |   | class |    20 bits        |               | header| limit |
///     +---+-------+---+---------------+---------------+-------+-------+
///     | 8  source, 16 bytes                                           |
///     +---------------------------------------------------------------+
///     | 24 destination, 16 bytes                                      |
///     +---------------------------------------------------------------+
///     | 40 extension headers and payload                              |
///     +---------------------------------------------------------------+
public struct IPv6View: ~Escapable {
  /// Where the fields are.
  @usableFromInline enum Offset {
    @inlinable static var versionClassAndLabel: Int { 0 }
    @inlinable static var payloadLength: Int { 4 }
    @inlinable static var nextHeader: Int { 6 }
    @inlinable static var hopLimit: Int { 7 }
    @inlinable static var source: Int { 8 }
    @inlinable static var destination: Int { 24 }
    @inlinable static var payload: Int { 40 }
  }

  @usableFromInline internal let span: RawSpan

  /// Reads the packet at the start of `bytes`; what follows its payload length (padding) is
  /// left alone. A jumbogram (RFC 2675, payload length 0) has an empty payload here.
  ///
  /// Throws `WireError.truncated` when the bytes end before the packet does, and
  /// `WireError.malformed` when the version is not 6.
  @inlinable
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= Offset.payload else {
      throw .truncated(
        layer: .ipv6, needed: Offset.payload, available: bytes.byteCount, lengthFrom: .format,
        offset: 0)
    }
    let version = bytes.u8(Offset.versionClassAndLabel) >> 4
    guard version == 6 else {
      throw .malformed(layer: .ipv6, field: .version, value: UInt64(version), offset: 0)
    }
    let needed = Offset.payload + Int(bytes.u16(Offset.payloadLength))
    guard bytes.byteCount >= needed else {
      throw .truncated(
        layer: .ipv6, needed: needed, available: bytes.byteCount,
        lengthFrom: .field(.payloadLength), offset: 0)
    }
    span = bytes.slice(0, needed)
  }

  /// DSCP and ECN, as one byte.
  @inlinable public var trafficClass: UInt8 {
    UInt8(truncatingIfNeeded: span.u32(Offset.versionClassAndLabel) >> 20)
  }

  /// What packets of one flow have in common: 20 bits.
  @inlinable public var flowLabel: UInt32 { span.u32(Offset.versionClassAndLabel) & 0xf_ffff }

  /// How many bytes follow the header, extension headers included.
  @inlinable public var payloadLength: UInt16 { span.u16(Offset.payloadLength) }

  /// What follows the header: an extension header, or what the payload is.
  @inlinable public var nextHeader: IPProtocol {
    IPProtocol(rawValue: span.u8(Offset.nextHeader))
  }

  /// How many routers may still forward the packet.
  @inlinable public var hopLimit: UInt8 { span.u8(Offset.hopLimit) }

  /// Who sent the packet.
  @inlinable public var source: IPv6Address {
    span.ipv6Address(Offset.source)
  }

  /// Whom the packet is for.
  @inlinable public var destination: IPv6Address {
    span.ipv6Address(Offset.destination)
  }

  /// What follows the header: extension headers, then the upper layer.
  @inlinable public var payload: RawSpan {
    @_lifetime(copy self)
    get { span.slice(from: Offset.payload) }
  }

  /// Walks past the extension headers.
  ///
  /// Throws `WireError` when one of them ends beyond the packet, or when there are too many.
  /// Offsets count from the start of the packet.
  @inlinable public func upperLayer() throws(WireError) -> IPv6UpperLayer {
    guard nextHeader.isExtensionHeader else {
      return IPv6UpperLayer(protocolNumber: nextHeader, offset: Offset.payload)
    }
    return try IPv6UpperLayer(walking: span, from: Offset.payload, nextHeader: nextHeader)
  }
}
