import LinkLayer

/// One attribute of a message, its length checked.
///
///      0               1               2               3
///     +---------------+---------------+---------------+---------------+
///     |   nla_len (with this header)  |N|O|         nla_type          |
///     +---------------+---------------+---------------+---------------+
///     |                     payload, padded to four                   |
///     +---------------+---------------+---------------+---------------+
///
/// N marks nested attributes, O network byte order; rtnetlink sets neither reliably, so both are
/// masked out of `type`.
package struct NetlinkAttributeView: ~Escapable {
  package let type: UInt16
  package let payload: RawSpan
  /// Where the payload begins, in bytes from the start of the datagram.
  package let payloadOffset: Int

  static let headerByteCount = 4
  private static let typeMask: UInt16 = 0x3FFF

  @_lifetime(copy bytes)
  fileprivate init(_ bytes: RawSpan, at start: Int, offset: Int) throws(NetlinkFormatError) {
    let available = bytes.byteCount - start
    guard available >= Self.headerByteCount else {
      throw NetlinkFormatError(
        part: .attributeHeader, needed: Self.headerByteCount, available: available,
        bound: .messageLength, offset: offset)
    }
    let length = Int(bytes.native(at: start, as: UInt16.self))
    type = bytes.native(at: start + 2, as: UInt16.self) & Self.typeMask
    payloadOffset = offset + Self.headerByteCount
    guard length >= Self.headerByteCount else {
      throw NetlinkFormatError(
        part: .attributeHeader, needed: Self.headerByteCount, available: length,
        bound: .attributeLength, offset: offset)
    }
    guard length <= available else {
      throw NetlinkFormatError(
        part: .attribute(type: type), needed: length, available: available,
        bound: .messageLength, offset: offset)
    }
    payload = bytes.extracting((start + Self.headerByteCount)..<(start + length))
  }

  /// The attributes that this one holds.
  var nested: NetlinkAttributes {
    @_lifetime(copy self)
    get { NetlinkAttributes(payload, offset: payloadOffset) }
  }

  /// The attributes behind a fixed structure of `structureByteCount` bytes in the payload.
  @_lifetime(copy self)
  func nested(after structureByteCount: Int) -> NetlinkAttributes {
    let start = min(netlinkAligned(structureByteCount), payload.byteCount)
    return NetlinkAttributes(
      payload.extracting(droppingFirst: start), offset: payloadOffset + start)
  }

  /// Throws unless the payload has `needed` bytes.
  func require(_ needed: Int) throws(NetlinkFormatError) {
    guard payload.byteCount < needed else { return }
    throw NetlinkFormatError(
      part: .attribute(type: type), needed: needed, available: payload.byteCount,
      bound: .attributeLength, offset: payloadOffset)
  }

  /// The integer that opens the payload, in the machine's byte order.
  func integer<Value: FixedWidthInteger & BitwiseCopyable>(
    _ type: Value.Type = Value.self
  ) throws(NetlinkFormatError) -> Value {
    try require(MemoryLayout<Value>.size)
    return payload.native(at: 0, as: type)
  }

  /// The text up to the first zero byte. The kernel allows names that are not UTF-8; such bytes
  /// are replaced.
  var text: String {
    unsafe payload.withUnsafeBytes { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  /// The link-layer address, empty for interfaces that have none; `nil` when it is longer than
  /// `MAX_ADDR_LEN`.
  var hardwareAddress: HardwareAddress? {
    HardwareAddress(payload)
  }

  /// The address of `family`, `nil` for families other than IPv4 and IPv6.
  func address(_ family: AddressFamily) throws(NetlinkFormatError) -> IPAddress? {
    switch family {
    case .ipv4:
      return .v4(IPv4Address(rawValue: UInt32(bigEndian: try integer())))
    case .ipv6:
      try require(16)
      return .v6(
        IPv6Address(
          high: UInt64(bigEndian: payload.native(at: 0)),
          low: UInt64(bigEndian: payload.native(at: 8))))
    default:
      return nil
    }
  }
}

/// Walks attributes that stand one behind the other.
package struct NetlinkAttributes: ~Escapable {
  private let bytes: RawSpan
  private let origin: Int
  private var position = 0

  /// Starts at the first attribute in `bytes`, which begin at `offset` in the datagram.
  @_lifetime(copy bytes)
  package init(_ bytes: RawSpan, offset: Int) {
    self.bytes = bytes
    origin = offset
  }

  /// The next attribute, `nil` behind the last one.
  @_lifetime(copy self)
  package mutating func next() throws(NetlinkFormatError) -> NetlinkAttributeView? {
    guard position < bytes.byteCount else { return nil }
    let attribute = try NetlinkAttributeView(bytes, at: position, offset: origin + position)
    position +=
      NetlinkAttributeView.headerByteCount + netlinkAligned(attribute.payload.byteCount)
    return attribute
  }
}
