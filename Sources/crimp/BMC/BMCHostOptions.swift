public import ArgumentParser
public import BMCSimulator

/// The machines behind the controllers of `crimp bmc`.
struct BMCHostOptions: ParsableArguments {
  @Flag(help: "The machines are off at first.")
  var off = false

  @Option(
    help: ArgumentHelp(
      "How long a change of power takes: on, off, soft shutdown, and how long a cycle leaves it off; "
        + "one number for all.", valueName: "seconds,..."))
  var powerDelay = PowerDelayList(seconds: [0, 0, 0, 0])

  @Option(
    help: "The machines' serial line: echo, pty (a pseudo-terminal each), or none.")
  var serial = BMCConfiguration.SerialLine.echo

  @Option(help: "The machines' sensors: those of a server (standard), or one of every kind.")
  var sensors = SensorSet.standard

  @Flag(help: "Sensors stay at their nominal readings.")
  var steady = false

  func validate() throws {
    guard powerDelay.seconds.allSatisfy({ (0...86400).contains($0) }) else {
      throw ValidationError("--power-delay: expected seconds, 0 to 86400")
    }
  }

  func apply(to configuration: inout BMCConfiguration) {
    configuration.isHostOn = !off
    let delays = powerDelay.seconds.map { Duration.seconds($0) }
    configuration.powerDelays = HostPower.Delays(
      on: delays[0], off: delays[1], soft: delays[2], cycle: delays[3])
    configuration.serialLine = serial
    configuration.hasSteadyReadings = steady
    if sensors == .everyKind {
      configuration.sensors = SimulatedSensor.everyKind
      configuration.otherRecords = SimulatedSensor.otherRecords
    }
  }
}

/// Which sensors a simulated machine has.
enum SensorSet: String, ExpressibleByArgument {
  case standard
  case everyKind = "every-kind"
}

/// One or four durations, comma-separated.
struct PowerDelayList: ExpressibleByArgument {
  /// Four of them, in seconds.
  var seconds: [Double]

  init(seconds: [Double]) {
    self.seconds = seconds
  }

  /// Reads one number, which is for all four, or four.
  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    seconds = parts.compactMap { Double($0) }
    guard seconds.count == parts.count, seconds.allSatisfy(\.isFinite) else { return nil }
    if seconds.count == 1 { seconds = Array(repeating: seconds[0], count: 4) }
    guard seconds.count == 4 else { return nil }
  }

  var defaultValueDescription: String { "0" }
}

extension BMCConfiguration.SerialLine: ExpressibleByArgument {
  /// Reads `echo`, `pty` or `none`.
  public init?(argument: String) {
    switch argument {
    case "none": self = .none
    case "echo": self = .echo
    case "pty": self = .external
    default: return nil
    }
  }

  /// The word for it.
  public var defaultValueDescription: String {
    switch self {
    case .none: "none"
    case .echo: "echo"
    case .external: "pty"
    }
  }
}
