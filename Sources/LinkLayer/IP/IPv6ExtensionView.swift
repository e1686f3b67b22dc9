/// An extension header of IPv6 read in place. RFC 8200, section 4; RFC 6564 for those to come.
///
///      0       1       2                                               8
///     +-------+-------+-----------------------------------------------+
///     | next  |length | body: 6 bytes, and 8 for each unit of length  |
///     +-------+-------+-----------------------------------------------+
///
/// The fragment header has no length (8 bytes in all):
///
///      0       1       2               4                               8
///     +-------+-------+------------+--+-------------------------------+
///     | next  |   0   | offset: 13 |.M| identification                |
///     +-------+-------+------------+--+-------------------------------+
///
/// The authentication header counts in units of 4 bytes, less 2 (RFC 4302, section 2.2).
public struct IPv6ExtensionView: ~Escapable {
  /// Where the fields are.
  @usableFromInline enum Offset {
    @inlinable static var nextHeader: Int { 0 }
    @inlinable static var length: Int { 1 }
    @inlinable static var body: Int { 2 }
    @inlinable static var fragmentOffset: Int { 2 }
    @inlinable static var fragmentIdentification: Int { 4 }
  }

  /// What the header before this one calls it.
  public let kind: IPProtocol
  @usableFromInline internal let span: RawSpan

  /// Reads the header at the start of `bytes`, which the header before it calls `kind`.
  ///
  /// Throws `WireError.truncated` when the bytes end before the header does.
  @inlinable
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan, kind: IPProtocol) throws(WireError) {
    guard bytes.byteCount >= 8 else {
      throw .truncated(
        layer: .ipv6Extension, needed: 8, available: bytes.byteCount, lengthFrom: .format,
        offset: 0)
    }
    let length = Int(bytes.u8(Offset.length))
    let needed =
      switch kind {
      case .fragment: 8
      case .authentication: (length + 2) * 4
      default: (length + 1) * 8
      }
    guard bytes.byteCount >= needed else {
      throw .truncated(
        layer: .ipv6Extension, needed: needed, available: bytes.byteCount,
        lengthFrom: .field(.extensionLength), offset: 0)
    }
    self.kind = kind
    span = bytes.slice(0, needed)
  }

  /// How many bytes the header has.
  @inlinable public var byteCount: Int { span.byteCount }

  /// What follows this header.
  @inlinable public var nextHeader: IPProtocol {
    IPProtocol(rawValue: span.u8(Offset.nextHeader))
  }

  /// The length byte as it stands; reserved in a fragment header.
  @inlinable public var length: UInt8 { span.u8(Offset.length) }

  /// All bytes behind the length.
  @inlinable public var body: RawSpan {
    @_lifetime(copy self)
    get { span.slice(from: Offset.body) }
  }

  /// Of a fragment header, where the fragment belongs, in units of 8 bytes.
  @inlinable public var fragmentOffset: UInt16 { span.u16(Offset.fragmentOffset) >> 3 }

  /// Of a fragment header, whether a later fragment exists.
  @inlinable public var hasMoreFragments: Bool { span.u16(Offset.fragmentOffset) & 1 == 1 }

  /// Of a fragment header, what fragments of one packet have in common.
  @inlinable public var fragmentIdentification: UInt32 {
    span.u32(Offset.fragmentIdentification)
  }

  /// Of hop-by-hop options, the value of Router Alert (0: MLD), or nil when it is not among
  /// them. RFC 2711, section 2.1.
  public var routerAlert: UInt16? {
    var offset = Offset.body
    while offset < span.byteCount {
      let type = span.u8(offset)
      if type == 0 {
        offset += 1
        continue
      }
      guard offset + 2 <= span.byteCount else { return nil }
      let length = Int(span.u8(offset + 1))
      guard offset + 2 + length <= span.byteCount else { return nil }
      if type == 5, length == 2 { return span.u16(offset + 2) }
      offset += 2 + length
    }
    return nil
  }
}
