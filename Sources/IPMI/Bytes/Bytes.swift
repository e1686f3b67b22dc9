extension [UInt8] {
  /// The array's bytes, lent. Safe for this element, which has no padding.
  @inlinable public var messageBytes: RawSpan {
    @_lifetime(borrow self)
    get { unsafe span.bytes }
  }

  /// Appends 2 bytes, least significant first.
  public mutating func append(littleEndian value: UInt16) {
    append(UInt8(truncatingIfNeeded: value))
    append(UInt8(truncatingIfNeeded: value >> 8))
  }

  /// Appends the low 3 bytes of `value`, least significant first.
  public mutating func append(littleEndian24 value: UInt32) {
    append(littleEndian: UInt16(truncatingIfNeeded: value))
    append(UInt8(truncatingIfNeeded: value >> 16))
  }

  /// Appends 4 bytes, least significant first.
  public mutating func append(littleEndian value: UInt32) {
    append(littleEndian: UInt16(truncatingIfNeeded: value))
    append(littleEndian: UInt16(truncatingIfNeeded: value >> 16))
  }

  /// Appends 4 bytes, most significant first, as ASF has them.
  public mutating func append(bigEndian value: UInt32) {
    append(littleEndian: value.byteSwapped)
  }
}

extension RawSpan {
  /// A copy of the bytes.
  @inlinable public var copied: [UInt8] {
    unsafe withUnsafeBytes { buffer in unsafe [UInt8](buffer) }
  }
}
