/// Reads a message field by field, in its order, every read checked. IPMI is little-endian.
public struct MessageReader: ~Escapable {
  private let span: RawSpan
  private let layer: IPMILayer

  /// How many bytes have been read.
  public private(set) var offset = 0

  /// Reads `bytes` from their start, as `layer`.
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan, as layer: IPMILayer) {
    span = bytes
    self.layer = layer
  }

  /// How many bytes have not been read.
  public var remaining: Int { span.byteCount - offset }

  /// The next byte, which stays unread; nil when there is none.
  public func peek() -> UInt8? {
    remaining > 0 ? span.octet(at: offset) : nil
  }

  /// The next byte. Throws `IPMIError.truncated` when there is none.
  public mutating func u8() throws(IPMIError) -> UInt8 {
    try take(1)
    return unsafe span.unsafeLoad(fromByteOffset: offset - 1, as: UInt8.self)
  }

  /// The next 2 bytes, least significant first. Throws `IPMIError.truncated`.
  public mutating func u16() throws(IPMIError) -> UInt16 {
    try take(2)
    return unsafe UInt16(
      littleEndian: span.unsafeLoadUnaligned(fromByteOffset: offset - 2, as: UInt16.self))
  }

  /// The next 3 bytes, least significant first: an IANA enterprise number. Throws
  /// `IPMIError.truncated`.
  public mutating func u24() throws(IPMIError) -> UInt32 {
    let low = try u16()
    return UInt32(low) | UInt32(try u8()) << 16
  }

  /// The next 4 bytes, least significant first. Throws `IPMIError.truncated`.
  public mutating func u32() throws(IPMIError) -> UInt32 {
    try take(4)
    return unsafe UInt32(
      littleEndian: span.unsafeLoadUnaligned(fromByteOffset: offset - 4, as: UInt32.self))
  }

  /// The next 4 bytes, most significant first, as ASF has them. Throws `IPMIError.truncated`.
  public mutating func bigEndianU32() throws(IPMIError) -> UInt32 {
    try u32().byteSwapped
  }

  /// A copy of the next `count` bytes. Throws `IPMIError.truncated` when there are fewer, with
  /// `lengthFrom` as what asked for them.
  public mutating func bytes(
    _ count: Int, lengthFrom: IPMILengthSource = .format
  ) throws(IPMIError) -> [UInt8] {
    try take(count, lengthFrom: lengthFrom)
    return span.extracting(droppingFirst: offset - count).extracting(first: count).copied
  }

  /// The next `count` bytes, lent. Throws `IPMIError.truncated` when there are fewer, with
  /// `lengthFrom` as what asked for them.
  @_lifetime(copy self)
  public mutating func span(
    _ count: Int, lengthFrom: IPMILengthSource = .format
  ) throws(IPMIError) -> RawSpan {
    try take(count, lengthFrom: lengthFrom)
    return span.extracting(droppingFirst: offset - count).extracting(first: count)
  }

  /// A copy of all that has not been read.
  public mutating func rest() -> [UInt8] {
    let copy = span.extracting(droppingFirst: offset).copied
    offset = span.byteCount
    return copy
  }

  /// Passes over `count` bytes. Throws `IPMIError.truncated` when there are fewer.
  public mutating func skip(_ count: Int) throws(IPMIError) {
    try take(count)
  }

  /// Refuses the field of `width` bytes that was read last.
  public func malformed(_ value: some BinaryInteger, width: Int = 1) -> IPMIError {
    .malformed(layer: layer, value: UInt64(truncatingIfNeeded: value), offset: offset - width)
  }

  private mutating func take(
    _ count: Int, lengthFrom: IPMILengthSource = .format
  ) throws(IPMIError) {
    guard count >= 0, count <= remaining else {
      throw .truncated(
        layer: layer, needed: offset.addingReportingOverflow(count).partialValue,
        available: span.byteCount, lengthFrom: lengthFrom)
    }
    offset += count
  }
}
