import ArgumentParser

/// A number of bytes, written with or without `k`, `M`, `G` or `T` behind it: powers of 1024.
struct ByteSize: ExpressibleByArgument, CustomStringConvertible, Hashable, Sendable {
  /// How many bytes.
  var byteCount: Int

  init(byteCount: Int) {
    self.byteCount = byteCount
  }

  init?(argument: String) {
    let read = ScaledNumber.read(argument, base: 1024, scaled: 1...1 << 20, plain: 1...1 << 60)
    guard let read else { return nil }
    byteCount = read
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
