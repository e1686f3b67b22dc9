/// What replaced words of a packet do to its checksums, without a look at the others. RFC 1624, section 3,
/// equation 3.
///
/// A checksum that was right stays right and one that was wrong stays as wrong as it was, also where a part
/// of the packet is missing.
struct ChecksumChange: Hashable, Sendable {
  private var sum: UInt64 = 0

  /// Counts a 16-bit word, at an even offset, that has become another one.
  mutating func replace(_ old: UInt16, with new: UInt16) {
    sum += UInt64(~old) + UInt64(new)
  }

  /// Counts `count` low bits of a number, a multiple of 16 of them.
  mutating func replace(_ old: UInt64, with new: UInt64, bits: Int) {
    for shift in stride(from: 0, to: bits, by: 16) {
      replace(
        UInt16(truncatingIfNeeded: old >> UInt64(shift)),
        with: UInt16(truncatingIfNeeded: new >> UInt64(shift)))
    }
  }

  /// Whether nothing was replaced.
  var isEmpty: Bool { sum == 0 }

  /// The checksum that was `checksum`.
  func applied(to checksum: UInt16) -> UInt16 {
    ~InternetChecksum.folded(UInt64(~checksum) + sum)
  }
}
