import ArgumentParser
import Drivers
import IPMI
import Machines

/// `crimp ipmi`: ipmitool's words, for any number of controllers.
struct IPMICommand: NativeCommand {
  static let configuration = CommandConfiguration(
    commandName: "ipmi",
    abstract: "Ask and configure controllers in the words of ipmitool, by IPMI over LAN.",
    discussion: """
      Words: chassis status, mc info, lan print 1, user list, channel info, session info active, \
      raw 0x06 0x01 and so on; help lists them. Each line is led by its host when there are \
      several. Exit status 0 when every host did it; the one that all failures share (69 no \
      answer, 77 refused login), else 1.
      """)

  @Argument(help: "What to ask or do, in ipmitool's words.")
  var words: [String] = []

  @Option(
    name: [.customShort("H"), .customLong("host")],
    help: ArgumentHelp(
      "Lists of hosts, such as node[1-100,107]; may be given again.",
      valueName: "hosts"))
  var hosts: [String] = []

  @Option(
    name: .customLong("bridge"),
    help: ArgumentHelp(
      "Speak to the controller at this address behind a channel; twice for two hops.",
      valueName: "channel:address"))
  var hops: [BridgeHop] = []

  @Option(help: ArgumentHelp("The logical unit that a raw command is for.", valueName: "number"))
  var lun: UInt8 = 0

  @Flag(help: "Values separated by commas, where ipmitool has that.")
  var csv = false

  @Flag(name: [.short, .long], help: "Tell more; may be given again.")
  var verbose: Int

  @Flag(help: "Times in UTC.")
  var utc = false

  @Flag(help: "Read sensor data records anew, and keep none for the next time.")
  var noCache = false

  @OptionGroup var local: LocalOptions

  @OptionGroup var fleet: FleetOptions

  func validate() throws {
    guard hops.count <= 2 else { throw ValidationError("--bridge: expected at most two hops") }
    guard lun <= 3 else { throw ValidationError("--lun \(lun): expected 0 to 3") }
  }

  func perform() throws(CommandFailure) -> ExitStatus {
    guard let operation = try operation() else { return .success }
    if let activation = operation as? ActivateSOL { return try speak(activation) }
    let run = try ControllerRun(hosts, fleet, local, privilege: operation.privilege)
    guard !operation.isForOneController || run.count == 1 else {
      throw CommandFailure(
        .usage,
        "\(words.joined(separator: " ")): expected one host, because one file holds one's alone")
    }
    if operation.carriesSecret { try run.refuseToRecordSecrets() }
    let report = WordsReport(self, isOnly: run.count == 1)
    let route = route
    let records = recordSource
    try run.run { transport throws(BMCFailure) in
      try await WordsResult(
        operation, over: AddressedTransport(over: transport, by: route, records: records))
    } onResult: { host, result in
      report.tell(host, result)
    }
    return report.status
  }

  /// Speaks on one host's serial line, as `crimp console` does by default.
  private func speak(_ activation: ActivateSOL) throws(CommandFailure) -> ExitStatus {
    let settings = try FleetSettings(
      fleet.access, hostsFile: fleet.hostsFile, privilege: activation.privilege)
    let targets = try settings.targets(hosts)
    guard let target = targets.first, targets.count == 1 else {
      throw CommandFailure(.usage, "sol activate: expected one host, not \(targets.count)")
    }
    var line = SerialLineSettings(host: target.label, escape: nil, isQuiet: fleet.quiet)
    line.line.keepAlive = activation.keepAlive
    line.line.instance = activation.instance
    return try ConsoleRun(
      target: target, settings: line, transcript: nil, recording: fleet.access.recording
    ).run()
  }

  /// The operation that the words ask for; nil when they ask for help, which is given.
  private func operation() throws(CommandFailure) -> (any IPMIOperation)? {
    guard words != ["console"] else { return ActivateSOL() }
    let secrets = SecretInput(
      ask: { SecretPrompt.ask($0) }, hide: { CommandLineArguments.blank($0) })
    do throws(WordsEnd) {
      return try IPMIWords.operation(words, style: style, refusesMore: true, secrets: secrets)
    } catch {
      if let line = error.line { throw CommandFailure(.usage, line) }
      StandardStream.output.writeLine(error.original)
      return nil
    }
  }

  private var recordSource: SensorRecordSource {
    // What is recorded is to be had again by those who have no cache.
    guard !noCache, !fleet.access.recording.isActive, let cache = SensorRecordCache() else {
      return .controller
    }
    return .cache(cache)
  }

  private var route: Route {
    guard let target = hops.last else { return Route(lun: lun) }
    let transit = hops.count == 2 ? hops.first?.hop : nil
    return Route(bridge: MessageBridge(to: target.hop, via: transit), lun: lun)
  }

  fileprivate var style: ReportStyle {
    ReportStyle(isCSV: csv, verbosity: verbose, isUTC: utc)
  }
}

/// A controller behind another, as `CHANNEL:ADDRESS`.
struct BridgeHop: ExpressibleByArgument {
  let hop: MessageBridge.Hop

  init?(argument: String) {
    let parts = argument.split(separator: ":").map(String.init)
    guard parts.count == 2, let channel = WordNumber.parse(parts[0], as: UInt8.self),
      channel <= 15, let address = WordNumber.parse(parts[1], as: UInt8.self)
    else { return nil }
    hop = MessageBridge.Hop(channel: ChannelNumber(rawValue: channel), address: address)
  }
}

/// What came of the words at one host: a report, why there is none, or both.
private struct WordsResult: Sendable {
  var report: (any IPMIReport)?
  var failure: BMCFailure?

  init(
    _ operation: any IPMIOperation, over transport: any BMCTransport
  ) async throws(BMCFailure) {
    do throws(OperationFailure) {
      report = try await operation.run(over: transport)
    } catch {
      guard let partial = error.report else { throw error.failure }
      report = partial
      failure = error.failure
    }
  }
}

/// Tells each host's result as it comes.
private final class WordsReport {
  private let command: IPMICommand
  private let isOnly: Bool
  private var groups = OutcomeGroups()

  init(_ command: IPMICommand, isOnly: Bool) {
    self.command = command
    self.isOnly = isOnly
  }

  /// What all hosts come to.
  var status: ExitStatus { groups.status }

  func tell(_ host: String, _ result: Result<WordsResult, BMCFailure>) {
    var report: (any IPMIReport)?
    var failure: BMCFailure?
    switch result {
    case .success(let value): (report, failure) = (value.report, value.failure)
    case .failure(let reason): failure = reason
    }
    let outcome: FleetOutcome =
      if let failure {
        .failed(failure)
      } else {
        report?.isAffirmative == false ? .missed("no") : .done("done")
      }
    groups.add(host, outcome)
    if command.fleet.json {
      JSONLine.write(WordsRecord(host, report, failure, isAffirmative: !outcome.isFailure))
    } else {
      write(host, report, failure)
    }
  }

  private func write(_ host: String, _ report: (any IPMIReport)?, _ failure: BMCFailure?) {
    var text = ReportText(command.style)
    report?.write(to: &text)
    if !command.fleet.quiet { write(text.output, host, to: .output) }
    write(text.complaints, host, to: .error)
    // A failure always names its host.
    if let failure { StandardStream.error.writeLine("\(host): \(failure)") }
  }

  private func write(_ text: String, _ host: String, to stream: StandardStream) {
    guard !text.isEmpty else { return }
    guard !isOnly else { return stream.write(text) }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    stream.write(lines.map { "\(host): \($0)\n" }.joined())
  }
}

/// A host's result as JSON: the report's own keys below `report`.
private struct WordsRecord: Encodable {
  var host: String
  var ok: Bool
  var report: (any IPMIReport)?
  var failure: BMCFailure?

  init(
    _ host: String, _ report: (any IPMIReport)?, _ failure: BMCFailure?, isAffirmative: Bool
  ) {
    self.host = host
    ok = isAffirmative
    self.report = report
    self.failure = failure
  }

  private enum CodingKeys: CodingKey { case host, ok, report, error, result }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(host, forKey: .host)
    try container.encode(ok, forKey: .ok)
    if let report { try report.encode(to: container.superEncoder(forKey: .report)) }
    if let failure {
      try container.encode(failure.key, forKey: .error)
      try container.encode(failure.description, forKey: .result)
    }
  }
}
