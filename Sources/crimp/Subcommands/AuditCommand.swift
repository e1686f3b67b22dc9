import ArgumentParser
import Drivers
import IPMI
import Machines

/// `crimp audit`: what controllers would accept that they should not.
struct AuditCommand: NativeCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Find out what management controllers would accept that they should not.",
    discussion: """
      Each controller is asked what it offers, and sessions are tried: every cipher suite as a user \
      that is not there, the null user, sessions without authentication. Nothing is changed, no \
      user's password is guessed, and how many logins were tried is told; makers' first passwords are \
      tried when they are named. --user names one that is there, to prove what needs a name. Exit \
      status 0 when nothing at or above --fail-on was found, 1 when something was.
      """)

  @Argument(help: ArgumentHelp("Lists of hosts.", valueName: "hosts"))
  var hosts: [String] = []

  @Option(
    help: ArgumentHelp(
      "What counts: note, low, medium, high or critical.", valueName: "severity"))
  var failOn = AuditSeverity.low

  @Option(
    help: ArgumentHelp(
      "Try these makers' first passwords, one login each; all for all.", valueName: "maker,..."))
  var defaultPasswords: String?

  @OptionGroup var fleet: FleetOptions

  func validate() throws {
    for maker in makers where !DefaultLogin.makers.contains(maker) {
      throw ValidationError(
        "--default-passwords: '\(maker)' is not known; expected all, or some of "
          + DefaultLogin.makers.joined(separator: ", "))
    }
  }

  private var makers: Set<String> {
    guard let defaultPasswords else { return [] }
    if defaultPasswords == "all" { return Set(DefaultLogin.makers) }
    return Set(
      defaultPasswords.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
  }

  func perform() throws(CommandFailure) -> ExitStatus {
    // Nobody logs in by the password of the options.
    let run = try FleetRun(hosts, fleet, privilege: .user, needsPassword: false)
    let report = AuditReport(fleet, limit: failOn)
    let makers = makers
    try run.runEach { host, _, sockets throws(BMCFailure) in
      let user = host.credentials.userName
      let probe = AuditProbe(makers: makers, userName: user == .null ? nil : user)
      return try await probe.run(host, by: sockets)
    } onResult: { host, result in
      report.tell(host, result)
    }
    return report.finish()
  }
}
