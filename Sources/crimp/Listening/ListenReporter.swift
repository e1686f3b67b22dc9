import EventLoop
import Machines
import Relay
import Sockets

/// Tells what happens to those who connect: to people on standard error, as JSON on standard output unless
/// that has what they send.
struct ListenReporter {
  var isJSON: Bool
  var isQuiet: Bool
  var mode: ListenMode

  /// What one client, or all of them, came to.
  struct Tally {
    var clients: UInt64 = 0
    var byteCountIn: UInt64 = 0
    var byteCountOut: UInt64 = 0
    var seconds = 0.0

    /// Bytes a second, both ways.
    var rate: Double { seconds > 0 ? Double(byteCountIn + byteCountOut) / seconds : 0 }
  }

  /// It listens.
  func began(_ addresses: [String]) {
    var record = ListenEventRecord(event: "listening")
    record.listen = addresses
    record.mode = mode.key
    tell(record, "listening at \(addresses.joined(separator: ", "))")
  }

  /// Somebody connected.
  func connected(_ peer: String) {
    var record = ListenEventRecord(event: "connected")
    record.peer = peer
    tell(record, "\(peer): connected")
  }

  /// Somebody was not let in.
  func refused(_ peer: String, _ reason: String) {
    var record = ListenEventRecord(event: "refused")
    record.peer = peer
    record.reason = reason
    tell(record, "\(peer): refused: \(reason)")
  }

  /// A connection is over.
  func ended(_ peer: String, _ ending: PumpReport.Ending, _ tally: Tally) {
    var record = ListenEventRecord(event: "ended", tally)
    record.peer = peer
    record.ending = ending.listenKey
    tell(record, "\(peer): \(ending.listenWords), \(words(tally))")
  }

  /// Datagrams came from a peer.
  func received(_ peer: String, byteCount: Int) {
    var record = ListenEventRecord(event: "datagram")
    record.peer = peer
    record.byteCountIn = UInt64(byteCount)
    tell(record, "\(peer): \(byteCount) bytes")
  }

  /// All is over.
  func finished(_ tally: Tally) {
    var record = ListenEventRecord(event: "finished", tally)
    record.clients = tally.clients
    let clients = tally.clients == 1 ? "1 client" : "\(tally.clients) clients"
    tell(record, "\(clients), \(words(tally))")
  }

  private func tell(_ record: ListenEventRecord, _ words: String) {
    guard !isQuiet else { return }
    let stream = mode == .standardStreams ? StandardStream.error : StandardStream.output
    if isJSON { return JSONLine.write(record, to: stream) }
    StandardStream.error.writeLine(TerminalText.escaped(words))
  }

  private func words(_ tally: Tally) -> String {
    "\(tally.byteCountIn) bytes in, \(tally.byteCountOut) out in "
      + "\(tally.seconds.rounded(to: 2)) s, \(Self.rateWords(tally.rate))"
  }

  /// With the units of IEC 80000-13.
  private static func rateWords(_ rate: Double) -> String {
    var (value, unit) = (rate, "B/s")
    for larger in ["KiB/s", "MiB/s", "GiB/s"] where value >= 1024 {
      (value, unit) = (value / 1024, larger)
    }
    return "\(value.rounded(to: unit == "B/s" ? 0 : 1)) \(unit)"
  }
}

extension PumpReport.Ending {
  fileprivate var listenKey: String {
    switch self {
    case .completed: "completed"
    case .lost: "lost"
    case .idle: "idle"
    case .stopped: "stopped"
    }
  }

  fileprivate var listenWords: String {
    switch self {
    case .completed: "ended"
    case .lost(_, let errno): "lost: \(SystemError(errno: errno, operation: "read").reason)"
    case .idle: "idle"
    case .stopped: "stopped"
    }
  }
}

/// A line of `crimp listen --json`.
struct ListenEventRecord: Encodable {
  var event: String
  var listen: [String]?
  var mode: String?
  var peer: String?
  var reason: String?
  var ending: String?
  var clients: UInt64?
  var byteCountIn: UInt64?
  var byteCountOut: UInt64?
  var seconds: Double?
  var rate: Double?

  private enum CodingKeys: String, CodingKey {
    case event, listen, mode, peer, reason, ending, clients, seconds
    case byteCountIn = "bytes_in"
    case byteCountOut = "bytes_out"
    case rate = "bytes_per_second"
  }

  init(event: String) {
    self.event = event
  }

  init(event: String, _ tally: ListenReporter.Tally) {
    self.event = event
    byteCountIn = tally.byteCountIn
    byteCountOut = tally.byteCountOut
    seconds = tally.seconds
    rate = tally.rate
  }
}
