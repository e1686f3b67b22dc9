import Glibc

/// `ipmipower`, as FreeIPMI's 1.6.10 answers: power of any number of machines over the LAN.
///
/// Without a power command it reads commands from standard input at a prompt, as powerman has it do.
enum Ipmipower {
  /// Exit statuses.
  enum Status {
    static let ok: Int32 = 0
    static let failed: Int32 = 1
    /// A command line that cannot be read.
    static let usage: Int32 = 64
  }

  /// What the program calls itself, whatever its path: its argument parser does so too.
  static let program = "ipmipower"

  /// Runs the command line and returns the exit status.
  static func run(_ arguments: [String]) -> Int32 {
    let console = Console()
    do throws(Exit) {
      let options = try IpmipowerOptions(arguments, console)
      guard let command = options.command else {
        var prompt = IpmipowerPrompt(options.settings, console)
        return prompt.run()
      }
      guard !options.settings.hosts.isEmpty else {
        throw console.fail(
          "must specify target hostname(s) in non-interactive mode\n", status: Status.failed)
      }
      return IpmipowerRun(options.settings, console).run(command, options.settings.hosts)
    } catch {
      console.flush()
      return error.status
    }
  }
}
