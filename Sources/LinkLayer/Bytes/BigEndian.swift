/// Reads in network order. Each read is checked against the span's bounds; after one guard on
/// `byteCount` the optimiser leaves none of these checks.
extension RawSpan {
  /// The byte at `offset`.
  @inlinable @inline(__always)
  package func u8(_ offset: Int) -> UInt8 {
    unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// The 2 bytes at `offset`.
  @inlinable @inline(__always)
  package func u16(_ offset: Int) -> UInt16 {
    unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self).bigEndian
  }

  /// The 4 bytes at `offset`.
  @inlinable @inline(__always)
  package func u32(_ offset: Int) -> UInt32 {
    unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self).bigEndian
  }

  /// The 8 bytes at `offset`.
  @inlinable @inline(__always)
  package func u64(_ offset: Int) -> UInt64 {
    unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self).bigEndian
  }

  /// The 6 bytes at `offset`, in the low 48 bits.
  @inlinable @inline(__always)
  package func u48(_ offset: Int) -> UInt64 {
    UInt64(u16(offset)) << 32 | UInt64(u32(offset + 2))
  }

  /// `count` bytes from `offset`; the caller has checked that they are there.
  @inlinable @inline(__always)
  @_lifetime(copy self)
  package func slice(_ offset: Int, _ count: Int) -> RawSpan {
    extracting(droppingFirst: offset).extracting(first: count)
  }

  /// All bytes from `offset`; the caller has checked that it is not beyond the end.
  @inlinable @inline(__always)
  @_lifetime(copy self)
  package func slice(from offset: Int) -> RawSpan {
    extracting(droppingFirst: offset)
  }

  /// A copy of the bytes.
  @inlinable
  package var array: [UInt8] {
    unsafe withUnsafeBytes { buffer in unsafe [UInt8](buffer) }
  }
}

/// Writes in network order. `OutputRawSpan` stops the program when its capacity is exceeded;
/// whoever writes has asked the value for its `byteCount` first.
extension OutputRawSpan {
  @inlinable @inline(__always)
  @_lifetime(self: copy self)
  internal mutating func appendInteger<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
    precondition(freeCapacity >= MemoryLayout<T>.size, "no room for the value: ask its byteCount")
    unsafe withUnsafeMutableBytes { buffer, count in
      unsafe buffer.storeBytes(of: value.bigEndian, toByteOffset: count, as: T.self)
      count += MemoryLayout<T>.size
    }
  }

  /// Appends 2 bytes.
  @inlinable @inline(__always)
  @_lifetime(self: copy self)
  internal mutating func append(_ value: UInt16) { appendInteger(value) }

  /// Appends 4 bytes.
  @inlinable @inline(__always)
  @_lifetime(self: copy self)
  internal mutating func append(_ value: UInt32) { appendInteger(value) }

  /// Appends 8 bytes.
  @inlinable @inline(__always)
  @_lifetime(self: copy self)
  internal mutating func append(_ value: UInt64) { appendInteger(value) }

  /// Appends the low 6 bytes of `value`.
  @inlinable @inline(__always)
  @_lifetime(self: copy self)
  internal mutating func append(u48 value: UInt64) {
    appendInteger(UInt16(truncatingIfNeeded: value >> 32))
    appendInteger(UInt32(truncatingIfNeeded: value))
  }

  /// Appends every byte of `bytes`.
  @inlinable
  @_lifetime(self: copy self)
  internal mutating func append(_ bytes: RawSpan) {
    precondition(freeCapacity >= bytes.byteCount, "no room for the bytes: ask for the byteCount")
    unsafe withUnsafeMutableBytes { buffer, count in
      unsafe bytes.withUnsafeBytes { source in
        let free = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
        unsafe free.copyMemory(from: source)
      }
      count += bytes.byteCount
    }
  }

  /// Appends every byte of `bytes`.
  @inlinable
  @_lifetime(self: copy self)
  internal mutating func append(_ bytes: [UInt8]) {
    append(bytes.rawBytes)
  }

  /// Appends `count` zeros.
  @inlinable
  @_lifetime(self: copy self)
  internal mutating func appendZeros(_ count: Int) {
    for _ in 0..<max(0, count) { append(0 as UInt8) }
  }

  /// Replaces the 2 bytes at `offset`, which have been written already: a checksum's place.
  @inlinable
  @_lifetime(self: copy self)
  internal mutating func replace(at offset: Int, with value: UInt16) {
    precondition(offset >= 0 && offset + 2 <= byteCount, "the place has not been written")
    unsafe withUnsafeMutableBytes { buffer, _ in
      unsafe buffer.storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt16.self)
    }
  }
}
