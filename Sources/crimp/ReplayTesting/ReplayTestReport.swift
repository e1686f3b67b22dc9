import LinkLayerTesting

/// Tells how captures fared: to people, as JSON, as JUnit's XML.
struct ReplayTestReport {
  let isJSON: Bool
  let isQuiet: Bool
  private(set) var junit = JUnitReport()
  private(set) var status = ExitStatus.success
  private var count = 0
  private var failed = 0

  init(isJSON: Bool, isQuiet: Bool) {
    self.isJSON = isJSON
    self.isQuiet = isQuiet
  }

  /// Tells of one capture.
  mutating func tell(_ path: String, _ verdict: JUnitReport.Verdict, took duration: Duration) {
    count += 1
    junit.add(path, verdict, took: duration)
    var hasFailed = true
    var text = ""
    switch verdict {
    case .result(let result):
      hasFailed = !result.passes
      text = hasFailed ? "FAILED\n" + Self.indented(result.description) : "ok, \(result)"
      if hasFailed, status == .success { status = .negative }
    case .error(let words):
      text = "not run: \(words)"
    }
    if hasFailed { failed += 1 }
    guard hasFailed || !isQuiet else { return }
    if isJSON { return JSONLine.write(ReplayTestRecord(path, verdict)) }
    StandardStream.output.writeLine("\(path): \(text)")
  }

  /// Notes the status of a capture that could not be run: it stands before a difference.
  mutating func note(_ status: ExitStatus) {
    self.status = status
  }

  /// The sum, where there is one to be told.
  func end() {
    guard count > 1, !isJSON, !isQuiet else { return }
    StandardStream.output.writeLine("\(count) captures, \(failed) failed")
  }

  private static func indented(_ text: String) -> String {
    text.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
  }
}

/// What `crimp replay-test --json` says of one capture.
private struct ReplayTestRecord: Encodable {
  struct Finding: Encodable {
    var kind: String
    var frame: Int
    var time: Double
    var line: String
    var fields: [Field]?
    var seconds: Double?
    var repeats: Int?
  }

  struct Field: Encodable {
    var name: String
    var layer: String
    var recorded: String?
    var said: String?
  }

  var capture: String
  var passed: Bool
  var frames: Int?
  var told: Int?
  var findings: [Finding]?
  var error: String?

  init(_ path: String, _ verdict: JUnitReport.Verdict) {
    capture = path
    switch verdict {
    case .error(let words):
      passed = false
      error = words
    case .result(let result):
      passed = result.passes
      frames = result.testedCount
      told = result.toldCount
      findings = result.findings.map(Self.record)
    }
  }

  private static func record(_ finding: ReplayTestResult.Finding) -> Finding {
    var record = Finding(
      kind: finding.name, frame: finding.frame, time: finding.time.fractionalSeconds,
      line: finding.line)
    switch finding.kind {
    case .differs(let fields):
      record.fields = fields.map {
        Field(name: $0.name, layer: $0.layer, recorded: $0.recorded, said: $0.said)
      }
    case .late(let duration), .early(let duration): record.seconds = duration.fractionalSeconds
    case .additional(let repeats): record.repeats = repeats
    case .missing: break
    }
    return record
  }
}

extension Duration {
  fileprivate var fractionalSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
