import ArgumentParser

/// Bytes a second, written as a number that may end with `k`, `M` or `G`: powers of 1024, as the
/// shd-tcp-tools count.
struct ByteRate: ExpressibleByArgument, Hashable, Sendable {
  var bytesPerSecond: Int

  init?(argument: String) {
    let units: [Character: Int] = ["k": 1 << 10, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    let unit = argument.last.flatMap { units[$0] }
    let digits = unit == nil ? argument[...] : argument.dropLast()
    guard let number = Int(digits), number > 0, number <= 1 << 40 else { return nil }
    bytesPerSecond = number * (unit ?? 1)
  }
}
