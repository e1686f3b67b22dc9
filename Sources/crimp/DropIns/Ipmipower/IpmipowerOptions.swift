import IPMI
import Glibc

/// A command line of `ipmipower`: what it is set to, and the power command if there is one.
struct IpmipowerOptions {
  var settings = IpmipowerSettings()
  /// Nil when commands are read at the prompt.
  var command: IpmipowerCommand?

  /// An option: its letter, or none; the setting or command that it is for; whether it has a value.
  private struct Choice {
    var letter: Character?
    var name: String
    var takesValue = false
  }

  private static let choices = [
    Choice(letter: "D", name: "driver-type", takesValue: true),
    Choice(letter: "h", name: "hostname", takesValue: true),
    Choice(letter: "u", name: "username", takesValue: true),
    Choice(letter: "p", name: "password", takesValue: true),
    Choice(letter: "P", name: "password-prompt"),
    Choice(letter: "k", name: "k-g", takesValue: true),
    Choice(letter: "K", name: "k-g-prompt"),
    Choice(name: "session-timeout", takesValue: true),
    Choice(name: "retransmission-timeout", takesValue: true),
    Choice(letter: "a", name: "authentication-type", takesValue: true),
    Choice(letter: "I", name: "cipher-suite-id", takesValue: true),
    Choice(letter: "l", name: "privilege-level", takesValue: true),
    Choice(name: "config-file", takesValue: true),
    Choice(letter: "W", name: "workaround-flags", takesValue: true),
    Choice(letter: "B", name: "buffer-output"), Choice(letter: "C", name: "consolidate-output"),
    Choice(letter: "F", name: "fanout", takesValue: true),
    Choice(letter: "E", name: "eliminate"), Choice(name: "always-prefix"), Choice(name: "debug"),
    Choice(letter: "n", name: "on"), Choice(letter: "f", name: "off"),
    Choice(letter: "c", name: "cycle"), Choice(letter: "r", name: "reset"),
    Choice(letter: "s", name: "stat"), Choice(name: "pulse"), Choice(name: "soft"),
    Choice(name: "on-if-off"), Choice(name: "wait-until-off"), Choice(name: "wait-until-on"),
    Choice(name: "oem-power-type", takesValue: true),
    Choice(name: "retransmission-wait-timeout", takesValue: true),
    Choice(name: "retransmission-backoff-count", takesValue: true),
    Choice(name: "ping-interval", takesValue: true),
    Choice(name: "ping-timeout", takesValue: true),
    Choice(name: "ping-packet-count", takesValue: true),
    Choice(name: "ping-percent", takesValue: true),
    Choice(name: "ping-consec-count", takesValue: true),
    Choice(name: "help"), Choice(name: "usage"), Choice(letter: "V", name: "version"),
  ]

  /// Reads `arguments` and the configuration file; the command line has the last word.
  init(_ arguments: [String], _ console: Console) throws(Exit) {
    // getopt has no letter for it: a question mark is its own sign of a fault.
    let arguments = arguments.map { $0 == "-?" ? "--help" : $0 }
    var given: [(name: String, value: String)] = []
    var isWrong = false
    let operands = try Self.scan(arguments) { choice, value throws(Exit) in
      guard let choice else { return isWrong = true }
      switch choice.name {
      case "help": throw Self.shown(IpmipowerUsage.help, console)
      case "usage": throw Self.shown(IpmipowerUsage.usage, console)
      case "version": throw Self.shown(IpmipowerUsage.version, console)
      case "password", "k-g": CommandLineArguments.blank(value)
      default: break
      }
      if !isWrong { given.append((choice.name, value)) }
    }
    if isWrong { throw Self.wrong("", console) }
    guard operands.isEmpty else {
      throw Self.wrong("\(Ipmipower.program): Too many arguments\n", console)
    }
    do throws(IpmipowerFault) {
      try IpmipowerConfigFile.apply(
        given.last { $0.name == "config-file" }?.value, to: &settings)
      for (name, value) in given { try take(name, value) }
      if let words = settings.contradiction { throw IpmipowerFault(words) }
    } catch {
      throw console.fail(error.words + "\n", status: Ipmipower.Status.failed)
    }
  }

  private static func scan(
    _ arguments: [String], _ option: (Choice?, String) throws(Exit) -> Void
  ) throws(Exit) -> [String] {
    var letters = ""
    var long: [LongOption] = []
    var byLetter: [Character: Choice] = [:]
    for (index, choice) in choices.enumerated() {
      // Options without a letter have one that nobody can type.
      let scalar =
        choice.letter?.unicodeScalars.first ?? Unicode.Scalar(0xe000 + UInt32(index)) ?? "?"
      if let letter = choice.letter { letters += "\(letter)\(choice.takesValue ? ":" : "")" }
      byLetter[Character(scalar)] = choice
      long.append(
        LongOption(name: choice.name, letter: scalar, takesArgument: choice.takesValue))
    }
    return try scanOptions(
      program: Ipmipower.program, arguments, letters: letters, long: long
    ) { letter, argument throws(Exit) in
      try option(byLetter[letter], argument)
    }
  }

  private mutating func take(_ name: String, _ value: String) throws(IpmipowerFault) {
    if let command = IpmipowerCommand(rawValue: name) {
      self.command = command
      return
    }
    switch name {
    case "config-file": break
    case "k-g": try settings.set("k_g", to: value)
    case "password-prompt":
      let secret = SecretPrompt.ask("Password: ") ?? .empty
      guard secret.byteCount <= 20 else { throw IpmipowerFault("password too long") }
      settings.password = secret
    case "k-g-prompt":
      let secret = SecretPrompt.ask("K_g: ")
      guard secret?.byteCount ?? 0 <= 20 else { throw IpmipowerFault("k_g too long") }
      settings.key = secret
    default: try settings.set(name, to: value.isEmpty ? "on" : value)
    }
  }

  private static func shown(_ text: String, _ console: Console) -> Exit {
    console.write(text)
    return Exit(status: Ipmipower.Status.ok)
  }

  private static func wrong(_ text: String, _ console: Console) -> Exit {
    console.fail(
      text
        + "Try `ipmipower --help' or `ipmipower --usage' for more information.\n",
      status: Ipmipower.Status.usage)
  }
}
