/// An IPv4 packet read in place. RFC 791, section 3.1; RFC 2474 and RFC 3168 for the second byte.
///
///      0       1       2               4               6               8
///     +---+---+-----+--+---------------+---------------+-+-+-+---------+
///     | 4 |IHL|DSCP |EC| total length  |identification |R|D|M|fragment |
///     +---+---+-----+--+---------------+---------------+-+-+-+---------+
///     | 8 TTL | 9 prot.| 10 checksum   | 12 source                     |
///     +-------+--------+---------------+-------------------------------+
///     | 16 destination                 | 20 options, to IHL * 4 bytes  |
///     +--------------------------------+-------------------------------+
public struct IPv4View: ~Escapable {
  /// Where the fields are.
  @usableFromInline enum Offset {
    @inlinable static var versionAndHeaderLength: Int { 0 }
    @inlinable static var typeOfService: Int { 1 }
    @inlinable static var totalLength: Int { 2 }
    @inlinable static var identification: Int { 4 }
    @inlinable static var fragment: Int { 6 }
    @inlinable static var timeToLive: Int { 8 }
    @inlinable static var protocolNumber: Int { 9 }
    @inlinable static var checksum: Int { 10 }
    @inlinable static var source: Int { 12 }
    @inlinable static var destination: Int { 16 }
    @inlinable static var options: Int { 20 }
  }

  @usableFromInline internal let span: RawSpan

  /// Reads the packet at the start of `bytes`; what follows its total length (padding) is left
  /// alone. The checksum is not looked at: see `hasValidChecksum`.
  ///
  /// Throws `WireError.truncated` when the bytes end before the packet does, and
  /// `WireError.malformed` when version, IHL or total length cannot be.
  @inlinable
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= Offset.options else {
      throw .truncated(
        layer: .ipv4, needed: Offset.options, available: bytes.byteCount, lengthFrom: .format,
        offset: 0)
    }
    let first = bytes.u8(Offset.versionAndHeaderLength)
    guard first >> 4 == 4 else {
      throw .malformed(layer: .ipv4, field: .version, value: UInt64(first >> 4), offset: 0)
    }
    let headerLength = Int(first & 0xf) * 4
    guard headerLength >= Offset.options else {
      throw .malformed(layer: .ipv4, field: .headerLength, value: UInt64(first & 0xf), offset: 0)
    }
    let totalLength = Int(bytes.u16(Offset.totalLength))
    guard totalLength >= headerLength else {
      throw .malformed(
        layer: .ipv4, field: .totalLength, value: UInt64(totalLength), offset: Offset.totalLength)
    }
    guard bytes.byteCount >= totalLength else {
      throw .truncated(
        layer: .ipv4, needed: totalLength, available: bytes.byteCount,
        lengthFrom: .field(.totalLength), offset: 0)
    }
    span = bytes.slice(0, totalLength)
  }

  /// How many bytes the header has: IHL in bytes.
  @inlinable public var headerLength: Int { Int(span.u8(0) & 0xf) * 4 }

  /// DSCP and ECN, as one byte.
  @inlinable public var typeOfService: UInt8 { span.u8(Offset.typeOfService) }

  /// How many bytes header and payload have.
  @inlinable public var totalLength: UInt16 { span.u16(Offset.totalLength) }

  /// What fragments of one packet have in common.
  @inlinable public var identification: UInt16 { span.u16(Offset.identification) }

  /// The flags: reserved, don't fragment, more fragments.
  @inlinable public var flags: IPv4Flags {
    IPv4Flags(rawValue: span.u8(Offset.fragment) & 0xe0)
  }

  /// Where this fragment belongs, in units of 8 bytes.
  @inlinable public var fragmentOffset: UInt16 { span.u16(Offset.fragment) & 0x1fff }

  /// Whether the payload is a part of a packet's only.
  @inlinable public var isFragment: Bool { span.u16(Offset.fragment) & 0x3fff != 0 }

  /// How many routers may still forward the packet.
  @inlinable public var timeToLive: UInt8 { span.u8(Offset.timeToLive) }

  /// What the payload is.
  @inlinable public var protocolNumber: IPProtocol {
    IPProtocol(rawValue: span.u8(Offset.protocolNumber))
  }

  /// The checksum of the header.
  @inlinable public var checksum: UInt16 { span.u16(Offset.checksum) }

  /// Whether the checksum is that of the header.
  @inlinable public var hasValidChecksum: Bool {
    InternetChecksum(span.slice(0, headerLength)).value == 0
  }

  /// Who sent the packet.
  @inlinable public var source: IPv4Address {
    IPv4Address(rawValue: span.u32(Offset.source))
  }

  /// Whom the packet is for.
  @inlinable public var destination: IPv4Address {
    IPv4Address(rawValue: span.u32(Offset.destination))
  }

  /// The options with their padding: 0 to 40 bytes.
  @inlinable public var options: RawSpan {
    @_lifetime(copy self)
    get { span.slice(Offset.options, headerLength - Offset.options) }
  }

  /// What the packet carries.
  @inlinable public var payload: RawSpan {
    @_lifetime(copy self)
    get { span.slice(from: headerLength) }
  }
}
