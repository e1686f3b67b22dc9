import ArgumentParser
import Machines

/// Bits a second, a number that may end with `k`, `M` or `G`: powers of 1000, as links are named.
struct BitRate: ExpressibleByArgument, Hashable, Sendable {
  /// How many; 0 for no limit.
  var bitsPerSecond: Int

  /// The bits of the shortest frame of Ethernet with its check sequence, which a question has.
  static let bitsOfQuestion = 64 * 8

  init?(argument: String) {
    let read = ScaledNumber.read(argument, base: 1000, scaled: 0...1 << 32, plain: 0...1 << 32)
    guard let read else { return nil }
    bitsPerSecond = read
  }

  /// The pace of questions that take this much of the link.
  var pace: FramePace {
    .framesPerSecond(Double(bitsPerSecond) / Double(Self.bitsOfQuestion))
  }
}
