import Laboratory
import LinkLayer

/// The laboratory's table, a line a kind of announcement, as the results come.
struct LabReport {
  /// One JSON object a line instead.
  let asJSON: Bool
  /// Whether the service came back in every move that Crimp announced.
  private(set) var crimpAlwaysRecovered = true

  init(asJSON: Bool) {
    self.asJSON = asJSON
  }

  /// Heads the lines of a scenario.
  func begin(_ scenario: FailoverScenario) {
    guard !asJSON else { return }
    StandardStream.output.writeLine("\n\(scenario.title)")
    StandardStream.output.writeLine(
      Self.columns([
        "announcer", "outage", "client's neighbour entry", "switch's port of the new owner",
      ]))
  }

  /// Adds the moves that one announcer announced.
  mutating func add(_ results: [FailoverResult]) {
    guard let last = results.last else { return }
    if last.announcer.hasPrefix("crimp"), results.contains(where: { $0.outage == nil }) {
      crimpAlwaysRecovered = false
    }
    guard !asJSON else {
      for result in results { JSONLine.write(LabRecord(result)) }
      return
    }
    StandardStream.output.writeLine(
      Self.columns([
        last.announcer, Self.outage(results),
        Self.change(last.before.neighbor?.description, last.after.neighbor?.description, "none"),
        Self.change(last.before.port, last.after.port, "unknown"),
      ]))
  }

  private static func outage(_ results: [FailoverResult]) -> String {
    let outages = results.compactMap(\.outage).sorted()
    guard outages.count == results.count else {
      let patience = results.last?.patience ?? .zero
      return "more than \(Self.seconds(patience)) s"
    }
    let median = outages[outages.count / 2].milliseconds
    guard outages.count > 1, let first = outages.first, let longest = outages.last else {
      return "\(median.rounded(to: 1)) ms"
    }
    return
      "\(median.rounded(to: 1)) ms (\(first.milliseconds.rounded(to: 1))-\(longest.milliseconds.rounded(to: 1)))"
  }

  /// Whole seconds as such, others to the hundredth, rounded down: "more than" is to be true.
  static func seconds(_ duration: Duration) -> String {
    let hundredths = duration / .milliseconds(10)
    let whole = Double(Int64(hundredths)) / 100
    return whole.rounded(to: whole == Double(Int64(whole)) ? 0 : 2)
  }

  private static func change(_ before: String?, _ after: String?, _ absent: String) -> String {
    "\(before ?? absent) > \(after ?? absent)"
  }

  private static func columns(_ texts: [String]) -> String {
    let widths = [22, 24, 40, 0]
    return zip(texts, widths).map { text, width in
      text + String(repeating: " ", count: max(0, width - text.count))
    }.joined(separator: "  ")
  }
}

extension FailoverScenario {
  fileprivate var title: String {
    switch self {
    case .address: "An IPv4 address moves"
    case .locktime: "An IPv4 address moves; the client's entry is younger than locktime"
    case .virtualMAC: "An address and its VRRP MAC move (the switch's table)"
    case .ipv6: "An IPv6 address moves"
    }
  }
}

/// A move as a JSON object.
private struct LabRecord: Encodable {
  var event = "move"
  var scenario: String
  var announcer: String
  var outage_ms: Double?
  var recovered: Bool
  var neighbor_before: String?
  var neighbor_after: String?
  var port_before: String?
  var port_after: String?
  var exit_status: Int32?

  init(_ result: FailoverResult) {
    scenario = result.scenario.rawValue
    announcer = result.announcer
    outage_ms = result.outage?.milliseconds
    recovered = result.outage != nil
    neighbor_before = result.before.neighbor?.description
    neighbor_after = result.after.neighbor?.description
    port_before = result.before.port
    port_after = result.after.port
    exit_status = result.status
  }
}
