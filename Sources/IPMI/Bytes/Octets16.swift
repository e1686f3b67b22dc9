/// 16 bytes as they stand on the wire: a random number, a challenge, a GUID, an authentication code,
/// an initialization vector.
public struct Octets16: Hashable, Sendable {
  /// How many bytes it has: 16.
  @inlinable public static var byteCount: Int { 16 }

  /// 16 zeros.
  public static let zero = Octets16(0, 0)

  /// The first 8 bytes, the first of them most significant.
  let high: UInt64
  /// The last 8 bytes, the first of them most significant.
  let low: UInt64

  init(_ high: UInt64, _ low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The first 16 bytes of `bytes`, filled with zeros when there are fewer: how a name of the 1.5
  /// session stands on the wire.
  public init(padding bytes: RawSpan) {
    var (high, low) = (UInt64(0), UInt64(0))
    for index in 0..<16 {
      (high, low) = (high << 8 | low >> 56, low << 8)
      if index < bytes.byteCount { low |= UInt64(bytes.octet(at: index)) }
    }
    self.init(high, low)
  }

  /// 16 random bytes.
  public init(using generator: inout some RandomNumberGenerator) {
    self.init(generator.next(), generator.next())
  }

  /// The byte at `index`, from 0 to 15.
  public subscript(index: Int) -> UInt8 {
    precondition((0..<16).contains(index), "16 bytes are numbered from 0 to 15")
    return UInt8(truncatingIfNeeded: (index < 8 ? high : low) >> UInt64(8 * (7 - index % 8)))
  }

  /// The bytes, in their order.
  public var bytes: [UInt8] {
    (0..<16).map { self[$0] }
  }

  /// The bytes, each combined with that of `other` by exclusive or.
  func xor(_ other: Octets16) -> Octets16 {
    Octets16(high ^ other.high, low ^ other.low)
  }

  /// Whether the bytes are those of `other`. Takes the same time whether they are or not.
  public func isEqualInConstantTime(to other: Octets16) -> Bool {
    (high ^ other.high) | (low ^ other.low) == 0
  }
}

extension [UInt8] {
  /// Appends the 16 bytes.
  public mutating func append(_ octets: Octets16) {
    append(bigEndian: UInt32(truncatingIfNeeded: octets.high >> 32))
    append(bigEndian: UInt32(truncatingIfNeeded: octets.high))
    append(bigEndian: UInt32(truncatingIfNeeded: octets.low >> 32))
    append(bigEndian: UInt32(truncatingIfNeeded: octets.low))
  }
}

extension MessageReader {
  /// The next 16 bytes. Throws `IPMIError.truncated`.
  public mutating func octets16() throws(IPMIError) -> Octets16 {
    Octets16(padding: try span(16))
  }
}
