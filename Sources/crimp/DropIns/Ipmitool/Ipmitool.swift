import Drivers
import EventLoop
import Glibc
import IPMI
import Machines

/// `ipmitool`, as Debian's 1.8.19 answers, for one controller over the LAN.
///
/// What it prints of a controller's answers is the original's, line for line. Why a session cannot be
/// opened it says in a line of its own before the original's.
enum Ipmitool {
  /// Exit statuses.
  enum Status {
    static let ok: Int32 = 0
    static let failed: Int32 = 1
    /// Ctrl-C.
    static let interrupted: Int32 = 255
  }

  /// Runs the command line and returns the exit status.
  static func run(program: String, _ arguments: [String]) -> Int32 {
    // Times are written as the user's locale has them.
    _ = unsafe setlocale(LC_TIME, "")
    let console = Console()
    do throws(Exit) {
      let options = try IpmitoolOptions(
        program: programName(program), IpmitoolOptions.withoutLongHelp(arguments), console)
      if let script = IpmitoolScript(options, console) { return script.run() }
      return try run(options, IpmitoolFiles(options), console)
    } catch {
      console.flush()
      return error.status
    }
  }

  /// Does what the options' words ask for, and returns the exit status.
  static func run(
    _ options: IpmitoolOptions, _ files: IpmitoolFiles, _ console: Console
  ) throws(Exit) -> Int32 {
    let operation = try operation(options, console)
    return try IpmitoolSession(options, files, console).run(operation)
  }

  /// The original calls itself by the last component of `argv[0]`.
  private static func programName(_ program: String) -> String {
    program.split(separator: "/").last.map(String.init) ?? program
  }

  private static func operation(
    _ options: IpmitoolOptions, _ console: Console
  ) throws(Exit) -> any IPMIOperation {
    do throws(WordsEnd) {
      return try IPMIWords.operation(
        options.words, style: options.style, refusesMore: false,
        secrets: SecretInput(
          ask: { SecretPrompt.ask($0) }, hide: { CommandLineArguments.blank($0) }))
    } catch {
      throw console.fail(error.original + "\n", status: error.originalStatus)
    }
  }
}
