import ArgumentParser

/// Which controllers a command speaks to, who asks, and how: shared by all commands of remote power.
struct FleetOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Hosts, one list a line, # for comments; - for standard input.", valueName: "file"))
  var hostsFile: String?

  @OptionGroup var access: ControllerOptions

  @Option(help: ArgumentHelp("How long all hosts may take.", valueName: "seconds"))
  var deadline: Double?

  @Option(help: ArgumentHelp("How many hosts to speak to at once.", valueName: "count"))
  var window: Int?

  @Flag(help: "One JSON object a line.")
  var json = false

  @Flag(name: [.short, .long], help: "Say nothing but errors.")
  var quiet = false

  func validate() throws {
    try access.validate()
    if let deadline { try ControllerOptions.check("--deadline", seconds: deadline) }
    if let window, window < 1 {
      throw ValidationError("--window \(window): expected 1 or more")
    }
  }
}
