import ArgumentParser

/// Bytes a second, written as a number that may end with `k`, `M` or `G`: powers of 1024, as the
/// shd-tcp-tools count.
struct ByteRate: ExpressibleByArgument, Hashable, Sendable {
  var bytesPerSecond: Int

  init?(argument: String) {
    let read = ScaledNumber.read(argument, base: 1024, scaled: 1...1 << 40, plain: 1...1 << 40)
    guard let read else { return nil }
    bytesPerSecond = read
  }
}
