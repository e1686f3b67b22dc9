import ArgumentParser
import LinkLayer
import Synchronization

/// Runs a command and turns whatever ends it into one line and an exit status.
enum CommandRun {
  /// The status of `body`, with its failure told on standard error.
  static func status(_ body: () throws(CommandFailure) -> ExitStatus) -> Int32 {
    do throws(CommandFailure) {
      let status = try body()
      guard !StandardStream.hasLostOutput.load(ordering: .relaxed) else {
        throw CommandFailure(
          .inputOutput, "standard output could not be written: is the disk full?")
      }
      return status.rawValue
    } catch {
      StandardStream.error.writeLine("crimp: \(error.message)")
      return error.status.rawValue
    }
  }

  /// Parses `arguments` as a subcommand of `crimp` and runs it.
  static func status(parsing arguments: [String]) -> Int32 {
    if let unknown = unknownCommand(arguments) {
      StandardStream.error.writeLine(
        "crimp: no command named \(unknown): expected one of "
          + Crimp.commandNames.joined(separator: ", "))
      return ExitStatus.usage.rawValue
    }
    if arguments.count == 2, arguments[0] == "help", DropIn.named(arguments[1]) != nil {
      StandardStream.output.writeLine(
        "\(arguments[1]) takes the arguments of the original of that name: "
          + "crimp \(arguments[1]) --help, or its manual page")
      return ExitStatus.success.rawValue
    }
    if let option = optionWithoutValue(arguments) {
      StandardStream.error.writeLine("crimp: \(option): expected a value behind the sign")
      return ExitStatus.usage.rawValue
    }
    do {
      var command = try parsed(prepared(arguments))
      guard let command = command as? any NativeCommand else {
        try command.run()
        return ExitStatus.success.rawValue
      }
      return status { () throws(CommandFailure) in try command.perform() }
    } catch let failure as CommandFailure {
      StandardStream.error.writeLine("crimp: \(failure.message)")
      return failure.status.rawValue
    } catch {
      return told(error)
    }
  }

  /// The command that `arguments` stand for. The subcommand is asked for itself, because the library takes
  /// 4 ms to find it from the root; what it refuses, help included, is told from the root.
  private static func parsed(_ arguments: [String]) throws -> any ParsableCommand {
    guard let name = arguments.first, let type = Crimp.command(named: name),
      let command = try? type.parseAsRoot(Array(arguments.dropFirst())),
      command is any NativeCommand
    else { return try Crimp.parseAsRoot(arguments) }
    return command
  }

  /// The first argument, when it is meant as a command and there is none of that name.
  private static func unknownCommand(_ arguments: [String]) -> String? {
    guard let first = arguments.first, !first.hasPrefix("-"), first != "help",
      !Crimp.commandNames.contains(first)
    else { return nil }
    return first
  }

  /// The first option that ends with its equals sign, as a script writes it whose variable is empty. The
  /// library would take the next argument for the value, without a word.
  private static func optionWithoutValue(_ arguments: [String]) -> String? {
    arguments.prefix { $0 != "--" }.first { argument in
      let text = argument.utf8
      guard text.count > 2, text.first == UInt8(ascii: "-"), text.last == UInt8(ascii: "=") else {
        return false
      }
      return text.dropFirst().dropLast().allSatisfy { byte in
        let letter = byte | 0x20
        return letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z")
          || byte == UInt8(ascii: "-") || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
      }
    }
  }

  /// The arguments as the library reads them well and quickly.
  private static func prepared(_ arguments: [String]) -> [String] {
    let arguments = withOptionalValues(arguments)
    switch arguments.first {
    case "announce", "probe": return OperandList<IPAddress>.joining(arguments)
    case "ping": return OperandList<PingTarget>.joining(arguments)
    default: return arguments
    }
  }

  /// `announce --confirm` and `wake --wait` may stand alone, and the library would take the next
  /// argument as their value.
  private static func withOptionalValues(_ arguments: [String]) -> [String] {
    arguments.map { argument in
      switch argument {
      case "--confirm": "--confirm=gateway"
      case "--wait" where arguments.first == "wake": "--wait=known"
      default: argument
      }
    }
  }

  /// Help goes to standard output as it is; a wrong argument gets one line without the usage.
  private static func told(_ error: any Error) -> Int32 {
    let code = Crimp.exitCode(for: error)
    guard !code.isSuccess else {
      StandardStream.output.writeLine(
        Expectation.showingOptionalValues(Crimp.fullMessage(for: error)))
      return code.rawValue
    }
    let line = Crimp.message(for: error).split(separator: "\n").joined(separator: " ")
    StandardStream.error.writeLine(
      "crimp: \(Expectation.showingOptionalValues(Expectation.completing(line)))")
    return code.rawValue
  }
}

/// A subcommand that answers with an exit status.
protocol NativeCommand: ParsableCommand {
  /// Does the work; `negative` is an answer, a failure is not.
  func perform() throws(CommandFailure) -> ExitStatus
}
