import LinkLayer
import Machines

/// What `crimp scan` says, as lines or as one JSON object a line, and how far it is.
///
/// Lines are gathered for a moment: a network answers faster than a terminal takes single lines.
final class ScanPrinter {
  private let settings: LinkSettings
  private let vendors: VendorNames?
  private var lines = ""
  private var hasProgress = false

  init(_ settings: LinkSettings, _ vendors: VendorNames?) {
    self.settings = settings
    self.vendors = vendors
  }

  /// Whether something waits to be written.
  var isEmpty: Bool { lines.isEmpty }

  func tell(_ report: ScanReport) {
    guard !settings.quiet else { return }
    switch report {
    case .again: break
    case .host(let host):
      guard !settings.json else { return write(ScanRecord("host", host, vendor(of: host.station))) }
      let padding = String(repeating: " ", count: max(0, 15 - host.address.description.utf8.count))
      say("\(host.address)\(padding)  \(host.station)\(maker(of: host.station))")
    case .duplicate(let host, let first, _):
      guard !settings.json else {
        var record = ScanRecord("duplicate", host, vendor(of: host.station))
        record.first_mac = first.description
        return write(record)
      }
      say(
        "\(host.address) has two stations: \(first)\(maker(of: first)) and "
          + "\(host.station)\(maker(of: host.station))")
    }
  }

  func tell(_ outcome: ScanOutcome, after elapsed: Duration?) {
    flush()
    guard !settings.quiet else { return }
    let seconds = elapsed.map { $0.milliseconds / 1000 }
    guard !settings.json else { return JSONLine.write(ScanSummaryRecord(outcome, seconds)) }
    var words: [String] = []
    if outcome.addresses > 0 { words.append(Self.count(outcome.addresses, "address", "es")) }
    words.append(Self.count(outcome.hosts, "host", "s"))
    if outcome.duplicates > 0 {
      words.append(Self.count(outcome.duplicates, "duplicate address", "es"))
    }
    let time = seconds.map { "; \($0.rounded(to: 2)) s" } ?? ""
    StandardStream.output.writeLine(words.joined(separator: ", ") + time)
  }

  /// Writes what was gathered.
  func flush() {
    guard !lines.isEmpty else { return }
    clearProgress()
    StandardStream.output.write(lines)
    lines = ""
  }

  /// Shows how far a scan is, on a terminal.
  func show(_ fraction: Double, _ hosts: Int, remaining: Duration?) {
    let time = remaining.map { ", \(($0.milliseconds / 1000).rounded(to: 0)) s to go" } ?? ""
    StandardStream.error.write(
      "\r\((fraction * 100).rounded(to: 0)) % asked, \(Self.count(hosts, "host", "s"))\(time)\u{1b}[K"
    )
    hasProgress = true
  }

  func clearProgress() {
    guard hasProgress else { return }
    StandardStream.error.write("\r\u{1b}[K")
    hasProgress = false
  }

  private func vendor(of station: HardwareAddress) -> String? { vendors?.name(of: station) }

  private func maker(of station: HardwareAddress) -> String {
    if let name = vendor(of: station) { return "  \(name)" }
    return station.macAddress?.isLocallyAdministered == true ? "  (locally administered)" : ""
  }

  private func write(_ record: ScanRecord) {
    flush()
    JSONLine.write(record)
  }

  private func say(_ text: String) {
    lines += text
    lines += "\n"
    if lines.utf8.count > 1 << 16 { flush() }
  }

  private static func count(_ number: Int, _ noun: String, _ plural: String) -> String {
    number == 1 ? "1 \(noun)" : "\(number) \(noun)\(plural)"
  }
}

private struct ScanRecord: Encodable {
  var event: String
  var address: String
  var mac: String
  var first_mac: String?
  var vendor: String?
  var time_ms: Double?

  init(_ event: String, _ host: ScannedHost, _ vendor: String?) {
    self.event = event
    address = host.address.description
    mac = host.station.description
    self.vendor = vendor
    time_ms = host.roundTrip?.milliseconds
  }
}

private struct ScanSummaryRecord: Encodable {
  var event = "summary"
  var addresses: Int
  var questions: Int
  var hosts: Int
  var duplicates: Int
  var seconds: Double?

  init(_ outcome: ScanOutcome, _ seconds: Double?) {
    addresses = outcome.addresses
    questions = outcome.questions
    hosts = outcome.hosts
    duplicates = outcome.duplicates
    self.seconds = seconds
  }
}
