extension RawSpan {
  /// The byte at `offset`.
  ///
  /// - Precondition: `offset` lies within the bytes.
  @inlinable func octet(at offset: Int) -> UInt8 {
    unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// The 4 bytes from `offset` on, least significant first.
  ///
  /// - Precondition: they lie within the bytes.
  @inlinable func littleEndianU32(at offset: Int) -> UInt32 {
    unsafe UInt32(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  /// The 2 bytes from `offset` on, least significant first.
  ///
  /// - Precondition: they lie within the bytes.
  @inlinable func littleEndianU16(at offset: Int) -> UInt16 {
    unsafe UInt16(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  /// Whether the bytes are those of `other`. Takes the same time whether they are or not; the
  /// lengths are no secret.
  public func isEqualInConstantTime(to other: RawSpan) -> Bool {
    guard byteCount == other.byteCount else { return false }
    var difference: UInt8 = 0
    for offset in 0..<byteCount {
      difference |= octet(at: offset) ^ other.octet(at: offset)
    }
    return difference == 0
  }
}

extension [UInt8] {
  /// Appends the bytes that are lent.
  public mutating func append(contentsOf bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes { buffer in unsafe append(contentsOf: buffer) }
  }
}
