import MonotonicTime

/// The randomness of a machine: SplitMix64, seeded by the caller, so that a run can be repeated.
///
/// It spreads delays and makes tokens that tell sessions apart. It keeps no secret.
public struct MachineRandom: RandomNumberGenerator, Hashable, Sendable {
  private var state: UInt64

  /// Creates the generator whose sequence `seed` determines.
  public init(seed: UInt64) {
    state = seed
  }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// A duration drawn uniformly from `shortest` to `longest`, ends included; `shortest` when the
  /// range is empty.
  mutating func duration(from shortest: Duration, to longest: Duration) -> Duration {
    let (low, high) = (shortest.wholeNanoseconds, longest.wholeNanoseconds)
    guard low < high else { return shortest }
    return .nanoseconds(Int64.random(in: low...high, using: &self))
  }

  /// `count` random bytes.
  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
  }
}
