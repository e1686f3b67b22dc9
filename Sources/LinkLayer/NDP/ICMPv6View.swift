/// A message of ICMPv6 read in place. RFC 4443, section 2.1.
///
///      0       1       2               4
///     +-------+-------+---------------+------------------
///     | type  | code  |   checksum    | body, by type
///     +-------+-------+---------------+------------------
public struct ICMPv6View: ~Escapable {
  /// Where the fields are.
  @usableFromInline enum Offset {
    @inlinable static var type: Int { 0 }
    @inlinable static var code: Int { 1 }
    @inlinable static var checksum: Int { 2 }
    @inlinable static var body: Int { 4 }
  }

  @usableFromInline internal let span: RawSpan

  /// Reads the message that `bytes` hold. The checksum is not looked at: see
  /// `hasValidChecksum(source:destination:)`.
  ///
  /// Throws `WireError.truncated` when there are fewer than 4 bytes.
  @inlinable
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= Offset.body else {
      throw .truncated(
        layer: .icmpv6, needed: Offset.body, available: bytes.byteCount, lengthFrom: .format,
        offset: 0)
    }
    span = bytes
  }

  /// What the message is.
  @inlinable public var type: ICMPv6Type { ICMPv6Type(rawValue: span.u8(Offset.type)) }

  /// The type's variety.
  @inlinable public var code: UInt8 { span.u8(Offset.code) }

  /// The checksum of pseudo-header and message.
  @inlinable public var checksum: UInt16 { span.u16(Offset.checksum) }

  /// Whether the checksum is that of the message between these addresses.
  @inlinable public func hasValidChecksum(
    source: IPv6Address, destination: IPv6Address
  ) -> Bool {
    var sum = InternetChecksum(span)
    sum.addPseudoHeader(
      source: source, destination: destination, protocol: .icmpv6, length: span.byteCount)
    return sum.value == 0
  }

  /// The whole message.
  @inlinable public var message: RawSpan {
    @_lifetime(copy self)
    get { span }
  }

  /// All bytes behind the checksum.
  @inlinable public var body: RawSpan {
    @_lifetime(copy self)
    get { span.slice(from: Offset.body) }
  }
}
