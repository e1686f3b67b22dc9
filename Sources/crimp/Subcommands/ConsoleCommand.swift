import ArgumentParser
import IPMI
import Machines

/// `crimp console`: a machine's serial line, over LAN.
struct ConsoleCommand: NativeCommand {
  static let configuration = CommandConfiguration(
    commandName: "console",
    abstract: "Speak on a machine's serial line, by IPMI over LAN.",
    discussion: """
      A terminal is raw until the console ends: every key goes to the machine, but for ~ at the \
      beginning of a line and a letter (~. ends, ~? lists them). From a pipe everything is typed, \
      and the console ends a moment after the last. A line that is lost is taken again. Exit status \
      0 when it ended as it was told to, 1 when another console has the line, 69 no answer, 77 \
      refused login.
      """)

  @Argument(help: ArgumentHelp("The host.", valueName: "host"))
  var host: String

  @OptionGroup var console: ConsoleOptions
  @OptionGroup var access: ControllerOptions

  @Flag(name: [.short, .long], help: "Say nothing but errors.")
  var quiet = false

  func perform() throws(CommandFailure) -> ExitStatus {
    let settings = try FleetSettings(access, privilege: .operator)
    let targets = try settings.targets([host])
    guard let target = targets.first, targets.count == 1 else {
      throw CommandFailure(.usage, "host '\(host)': expected one host, not \(targets.count)")
    }
    guard target.options.version != .version15 else {
      throw CommandFailure(.usage, "--protocol 1.5: serial over LAN needs IPMI 2.0")
    }
    return try ConsoleRun(
      target: target, settings: console.settings(for: target.label, isQuiet: quiet),
      transcript: try console.openTranscript(), recording: access.recording
    ).run()
  }
}

/// How a console is kept.
struct ConsoleOptions: ParsableArguments {
  @Flag(help: "Take the line from whoever has it.")
  var takeOver = false

  @Flag(help: "Watch, and type nothing.")
  var readOnly = false

  @Option(
    help: ArgumentHelp(
      "What commands to the console begin with: a character, ^X for a control character, or none. "
        + "~ at a terminal, else none.", valueName: "character"))
  var escape: EscapeCharacter?

  @Option(
    help: ArgumentHelp("Append what the line says to a file, as it comes.", valueName: "file"))
  var transcript: String?

  @Flag(help: "Begin each line of the transcript with its time, and note what happened.")
  var timestamps = false

  @Flag(help: "End when the line is lost.")
  var noReattach = false

  @Option(
    help: ArgumentHelp(
      "How the session is kept while nothing is said: command, packet or none.", valueName: "how"))
  var keepAlive = ConsoleKeepAlive.command

  @Option(
    help: ArgumentHelp(
      "How long the machine may speak on after the end of all input.", valueName: "seconds"))
  var linger = 1.0

  @Option(
    help: ArgumentHelp("Which of the controller's serial lines, 1 to 15.", valueName: "number"))
  var instance: UInt8 = 1

  func validate() throws {
    guard linger >= 0, linger < 1e6 else {
      throw ValidationError("--linger \(linger): expected seconds, less than 1000000")
    }
    guard (1...15).contains(instance) else {
      throw ValidationError("--instance \(instance): expected 1 to 15")
    }
    guard !timestamps || transcript != nil else {
      throw ValidationError("--timestamps: expected --transcript with it")
    }
  }

  func openTranscript() throws(CommandFailure) -> SerialTranscript? {
    guard let transcript else { return nil }
    return try SerialTranscript(path: transcript, isTimed: timestamps)
  }

  func settings(for host: String, isQuiet: Bool) -> SerialLineSettings {
    var settings = SerialLineSettings(host: host, escape: escape, isQuiet: isQuiet)
    settings.isReadOnly = readOnly
    settings.linger = Duration(seconds: linger)
    settings.line.takesOver = takeOver
    settings.line.reattaches = !noReattach
    settings.line.keepAlive = keepAlive.choice
    settings.line.instance = instance
    return settings
  }
}

/// What commands to a console begin with.
struct EscapeCharacter: ExpressibleByArgument {
  /// The character; nil for none.
  let character: UInt8?

  /// Reads a character, `^` and another for a control character, or `none`.
  init?(argument: String) {
    let bytes = Array(argument.utf8)
    switch bytes.count {
    case _ where argument == "none": character = nil
    case 1 where (0x21...0x7e).contains(bytes[0]): character = bytes[0]
    case 2 where bytes[0] == UInt8(ascii: "^") && (0x40...0x7e).contains(bytes[1]):
      character = bytes[1] & 0x1f
    default: return nil
    }
  }
}

/// With what a console's session is kept.
enum ConsoleKeepAlive: String, ExpressibleByArgument {
  case command, packet, none

  var choice: SerialOverLANOptions.KeepAlive {
    switch self {
    case .command: .command
    case .packet: .packet
    case .none: .nothing
    }
  }
}
