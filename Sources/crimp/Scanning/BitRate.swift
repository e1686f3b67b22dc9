import ArgumentParser
import Machines

/// Bits a second, a number that may end with `k`, `M` or `G`: powers of 1000, as links are named.
struct BitRate: ExpressibleByArgument, Hashable, Sendable {
  /// How many; 0 for no limit.
  var bitsPerSecond: Int

  /// The bits of the shortest frame of Ethernet with its check sequence, which a question has.
  static let bitsOfQuestion = 64 * 8

  init?(argument: String) {
    let units: [Character: Int] = [
      "k": 1000, "K": 1000, "m": 1_000_000, "M": 1_000_000, "g": 1_000_000_000, "G": 1_000_000_000,
    ]
    let unit = argument.last.flatMap { units[$0] }
    let digits = unit == nil ? argument[...] : argument.dropLast()
    guard let number = Int(digits), number >= 0, number <= 1 << 32 else { return nil }
    bitsPerSecond = number * (unit ?? 1)
  }

  /// The pace of questions that take this much of the link.
  var pace: FramePace {
    .framesPerSecond(Double(bitsPerSecond) / Double(Self.bitsOfQuestion))
  }
}
