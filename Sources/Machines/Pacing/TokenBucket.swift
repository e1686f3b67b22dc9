public import MonotonicTime

/// Permission to move so many bytes a second: tokens come evenly with time, and a bucket holds few of
/// them, so that a pause is not made up for by a flood.
///
/// In any stretch of time `t` at most `burst + rate · t` bytes are taken, in advance or late. Tokens are
/// counted in billionths of a byte, so that the rate holds however long the bucket is used.
public struct TokenBucket: Hashable, Sendable {
  /// Bytes a second.
  public let rate: Int
  /// The most bytes that can be taken at once.
  public let burst: Int

  /// Billionths of bytes that could be taken at `filled`; negative when some are owed.
  private var tokens: Int128
  private var filled: Instant

  private static let unit: Int128 = 1_000_000_000
  /// More than any link carries, and few enough for 128 bits whatever the time.
  private static let limit = 1_000_000_000_000_000

  /// A full bucket.
  ///
  /// - Parameters:
  ///   - rate: bytes a second, held between 1 and 10¹⁵.
  ///   - burst: how many bytes the bucket holds, at least 1; nil for what comes in a tenth of a second:
  ///     then the rate is held within 1 % over ten seconds, the first burst included.
  ///   - now: when it is full.
  public init(rate: Int, burst: Int? = nil, at now: Instant) {
    self.rate = max(1, min(rate, Self.limit))
    self.burst = max(1, min(burst ?? self.rate / 10, Self.limit))
    tokens = Int128(self.burst) * Self.unit
    filled = now
  }

  /// How many bytes may be taken at `now`.
  public mutating func available(at now: Instant) -> Int {
    if now > filled {
      let elapsed = Int128((now - filled).wholeNanoseconds)
      tokens = min(tokens + elapsed * Int128(rate), Int128(burst) * Self.unit)
      filled = now
    }
    return Int(clamping: max(0, tokens) / Self.unit)
  }

  /// Takes `count` bytes; when there are less, the rest is owed.
  public mutating func take(_ count: Int) {
    tokens -= Int128(max(0, min(count, Self.limit))) * Self.unit
    tokens = max(tokens, -Int128(Self.limit) * Self.unit)
  }

  /// When `count` bytes, held between 1 and a burst, can be taken if none are until then.
  public func ready(_ count: Int) -> Instant {
    let missing = Int128(max(1, min(count, burst))) * Self.unit - tokens
    guard missing > 0 else { return filled }
    let wait = (missing + Int128(rate) - 1) / Int128(rate)
    return filled + .nanoseconds(Int64(clamping: wait))
  }
}
