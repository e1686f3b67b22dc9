import ArgumentParser

/// How a running relay is reached, and where it finds what a reload takes anew.
struct RelayControlOptions: ParsableArguments, Sendable {
  @Option(
    help: ArgumentHelp(
      "The UNIX socket at which the relay answers show, reload, drain, enable and disable.",
      valueName: "path"))
  var control: String?

  @Flag(
    help: "Take the listeners of the relay that answers at --control, which then drains and ends.")
  var takeOver = false

  @Option(
    help: ArgumentHelp(
      "Further options and targets, read again at each reload.", valueName: "file"))
  var config: String?
}
