/// What a hash made: up to 32 bytes, without an allocation.
public struct Digest: Sendable {
  /// The most bytes that a digest has: SHA-256's.
  public static let maximumByteCount = 32

  private var storage: InlineArray<32, UInt8>

  /// How many bytes it has.
  public let byteCount: Int

  /// No bytes: what stands in the place of a code when there is none.
  public static let empty = Digest(copying: [UInt8]().messageBytes)

  /// A digest of these bytes.
  ///
  /// - Precondition: they are no more than 32.
  public init(copying bytes: RawSpan) {
    precondition(bytes.byteCount <= Self.maximumByteCount, "no digest is so long")
    storage = InlineArray(repeating: 0)
    byteCount = bytes.byteCount
    for index in 0..<byteCount {
      storage[index] = bytes.octet(at: index)
    }
  }

  /// The byte at `index`.
  ///
  /// - Precondition: `index` lies within `byteCount`.
  public subscript(index: Int) -> UInt8 {
    precondition(index < byteCount, "beyond the digest")
    return storage[index]
  }

  /// The bytes, lent.
  public var bytes: RawSpan {
    @_lifetime(borrow self)
    get { unsafe storage.span.bytes.extracting(first: byteCount) }
  }

  /// Its first `count` bytes; all when it has fewer.
  public func prefix(_ count: Int) -> Digest {
    Digest(copying: bytes.extracting(first: Swift.min(count, byteCount)))
  }

  /// Whether the bytes are those of `other`. Takes the same time whether they are or not; the
  /// lengths are no secret.
  public func isEqualInConstantTime(to other: Digest) -> Bool {
    bytes.isEqualInConstantTime(to: other.bytes)
  }
}

extension Digest: Hashable {
  /// Whether the bytes are the same, in constant time.
  public static func == (left: Digest, right: Digest) -> Bool {
    left.isEqualInConstantTime(to: right)
  }

  /// Feeds the bytes.
  public func hash(into hasher: inout Hasher) {
    unsafe bytes.withUnsafeBytes { buffer in unsafe hasher.combine(bytes: buffer) }
  }
}
