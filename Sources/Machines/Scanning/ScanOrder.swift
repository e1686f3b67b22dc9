/// The order in which numbered things are gone through: as they stand, or as a seed shuffles them,
/// without a list of them.
///
/// The shuffled order is the map `x ↦ a·x + b mod n` with `a` prime to `n`: it meets every number once
/// and can be turned round. It is to spread what is asked over the switches and to be repeatable; it
/// keeps no secret.
struct ScanOrder: Hashable, Sendable {
  private let count: Int
  private var factor = 1
  private var inverse = 1
  private var offset = 0

  /// The order of `count` things, below 2³¹; as they stand when there is no `random`.
  init(count: Int, random: MachineRandom?) {
    self.count = max(1, count)
    guard var random, count > 2 else { return }
    offset = Int.random(in: 0..<count, using: &random)
    // Far from 1 and from `count`, so that neighbours are far from each other.
    var candidate = Int.random(in: (count / 3)...(count - count / 3), using: &random)
    while candidate > 1 {
      if let found = Self.inverse(of: candidate, modulo: count) {
        (factor, inverse) = (candidate, found)
        return
      }
      candidate -= 1
    }
  }

  /// What stands at `position`.
  func element(at position: Int) -> Int {
    (position * factor + offset) % count
  }

  /// Where `element` stands.
  func position(of element: Int) -> Int {
    (element - offset + count) % count * inverse % count
  }

  /// Euclid's extended algorithm; nil when the two have a common factor.
  private static func inverse(of value: Int, modulo modulus: Int) -> Int? {
    var (remainder, next) = (modulus, value)
    var (coefficient, following) = (0, 1)
    while next != 0 {
      let quotient = remainder / next
      (remainder, next) = (next, remainder - quotient * next)
      (coefficient, following) = (following, coefficient - quotient * following)
    }
    guard remainder == 1 else { return nil }
    return (coefficient % modulus + modulus) % modulus
  }
}
