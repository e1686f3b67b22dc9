/// Reads hostile bytes from the front; every read that would go beyond the end gives nil.
struct ByteReader {
  private let bytes: [UInt8]
  private var offset: Int
  private let end: Int

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    offset = 0
    end = bytes.count
  }

  private init(_ bytes: [UInt8], _ offset: Int, _ end: Int) {
    self.bytes = bytes
    self.offset = offset
    self.end = end
  }

  /// How many bytes are left.
  var count: Int { end - offset }

  mutating func u8() -> UInt8? {
    guard offset < end else { return nil }
    offset += 1
    return bytes[offset - 1]
  }

  mutating func u16() -> UInt16? { integer() }
  mutating func u32() -> UInt32? { integer() }
  mutating func u64() -> UInt64? { integer() }

  /// A number in network order.
  private mutating func integer<Number: FixedWidthInteger>() -> Number? {
    let width = Number.bitWidth / 8
    guard count >= width else { return nil }
    defer { offset += width }
    return bytes[offset..<(offset + width)].reduce(0) { $0 << 8 | Number($1) }
  }

  mutating func skip(_ length: Int) -> Bool {
    guard length >= 0, length <= count else { return false }
    offset += length
    return true
  }

  mutating func take(_ length: Int) -> [UInt8]? {
    guard length >= 0, length <= count else { return nil }
    defer { offset += length }
    return Array(bytes[offset..<(offset + length)])
  }

  /// The next `length` bytes, to be read on their own.
  mutating func part(_ length: Int) -> ByteReader? {
    guard length >= 0, length <= count else { return nil }
    defer { offset += length }
    return ByteReader(bytes, offset, offset + length)
  }

  /// All that is left.
  mutating func rest() -> [UInt8] {
    take(count) ?? []
  }
}

extension [UInt8] {
  /// Appends a number in network order.
  mutating func append(number: some FixedWidthInteger & UnsignedInteger) {
    for shift in stride(from: number.bitWidth - 8, through: 0, by: -8) {
      append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }
}
