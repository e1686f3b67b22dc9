import LinkLayer
import Machines

/// What `crimp ping` says, as text or as one JSON object a line.
struct PingPrinter {
  private let settings: LinkSettings

  init(_ settings: LinkSettings) {
    self.settings = settings
  }

  func tell(_ report: PingReport, from target: PingTarget) {
    guard !settings.quiet else { return }
    switch report {
    case .requestSent: break
    case .reply(let reply): tell(reply, from: target, note: reply.isLate ? " (late)" : "")
    case .extraReply(let reply): tell(reply, from: target, note: " (again)")
    case .duplicateOwner(let owner, let first):
      say(
        "\(target) has two owners: \(first) and \(owner)",
        PingRecord(
          event: "duplicate", target: target.description, mac: owner.description,
          first_mac: first.description))
    case .timeout(let sequence):
      say(
        "no answer from \(target): seq=\(sequence)",
        PingRecord(event: "timeout", target: target.description, seq: sequence))
    }
  }

  private func tell(_ reply: PingReply, from target: PingTarget, note: String) {
    let time = reply.roundTrip.milliseconds
    say(
      "reply from \(target) (\(reply.owner)): seq=\(reply.sequence) "
        + "time=\(time.rounded(to: 3)) ms\(note)",
      PingRecord(
        event: "reply", target: target.description, mac: reply.owner.description,
        seq: reply.sequence, time_ms: time))
  }

  func tell(_ statistics: PingStatistics, of target: PingTarget) {
    guard !settings.quiet else { return }
    guard !settings.json else { return JSONLine.write(StatisticsRecord(statistics, target)) }
    var line =
      "\(target): \(statistics.sent) sent, \(statistics.received) received, "
      + "\((statistics.loss * 100).rounded(to: 0))% lost"
    if let minimum = statistics.minimum, let average = statistics.average,
      let maximum = statistics.maximum, let deviation = statistics.standardDeviation
    {
      let times = [minimum, average, maximum, deviation].map { $0.milliseconds.rounded(to: 3) }
      line += ", rtt min/avg/max/stddev = \(times.joined(separator: "/")) ms"
    }
    StandardStream.output.writeLine(line)
  }

  private func say(_ text: String, _ record: PingRecord) {
    if settings.json { JSONLine.write(record) } else { StandardStream.output.writeLine(text) }
  }
}

private struct PingRecord: Encodable {
  var event: String
  var target: String
  var mac: String?
  var first_mac: String?
  var seq: Int?
  var time_ms: Double?
}

private struct StatisticsRecord: Encodable {
  var event = "statistics"
  var target: String
  var sent: Int
  var received: Int
  var extra: Int
  var loss: Double
  var min_ms: Double?
  var avg_ms: Double?
  var max_ms: Double?
  var stddev_ms: Double?

  init(_ statistics: PingStatistics, _ target: PingTarget) {
    self.target = target.description
    sent = statistics.sent
    received = statistics.received
    extra = statistics.extra
    loss = statistics.loss
    min_ms = statistics.minimum?.milliseconds
    avg_ms = statistics.average?.milliseconds
    max_ms = statistics.maximum?.milliseconds
    stddev_ms = statistics.standardDeviation?.milliseconds
  }
}
