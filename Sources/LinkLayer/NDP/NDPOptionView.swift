/// An option of Neighbor Discovery read in place. RFC 4861, section 4.6.
///
///      0       1       2
///     +-------+-------+-----------------------
///     | type  |length | body: length * 8 - 2 bytes
///     +-------+-------+-----------------------
public struct NDPOptionView: ~Escapable {
  /// Where the fields are.
  @usableFromInline enum Offset {
    @inlinable static var type: Int { 0 }
    @inlinable static var length: Int { 1 }
    @inlinable static var body: Int { 2 }
  }

  @usableFromInline internal let span: RawSpan

  /// Reads the option at the start of `bytes`.
  ///
  /// Throws `WireError.truncated` when the bytes end before the option does, and
  /// `WireError.malformed` when its length is 0, which RFC 4861 has the whole message dropped
  /// for.
  @inlinable
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= 2 else {
      throw .truncated(
        layer: .ndpOption, needed: 2, available: bytes.byteCount, lengthFrom: .format, offset: 0)
    }
    let length = Int(bytes.u8(Offset.length)) * 8
    guard length > 0 else {
      throw .malformed(layer: .ndpOption, field: .optionLength, value: 0, offset: Offset.length)
    }
    guard bytes.byteCount >= length else {
      throw .truncated(
        layer: .ndpOption, needed: length, available: bytes.byteCount,
        lengthFrom: .field(.optionLength), offset: 0)
    }
    span = bytes.slice(0, length)
  }

  /// What the option is.
  @inlinable public var type: NDPOptionType { NDPOptionType(rawValue: span.u8(Offset.type)) }

  /// How many bytes the option has: a multiple of 8.
  @inlinable public var byteCount: Int { span.byteCount }

  /// All bytes behind the length.
  @inlinable public var body: RawSpan {
    @_lifetime(copy self)
    get { span.slice(from: Offset.body) }
  }

  /// Of a link-layer address option, the address: 6 bytes of Ethernet (RFC 2464, section 6), or
  /// 20 of InfiniBand behind two zero bytes (RFC 4391, section 9.3). Nil for other options and
  /// other forms.
  @inlinable public var linkLayerAddress: HardwareAddress? {
    guard type == .sourceLinkLayerAddress || type == .targetLinkLayerAddress else { return nil }
    switch span.byteCount {
    case 8: return HardwareAddress(body)
    case 24 where span.u16(Offset.body) == 0: return HardwareAddress(span.slice(4, 20))
    default: return nil
    }
  }
}
