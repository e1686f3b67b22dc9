import ArgumentParser
import EventLoop
import LinkLayer
import LinkLayerTesting
import MonotonicTime

/// Carries out `crimp replay-test`: each capture is a case.
struct ReplayTestRun {
  private let command: ReplayTestCommand
  private var report: ReplayTestReport

  init(_ command: ReplayTestCommand) {
    self.command = command
    report = ReplayTestReport(isJSON: command.json, isQuiet: command.quiet)
  }

  func perform() throws(CommandFailure) -> ExitStatus {
    var report = report
    for path in try paths() {
      let start = Instant.monotonicNow
      do throws(CommandFailure) {
        let result = try result(of: path)
        report.tell(path, .result(result), took: .monotonicNow - start)
      } catch {
        report.tell(path, .error(error.message), took: .monotonicNow - start)
        report.note(error.status)
      }
    }
    if let path = command.junitPath {
      try WholeFile.write(Array(report.junit.text.utf8), to: path, isDurable: false)
    }
    report.end()
    return report.status
  }

  /// The captures, those of folders by their names.
  private func paths() throws(CommandFailure) -> [String] {
    var paths: [String] = []
    for path in command.captures {
      guard ReplayTestCase.isFolder(path) else {
        paths.append(path)
        continue
      }
      let cases = try worded(path) { () throws(ReplayTestCaseError) in
        try ReplayTestCase.all(inFolder: path)
      }
      guard !cases.isEmpty else { throw CommandFailure(.noInput, "\(path): no captures in it") }
      paths += cases.map(\.path)
    }
    return paths
  }

  private func result(of path: String) throws(CommandFailure) -> ReplayTestResult {
    var test = try worded(path) { () throws(ReplayTestCaseError) in
      try ReplayTestCase(path: path)
    }
    apply(to: &test.terms)
    let exchange = try worded(path) { () throws(ReplayTestCaseError) in try test.exchange() }
    if let interface = command.interface {
      return try LiveTest(command, interface, exchange, options(test.terms, .live)).result()
    }
    let noted = RecordedCommand.text(in: exchange.comments).map { ReplayTestTerms.words(of: $0) }
    let isOwn = test.terms.machine.isEmpty
    let words = isOwn ? noted ?? [] : test.terms.machine
    guard let name = words.first else {
      throw CommandFailure(
        .usage, "who stands in for the host is not noted in it: expected --machine or --interface")
    }
    if command.machine == nil { try WordsOfCapture.check(words) }
    guard name != BMCCommand.configuration.commandName else {
      return try ControllerUnderTest(words).result(
        with: exchange, options: options(test.terms, ReplayTestOptions(mask: .anotherProgram)))
    }
    let base = ReplayTestOptions(
      mask: isOwn && test.terms.host == nil ? CommandUnderTest.mask : .anotherProgram)
    return try CommandUnderTest(words, test, exchange).result(options: options(test.terms, base))
  }

  /// What the command line says stands before what the capture says.
  private func apply(to terms: inout ReplayTestTerms) {
    if let host = command.host { terms.host = host }
    if let machine = command.machine { terms.machine = ReplayTestTerms.words(of: machine) }
    if let interface = command.captureInterface { terms.interface = interface }
    if let filter = command.filter { terms.filter = filter }
    for names in command.mask { terms.mask += names.split(separator: ",").map(String.init) }
    if let tolerance = command.tolerance { terms.tolerance = tolerance }
    if let pace = command.pace { terms.speaksByTimes = pace == .times }
  }

  private func options(_ terms: ReplayTestTerms, _ base: ReplayTestOptions) -> ReplayTestOptions {
    var base = base
    if command.exact { base.mask = .nothing }
    if let patience = command.patience { base.patience = Duration(seconds: patience) }
    if let closing = command.closing { base.closing = Duration(seconds: closing) }
    return terms.options(base)
  }

  /// Calls `body`, and words what it throws; the path is told by the report.
  private func worded<Value>(
    _ path: String, _ body: () throws(ReplayTestCaseError) -> Value
  ) throws(CommandFailure) -> Value {
    do throws(ReplayTestCaseError) {
      return try body()
    } catch {
      throw CommandFailure(.noInput, error.words)
    }
  }
}
