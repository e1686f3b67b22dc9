import ArgumentParser
import BMCSimulator

/// What happens to datagrams on their way from and to the controllers of `crimp bmc`.
struct BMCNetworkOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How long an answer takes: a number, or two for a range.", valueName: "ms[-ms]"))
  var latency = LatencyRange(shortest: 0, longest: 0)

  @Option(help: ArgumentHelp("How many datagrams are lost, each way.", valueName: "percent"))
  var loss = 0.0

  @Option(
    help: ArgumentHelp(
      "How many answers are held back until later ones have overtaken them.",
      valueName: "percent"))
  var reorder = 0.0

  func validate() throws {
    for (name, value) in [("--loss", loss), ("--reorder", reorder)] {
      guard (0...100).contains(value) else {
        throw ValidationError("\(name) \(value): expected percent, 0 to 100")
      }
    }
  }

  func apply(to configuration: inout BMCConfiguration) {
    configuration.conditions = NetworkConditions(
      shortestDelay: .milliseconds(latency.shortest),
      longestDelay: .milliseconds(latency.longest), loss: loss / 100, reordering: reorder / 100)
  }
}

/// One or two numbers of milliseconds.
struct LatencyRange: ExpressibleByArgument {
  var shortest: Double
  var longest: Double

  init(shortest: Double, longest: Double) {
    self.shortest = shortest
    self.longest = longest
  }

  /// Reads `MS` or `MS-MS`, up to a minute.
  init?(argument: String) {
    let parts = argument.split(separator: "-", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Double($0) }
    guard numbers.count == parts.count, (1...2).contains(numbers.count),
      let shortest = numbers.first, let longest = numbers.last,
      (0...60000).contains(shortest), (shortest...60000).contains(longest)
    else { return nil }
    self.init(shortest: shortest, longest: longest)
  }

  var defaultValueDescription: String { "0" }
}
