import ArgumentParser

/// A number of bytes, written with or without `k`, `M`, `G` or `T` behind it: powers of 1024.
struct ByteSize: ExpressibleByArgument, CustomStringConvertible, Hashable, Sendable {
  /// How many bytes.
  var byteCount: Int

  init(byteCount: Int) {
    self.byteCount = byteCount
  }

  init?(argument: String) {
    let units: [Character: Int] = ["k": 10, "K": 10, "M": 20, "G": 30, "T": 40]
    let shift = argument.last.flatMap { units[$0] }
    let digits = shift == nil ? argument[...] : argument.dropLast()
    guard let number = Int(digits), number > 0, number <= 1 << 20 || shift == nil,
      number <= 1 << 60
    else { return nil }
    byteCount = number << (shift ?? 0)
  }

  /// The number with the largest unit that leaves it whole.
  var description: String {
    for (shift, unit) in [(40, "T"), (30, "G"), (20, "M"), (10, "k")]
    where byteCount > 0 && byteCount & ((1 << shift) - 1) == 0 {
      return "\(byteCount >> shift)\(unit)"
    }
    return "\(byteCount)"
  }
}
