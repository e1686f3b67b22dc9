/// A message of ICMP read in place. RFC 792.
///
///      0       1       2               4                               8
///     +-------+-------+---------------+-------------------------------+
///     | type  | code  |   checksum    | by type: identifier, sequence |
///     +-------+-------+---------------+-------------------------------+
///     | 8 by type: the echoed bytes, or the start of the packet at fault
///     +---------------------------------------------------------------
public struct ICMPView: ~Escapable {
  /// Where the fields are.
  @usableFromInline enum Offset {
    @inlinable static var type: Int { 0 }
    @inlinable static var code: Int { 1 }
    @inlinable static var checksum: Int { 2 }
    @inlinable static var body: Int { 4 }
    @inlinable static var data: Int { 8 }
  }

  @usableFromInline internal let span: RawSpan

  /// Reads the message that `bytes` hold. The checksum is not looked at: see
  /// `hasValidChecksum`.
  ///
  /// Throws `WireError.truncated` when there are fewer than 8 bytes.
  @inlinable
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= Offset.data else {
      throw .truncated(
        layer: .icmp, needed: Offset.data, available: bytes.byteCount, lengthFrom: .format,
        offset: 0)
    }
    span = bytes
  }

  /// What the message is.
  @inlinable public var type: UInt8 { span.u8(Offset.type) }

  /// The type's variety.
  @inlinable public var code: UInt8 { span.u8(Offset.code) }

  /// The checksum of the message.
  @inlinable public var checksum: UInt16 { span.u16(Offset.checksum) }

  /// Whether the checksum is that of the message.
  @inlinable public var hasValidChecksum: Bool { InternetChecksum(span).value == 0 }

  /// Of an echo, whose it is.
  @inlinable public var identifier: UInt16 { span.u16(Offset.body) }

  /// Of an echo, which one it is.
  @inlinable public var sequenceNumber: UInt16 { span.u16(Offset.body + 2) }

  /// All bytes behind the checksum.
  @inlinable public var body: RawSpan {
    @_lifetime(copy self)
    get { span.slice(from: Offset.body) }
  }

  /// All bytes behind the first eight.
  @inlinable public var data: RawSpan {
    @_lifetime(copy self)
    get { span.slice(from: Offset.data) }
  }
}
