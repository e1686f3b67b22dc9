import Glibc

/// The parameters that a fence agent was given, by their names, as text.
struct FenceInput {
  private var values: [String: String] = [:]
  /// What was passed over, a line each.
  private(set) var warnings: [String] = []

  /// Parameters of `arguments`, or of standard input where there are none.
  init(_ arguments: [String], _ console: Console) throws(Exit) {
    if arguments.isEmpty {
      readStandardInput()
    } else {
      try read(arguments, console)
    }
  }

  /// The text of a parameter; that which it has by itself when it was not given.
  subscript(name: String) -> String? {
    if let value = values[name], !value.isEmpty { return value }
    return FenceParameter.named(name)?.standard
  }

  /// Whether a flag is set.
  func isSet(_ name: String) -> Bool {
    ["1", "yes", "on", "true"].contains(values[name]?.lowercased() ?? "")
  }

  /// Whether a flag is said to be off.
  func isCleared(_ name: String) -> Bool {
    ["0", "no", "off", "false"].contains(values[name]?.lowercased() ?? "")
  }

  /// `name=value` a line, as cluster managers write them. What is unknown is passed over: they send
  /// parameters of their own.
  private mutating func readStandardInput() {
    while let line = readLine() {
      let text = line.drop { $0.isWhitespace }
      guard let first = text.first, first != "#" else { continue }
      let name = text.prefix { $0 != "=" }
      var value = String(text.dropFirst(name.count + 1))
      while value.last?.isWhitespace ?? false { value.removeLast() }
      if value.count > 1, value.first == "\"", value.last == "\"" {
        value = String(value.dropFirst().dropLast())
      }
      guard let parameter = FenceParameter.named(String(name)) else {
        // Its value may be a secret that is misspelt.
        if !Self.expected.contains(String(name)) {
          warnings.append("ignoring unknown option '\(name)'")
        }
        continue
      }
      values[parameter.name] = value
    }
  }

  private static let expected: Set<String> = ["nodename", "agent"]

  private mutating func read(_ arguments: [String], _ console: Console) throws(Exit) {
    var letters = ""
    var long: [LongOption] = []
    var byLetter: [Character: FenceParameter] = [:]
    for (index, parameter) in FenceParameter.all.enumerated() {
      // Options without a letter have one that nobody can type.
      let scalar =
        parameter.letter?.unicodeScalars.first ?? Unicode.Scalar(0xe000 + UInt32(index)) ?? "?"
      if let letter = parameter.letter { letters += "\(letter)\(parameter.isFlag ? "" : ":")" }
      for name in [parameter.option] + (parameter.oldName.map { [$0] } ?? []) {
        long.append(LongOption(name: name, letter: scalar, takesArgument: !parameter.isFlag))
      }
      byLetter[Character(scalar)] = parameter
    }
    let operands = try scanOptions(
      program: FenceAgent.program, arguments, letters: letters, long: long
    ) { letter, argument throws(Exit) in
      guard let parameter = byLetter[letter] else { throw Exit(status: FenceAgent.Status.failed) }
      if parameter.name == "password" || parameter.name == "hexadecimal_kg" {
        CommandLineArguments.blank(argument)
      }
      values[parameter.name] = parameter.isFlag ? "1" : argument
    }
    if !operands.isEmpty { warnings.append("ignoring what is no option") }
  }
}
