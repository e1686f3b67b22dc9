import ArgumentParser
import LinkLayerTesting

/// `crimp replay-test`: captures as tests.
struct ReplayTestCommand: NativeCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay-test",
    abstract: "Play captures again, and compare field by field what one host of them says.",
    discussion: """
      The frames of all others are told to what stands in for the host under test: one of crimp's own \
      commands, in memory and without waiting (a recording tells which, else --machine), or whatever is \
      behind --interface. What a capture needs beside its frames may stand in a file beside it, \
      CAPTURE.replay-test, in the words of these options. Exit status 0 when all is said as then, 1 when \
      not.
      """)

  @Argument(help: ArgumentHelp("Captures, and folders of them.", valueName: "captures"))
  var captures: [String] = []

  @Option(
    help: ArgumentHelp(
      "Who is under test: addresses of IP or hardware, with commas; whoever recorded without it.",
      valueName: "addresses"))
  var host: String?

  @Option(
    help: ArgumentHelp(
      "The crimp command that stands in for the host, as: 'ping -c 2 192.0.2.1'; bmc stands for a "
        + "simulated controller.", valueName: "words"))
  var machine: String?

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Test what is behind this interface, in real time; needs CAP_NET_RAW.", valueName: "name"))
  var interface: String?

  @Option(
    help: ArgumentHelp("The network namespace of --interface, by name or path.", valueName: "name"))
  var netns: String?

  @Option(
    help: ArgumentHelp(
      "With --interface: what makes the host speak, run by /bin/sh once it is listened to.",
      valueName: "command"))
  var run: String?

  @Option(
    help: ArgumentHelp("The interface of the capture; the first without it.", valueName: "name"))
  var captureInterface: String?

  @Option(
    help: ArgumentHelp(
      "Which frames count, then and now, in libpcap's language.", valueName: "expression"))
  var filter: String?

  @Option(
    help: ArgumentHelp(
      "Fields that may differ, by Wireshark's names, with commas; several times for several.",
      valueName: "fields"))
  var mask: [String] = []

  @Flag(help: "No field may differ but those of --mask.")
  var exact = false

  @Option(
    help: ArgumentHelp(
      "How many seconds a frame may be late or early; 0.1, and 0.5 with --interface, without it.",
      valueName: "seconds"))
  var tolerance: Double?

  @Option(
    help: ArgumentHelp(
      "How many seconds beyond its time a frame is waited for; 2 without it.", valueName: "seconds")
  )
  var patience: Double?

  @Option(
    help: ArgumentHelp(
      "How many seconds the host is listened to after the last frame; 0.1, and 0.3 with --interface, "
        + "without it.", valueName: "seconds"))
  var closing: Double?

  @Option(
    help: ArgumentHelp(
      "When others speak: answers (to what the host says, the default) or times.",
      valueName: "pace"))
  var pace: ReplayTestPace?

  @Option(
    name: .customLong("junit"),
    help: ArgumentHelp("Write the results as JUnit's XML.", valueName: "file"))
  var junitPath: String?

  @Flag(help: "One JSON object a capture.")
  var json = false

  @Flag(name: [.short, .long], help: "Tell only captures that fail.")
  var quiet = false

  func validate() throws {
    if captures.isEmpty { throw ValidationError("captures: expected files or folders") }
    if interface != nil, machine != nil {
      throw ValidationError("--interface and --machine: expected one of them")
    }
    if interface == nil, netns != nil || run != nil {
      throw ValidationError("--netns and --run: expected with --interface")
    }
    for (name, value) in [
      ("--tolerance", tolerance), ("--patience", patience), ("--closing", closing),
    ] {
      if let value, !(value >= 0 && value < 1e6) {
        throw ValidationError("\(name) \(value): expected seconds, 0 or more")
      }
    }
    if let host, TestedHost(host) == nil {
      throw ValidationError("--host \(host): expected addresses of IP or hardware, with commas")
    }
  }

  func perform() throws(CommandFailure) -> ExitStatus {
    try ReplayTestRun(self).perform()
  }
}

/// When others speak.
enum ReplayTestPace: String, ExpressibleByArgument, CaseIterable {
  case answers
  case times
}
