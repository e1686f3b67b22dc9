import ArgumentParser

/// One operand: an address, or several with commas between them.
///
/// swift-argument-parser takes a time for operands that grows with the square of their number, 2.4 s
/// for 10,000. So those of a long command line are put together, into lists of commas, before it sees
/// them (`joining`).
struct OperandList<Value: ExpressibleByArgument & Sendable>: ExpressibleByArgument, Sendable {
  /// What the list names, in its order.
  var values: [Scoped<Value>]

  init?(argument: String) {
    var values: [Scoped<Value>] = []
    for part in argument.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    {
      guard let value = Scoped<Value>(argument: String(Substring(part))) else { return nil }
      values.append(value)
    }
    self.values = values
  }

  /// `arguments` with each run of operands that this type reads joined into one.
  ///
  /// Only what cannot be an option's value is joined: what follows an option stays by itself, and so
  /// does what does not read as an address, so that the parser names it.
  static func joining(_ arguments: [String]) -> [String] {
    var joined: [String] = []
    var run: [String] = []
    var followsOption = false
    for argument in arguments {
      let isOption = argument.hasPrefix("-")
      if !isOption, !followsOption, Self(argument: argument) != nil {
        run.append(argument)
      } else {
        if !run.isEmpty { joined.append(run.joined(separator: ",")) }
        run = []
        joined.append(argument)
      }
      followsOption = isOption
    }
    if !run.isEmpty { joined.append(run.joined(separator: ",")) }
    return joined
  }
}
