import ArgumentParser
import LinkLayer

/// What commands have in common that ask hosts of a link: from which address, and for how long.
struct QuestionOptions: ParsableArguments {
  @Option(
    name: [.customShort("w"), .long],
    help: ArgumentHelp("Stop after this long, whatever is outstanding.", valueName: "seconds"))
  var deadline: Double?

  @Option(
    help: ArgumentHelp(
      "The address to ask from; 0.0.0.0 needs none of its own.", valueName: "address"))
  var source: IPAddress?

  /// How long questions and answers may take; nil for no limit.
  var timeLimit: Duration? { deadline.map { Duration(seconds: $0) } }

  /// Refuses a limit that no run can have.
  func check() throws(CommandFailure) {
    guard let deadline, !(deadline > 0 && deadline < 1e6) else { return }
    throw CommandFailure(.usage, "--deadline \(deadline): expected seconds, more than 0")
  }
}
