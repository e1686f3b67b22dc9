import CaptureFile
import Decoding
import LinkLayer
import Links

/// What `--summary` tells: as tables and a graph, or as one JSON object.
struct SummaryReport {
  private let summary: CaptureSummary

  /// How many talkers the tables show.
  private static let talkerCount = 15

  init(_ summary: CaptureSummary) {
    self.summary = summary
  }

  func write(isJSON: Bool) {
    guard !isJSON else { return JSONLine.write(SummaryRecord(summary)) }
    StandardStream.output.write(text.joined(separator: "\n") + "\n")
  }

  private var text: [String] {
    var lines = head
    lines += section("Rate", RateGraph(summary.rate).lines)
    lines += section("Protocols", protocols)
    lines += section("Talkers", talkers)
    lines += section("Addresses by ARP and Neighbor Discovery", owners)
    return lines
  }

  private func section(_ title: String, _ lines: [String]) -> [String] {
    lines.isEmpty ? [] : ["", title] + lines.map { "  " + $0 }
  }

  private var head: [String] {
    var line = "\(summary.total.frames) frames, \(summary.total.bytes) bytes"
    let seconds = duration.milliseconds / 1000
    line += " in \(seconds.rounded(to: 3)) s"
    if seconds > 0 {
      let rate = Double(summary.total.bytes) * 8 / seconds
      line += ", \((Double(summary.total.frames) / seconds).rounded(to: 1)) frames/s"
      line += ", \(BitRateText(rate))"
    }
    var lines = [line]
    if summary.cutCount > 0 { lines.append("kept only in part: \(summary.cutCount) of the frames") }
    if summary.backwardCount > 0 {
      lines.append("time runs backwards at \(summary.backwardCount) of the frames")
    }
    if summary.untold.frames > 0 || summary.owners.untold > 0 {
      lines.append("more addresses than are told apart: the tables leave some out")
    }
    return lines
  }

  private var duration: Duration {
    guard let start = summary.start, let end = summary.end else { return .zero }
    return end.duration(since: start)
  }

  private var protocols: [String] {
    let rows = summary.protocols.sorted { left, right in
      left.value.bytes == right.value.bytes
        ? left.key < right.key : left.value.bytes > right.value.bytes
    }
    return TextTable(["protocol", "frames", "bytes"], [.left, .right, .right]).lines(
      rows.map { [$0.key, "\($0.value.frames)", "\($0.value.bytes)"] })
  }

  private var talkers: [String] {
    let rows = summary.busiest(Self.talkerCount)
    guard !rows.isEmpty else { return [] }
    var lines = TextTable(
      ["address", "sent", "bytes", "received", "bytes"], [.left, .right, .right, .right, .right]
    ).lines(
      rows.map { talker, talk in
        [
          talker.description, "\(talk.sent.frames)", "\(talk.sent.bytes)",
          "\(talk.received.frames)", "\(talk.received.bytes)",
        ]
      })
    let more = summary.talkers.count - rows.count
    if more > 0 { lines.append("and \(more) more") }
    return lines
  }

  private var owners: [String] {
    let owners = summary.owners
    return owners.records.keys.sorted().flatMap { address -> [String] in
      let records = owners.records[address] ?? []
      let stations = records.map { record in
        var text = "\(record.station) (\(record.count)"
        if record.announcements > 0 { text += ", \(record.announcements) announced" }
        return text + ")"
      }
      guard records.count > 1 else { return ["\(address) is at \(stations.joined())"] }
      let moves = owners.moves[address] ?? 0
      return [
        "\(address) CONFLICT: \(stations.joined(separator: " and ")), \(moves) changes"
      ]
    }
  }
}

/// Bits a second in the unit that people would choose.
struct BitRateText: CustomStringConvertible {
  private let bitsPerSecond: Double

  init(_ bitsPerSecond: Double) {
    self.bitsPerSecond = bitsPerSecond
  }

  var description: String {
    let units: [(Double, String)] = [(1e9, "Gbit/s"), (1e6, "Mbit/s"), (1e3, "kbit/s")]
    for (size, name) in units where bitsPerSecond >= size {
      return "\((bitsPerSecond / size).rounded(to: 1)) \(name)"
    }
    return "\(bitsPerSecond.rounded(to: 0)) bit/s"
  }
}
