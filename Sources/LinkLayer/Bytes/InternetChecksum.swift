/// The internet checksum: the one's complement of the one's complement sum of 16-bit words.
/// RFC 1071; the last odd byte counts as if a zero followed it.
///
/// A block whose own checksum field is right sums to zero.
public struct InternetChecksum: Hashable, Sendable {
  /// The sum so far; carries are folded when the value is asked for.
  @usableFromInline internal var sum: UInt64 = 0
  /// Whether an odd number of bytes has been added, so that the next begins in a low half.
  @usableFromInline internal var isOdd = false

  /// The checksum of nothing yet.
  @inlinable public init() {}

  /// The checksum of `bytes`.
  @inlinable public init(_ bytes: RawSpan) {
    add(bytes)
  }

  /// Adds a 16-bit word.
  @inlinable public mutating func add(_ word: UInt16) {
    accumulate(UInt64(word))
  }

  /// Adds a 32-bit number, in network order.
  @inlinable public mutating func add(_ number: UInt32) {
    accumulate(UInt64(number))
  }

  /// Adds a 64-bit number, in network order.
  @inlinable public mutating func add(_ number: UInt64) {
    accumulate(number >> 32 + number & 0xffff_ffff)
  }

  /// Adds bytes. Blocks may have any length and follow each other as one run of bytes.
  @inlinable public mutating func add(_ bytes: RawSpan) {
    var offset = 0
    var part: UInt64 = 0
    // 32-bit words in 64 bits: no carry is lost below 16 GiB, which no packet reaches.
    while offset + 8 <= bytes.byteCount {
      let eight = bytes.u64(offset)
      part &+= eight >> 32 &+ eight & 0xffff_ffff
      offset += 8
    }
    while offset + 2 <= bytes.byteCount {
      part &+= UInt64(bytes.u16(offset))
      offset += 2
    }
    if offset < bytes.byteCount { part &+= UInt64(bytes.u8(offset)) << 8 }
    accumulate(part)
    if bytes.byteCount & 1 == 1 { isOdd.toggle() }
  }

  /// The checksum, as it goes into the header's field.
  @inlinable public var value: UInt16 {
    ~InternetChecksum.folded(sum)
  }

  @inlinable internal mutating func accumulate(_ part: UInt64) {
    let word = InternetChecksum.folded(part)
    sum += UInt64(isOdd ? word.byteSwapped : word)
    sum = UInt64(InternetChecksum.folded(sum))
  }

  /// Adds the sum of an even number of bytes that stand before all that was added.
  @inlinable internal mutating func addBefore(_ other: InternetChecksum) {
    sum = UInt64(InternetChecksum.folded(sum + other.sum))
  }

  /// The one's complement sum of the four 16-bit words of `sum`.
  @inlinable internal static func folded(_ sum: UInt64) -> UInt16 {
    var rest = sum >> 32 + sum & 0xffff_ffff
    rest = rest >> 16 + rest & 0xffff
    rest = rest >> 16 + rest & 0xffff
    rest = rest >> 16 + rest & 0xffff
    return UInt16(truncatingIfNeeded: rest)
  }
}
