import LinkLayer
import Machines
import ServiceProbes
import Sockets

/// Says what became of ports: by host, then by port, each host as soon as those before it are told.
final class CheckReport {
  /// What is said.
  struct Style {
    var json = false
    var quiet = false
    /// Only open ports are told.
    var openOnly = false
  }

  /// So many ports of a host that fared alike, none of them open, are told in one line.
  private static let foldingThreshold = 8

  private let style: Style
  private let ports: [CheckedPort]
  private let services: ServiceNames
  private let probe: DatagramProbe?
  private let nonce: UInt64

  init(
    _ style: Style, _ ports: [CheckedPort], _ services: ServiceNames, probe: DatagramProbe?,
    nonce: UInt64
  ) {
    self.style = style
    self.ports = ports
    self.services = services
    self.probe = probe
    self.nonce = nonce
  }

  /// Tells the verdicts of a host's ports, in the order of the ports.
  func tell(_ host: CheckedHost, _ verdicts: [PortVerdict?]) {
    guard !style.quiet else { return }
    if style.json { return tellRecords(host, verdicts) }
    var groups: [Group: [Int]] = [:]
    for (place, verdict) in verdicts.enumerated() {
      guard let verdict, verdict.state != .open else { continue }
      groups[Group(verdict, ports[place]), default: []].append(place)
    }
    for (place, verdict) in verdicts.enumerated() {
      guard let verdict, verdict.state == .open || !style.openOnly else { continue }
      let alike = groups[Group(verdict, ports[place])] ?? []
      if verdict.state == .open || alike.count < Self.foldingThreshold {
        tell(host, place, verdict)
      } else if alike.first == place {
        tell(host, alike, verdict)
      }
    }
  }

  /// What the ports of one line have in common.
  private struct Group: Hashable {
    var transport: PortTransport
    var state: PortVerdict.State
    var reason: PortVerdict.Reason

    init(_ verdict: PortVerdict, _ port: CheckedPort) {
      transport = port.transport
      state = verdict.state
      reason = verdict.reason
    }
  }

  private func tell(_ host: CheckedHost, _ place: Int, _ verdict: PortVerdict) {
    let port = ports[place]
    var line = "\(host.description) \(port)"
    if let name = services.name(of: port) { line += " (\(name))" }
    line += " \(verdict.words(of: port, at: host))"
    if verdict.state == .silent, port.transport == .udp,
      let reason = SilentService.reason(at: port.number)
    {
      line += "; \(reason)"
    }
    if let roundTrip = verdict.roundTrip { line += ", \(roundTrip.roundTripWords)" }
    if let answer = said(port, verdict) { line += ", \(answer)" }
    StandardStream.output.writeLine(line)
  }

  private func tell(_ host: CheckedHost, _ places: [Int], _ verdict: PortVerdict) {
    let port = ports[places[0]]
    let words = verdict.words(of: port, at: host)
    StandardStream.output.writeLine(
      "\(host.description) \(runs(places))/\(port.transport) \(words), \(places.count) ports")
  }

  /// The numbers of the ports, as ranges.
  private func runs(_ places: [Int]) -> String {
    var runs: [ClosedRange<UInt16>] = []
    for number in places.map({ ports[$0].number }) {
      if let last = runs.last, last.upperBound < number, last.upperBound + 1 == number {
        runs[runs.count - 1] = last.lowerBound...number
      } else {
        runs.append(number...number)
      }
    }
    return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ",")
  }

  /// What the service said: in its protocol's words, or its greeting's first line.
  private func said(_ port: CheckedPort, _ verdict: PortVerdict) -> String? {
    guard let answer = verdict.answer else { return nil }
    if port.transport == .udp {
      let probe = probe ?? DatagramProbe(port: port.number)
      return probe.description(of: answer, nonce: nonce)
    }
    let line = PlainText.line(answer)
    return line.isEmpty ? nil : "“\(line)”"
  }

  // MARK: JSON

  private func tellRecords(_ host: CheckedHost, _ verdicts: [PortVerdict?]) {
    for (place, verdict) in verdicts.enumerated() {
      guard let verdict, verdict.state == .open || !style.openOnly else { continue }
      let port = ports[place]
      JSONLine.write(
        CheckRecord(
          host, port, verdict, service: services.name(of: port), answer: said(port, verdict)))
    }
  }
}

/// A port's verdict as JSON.
private struct CheckRecord: Encodable {
  var host: String
  var address: String
  var port: Int
  var `protocol`: String
  var service: String?
  var state: String
  var reason: String
  var icmp_type: Int?
  var icmp_code: Int?
  var reporter: String?
  var rtt_ms: Double?
  var attempts: Int
  var answer: String?

  init(
    _ host: CheckedHost, _ port: CheckedPort, _ verdict: PortVerdict, service: String?,
    answer: String?
  ) {
    self.host = host.name
    address = host.address.host
    self.port = Int(port.number)
    `protocol` = port.transport.description
    self.service = service
    state = verdict.state == .silent ? "no-answer" : verdict.state.word
    reason = verdict.reason.name
    if case .icmp(let report) = verdict.reason {
      icmp_type = Int(report.type)
      icmp_code = Int(report.code)
      reporter = report.reporter?.description
    }
    rtt_ms = verdict.roundTrip.map { ($0.milliseconds * 1000).rounded() / 1000 }
    attempts = verdict.attempts
    self.answer = answer
  }
}

extension PortVerdict.Reason {
  /// The reason's name in JSON.
  fileprivate var name: String {
    switch self {
    case .accepted: "syn-ack"
    case .refused: "reset"
    case .answered: "datagram"
    case .icmp(let report): report.words
    case .local: "local"
    case .silence: "silence"
    }
  }
}
