import CaptureFile
import Decoding
import LinkLayer

/// A summary as one object of JSON.
struct SummaryRecord: Encodable {
  struct Volume: Encodable {
    var frames: Int
    var bytes: Int

    init(_ volume: CaptureSummary.Volume) {
      frames = volume.frames
      bytes = volume.bytes
    }
  }

  struct Talker: Encodable {
    var address: String
    var sent: Volume
    var received: Volume
  }

  struct Owner: Encodable {
    var mac: String
    var claims: Int
    var announcements: Int
    var first: String?
    var last: String?
  }

  struct Address: Encodable {
    var address: String
    var conflict: Bool
    var changes: Int
    var stations: [Owner]
  }

  struct Rate: Encodable {
    /// Seconds.
    var interval: Double
    var bytes: [Int]
    var frames: [Int]
  }

  var frames: Int
  var bytes: Int
  var start: String?
  var end: String?
  var cut: Int
  var backwards: Int
  var protocols: [String: Volume]
  var talkers: [Talker]
  var addresses: [Address]
  var rate: Rate

  init(_ summary: CaptureSummary) {
    frames = summary.total.frames
    bytes = summary.total.bytes
    start = summary.start?.epochText
    end = summary.end?.epochText
    cut = summary.cutCount
    backwards = summary.backwardCount
    protocols = summary.protocols.mapValues(Volume.init)
    talkers = summary.busiest(.max).map { talker, talk in
      Talker(
        address: talker.description, sent: Volume(talk.sent), received: Volume(talk.received))
    }
    let owners = summary.owners
    addresses = owners.records.keys.sorted().map { address in
      let records = owners.records[address] ?? []
      return Address(
        address: address.description, conflict: records.count > 1,
        changes: owners.moves[address] ?? 0,
        stations: records.map { record in
          Owner(
            mac: record.station.description, claims: record.count,
            announcements: record.announcements, first: record.first?.epochText,
            last: record.last?.epochText)
        })
    }
    let intervals = summary.rate.intervals
    rate = Rate(
      interval: Double(summary.rate.width) / 1e9, bytes: intervals.map(\.bytes),
      frames: intervals.map(\.frames))
  }
}
