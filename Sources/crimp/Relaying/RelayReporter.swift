import EventLoop
import Machines
import Relay
import Sockets
import TLS

/// Tells what happens to relayed connections: failures to people, everything with `--verbose`, and
/// everything as JSON.
struct RelayReporter {
  var isJSON: Bool
  var isQuiet: Bool
  var isVerbose: Bool

  /// As much as the command's options say.
  init(_ command: RelayCommand) {
    isJSON = command.json
    isQuiet = command.quiet
    isVerbose = command.verbose
  }

  /// Whether a line that is written over each second may stand among what it tells.
  var showsThroughput: Bool { !isJSON && !isQuiet }

  /// The relay listens, and relays to these.
  func began(_ addresses: [String], _ targets: [Upstream]) {
    let names = targets.map(\.name)
    if isJSON {
      return JSONLine.write(RelayEventRecord(event: "listening", listen: addresses, targets: names))
    }
    guard !isQuiet else { return }
    let places = names.isEmpty ? "where clients say" : names.joined(separator: ", ")
    StandardStream.output.writeLine("\(addresses.joined(separator: ", ")) -> \(places)")
  }

  /// Files and names were taken anew.
  func reloaded(_ targets: [Upstream]) {
    let names = targets.map(\.name)
    if isJSON { return JSONLine.write(RelayEventRecord(event: "reloaded", targets: names)) }
    if isVerbose { tell("reloaded: -> \(names.joined(separator: ", "))") }
  }

  /// Another process has the listeners now.
  func handedOver() {
    if isJSON { return JSONLine.write(RelayEventRecord(event: "handed-over")) }
    if !isQuiet { tell("another process listens now: this one ends with its last connection") }
  }

  /// Nothing is recorded any more.
  func recordingFailed(_ error: SystemError) {
    tell("crimp: the recording ends here, the relay goes on: \(error.reason)")
  }

  /// Clients and targets choose some of the words.
  private func tell(_ words: String) {
    ThroughputLine.clear()
    StandardStream.error.writeLine(TerminalText.escaped(words))
  }

  /// A target went up or down.
  func changed(_ upstream: Upstream) {
    let state = upstream.health.isUp ? "up" : "down"
    if isJSON { return JSONLine.write(RelayEventRecord(event: state, target: upstream.name)) }
    guard !isQuiet else { return }
    tell("\(upstream.name) is \(state)")
  }

  /// Something happened to a connection.
  func tell(_ event: RelayEvent) {
    if isJSON { return JSONLine.write(RelayEventRecord(event)) }
    guard let words = event.words, isVerbose || event.isTrouble, !isQuiet else { return }
    tell(words)
  }

  /// A relay of datagrams has no descriptor for another client.
  func clientsMakeRoom() {
    if isJSON { return JSONLine.write(RelayEventRecord(.exhausted)) }
    if !isQuiet { tell("no descriptor left: silent clients make room for new ones (ulimit -n)") }
  }
}

extension RelayEvent {
  /// Whether people want to hear of it unasked.
  var isTrouble: Bool {
    switch self {
    case .unreachable, .failed, .exhausted: true
    case .refused, .connected, .ended: false
    }
  }

  var words: String? {
    switch self {
    case .refused(let peer, let refusal): "\(peer): refused: \(refusal.words)"
    case .unreachable(_, _, let error): "\(error)"
    case .connected(let session): "\(session.client) -> \(session.upstream?.name ?? "")"
    case .failed(let session): "\(session.client): no target could be reached"
    case .ended(let session, let report):
      "\(session.client) -> \(session.upstream?.name ?? ""): \(report.ending.words), "
        + "\(report.statistics.nearByteCount) bytes there, "
        + "\(report.statistics.farByteCount) bytes back"
    case .exhausted: "no descriptor left: connections wait (ulimit -n)"
    }
  }
}

extension Refusal {
  var words: String {
    switch self {
    case .address: "its address is not allowed"
    case .tooMany: "its address has as many connections as it may have"
    case .untrusted: "it is not trusted to send a PROXY header"
    case .header(let error): "\(error)"
    case .noHeader: "no PROXY header came in time"
    case .tls(let error): error.cause.words
    case .proxy(let reason): reason.description
    case .noRequest: "it ended before it had said where it wants to go"
    }
  }
}

extension PumpReport.Ending {
  var words: String {
    switch self {
    case .completed: "ended"
    case .lost(.near, let errno):
      "client lost: \(SystemError(errno: errno, operation: "read").reason)"
    case .lost(.far, let errno):
      "target lost: \(SystemError(errno: errno, operation: "read").reason)"
    case .idle: "idle"
    case .stopped: "stopped"
    }
  }

  var key: String {
    switch self {
    case .completed: "completed"
    case .lost(.near, _): "client-lost"
    case .lost(.far, _): "target-lost"
    case .idle: "idle"
    case .stopped: "stopped"
    }
  }
}

/// A line of `crimp relay --json`.
struct RelayEventRecord: Encodable {
  var event: String
  var listen: [String]?
  var targets: [String]?
  var peer: String?
  var client: String?
  var target: String?
  var reason: String?
  var ending: String?
  var bytesFromClient: UInt64?
  var bytesFromTarget: UInt64?
  var bytesSpliced: UInt64?

  private enum CodingKeys: String, CodingKey {
    case event, listen, targets, peer, client, target, reason, ending
    case bytesFromClient = "bytes_from_client"
    case bytesFromTarget = "bytes_from_target"
    case bytesSpliced = "bytes_spliced"
  }

  init(event: String, listen: [String]? = nil, targets: [String]? = nil, target: String? = nil) {
    self.event = event
    self.listen = listen
    self.targets = targets
    self.target = target
  }

  init(_ event: RelayEvent) {
    switch event {
    case .refused(let peer, let refusal):
      self.init(event: "refused")
      self.peer = peer.description
      reason = refusal.words
    case .unreachable(let session, let upstream, let error):
      self.init(event: "unreachable", target: upstream.name)
      client = session.client.description
      reason = error.description
    case .connected(let session): self.init("connected", session)
    case .failed(let session): self.init("failed", session)
    case .ended(let session, let report):
      self.init("ended", session)
      ending = report.ending.key
      bytesFromClient = report.statistics.nearByteCount
      bytesFromTarget = report.statistics.farByteCount
      bytesSpliced = report.statistics.splicedByteCount
    case .exhausted: self.init(event: "exhausted")
    }
  }

  private init(_ event: String, _ session: RelaySession) {
    self.init(event: event, target: session.upstream?.name)
    peer = session.peer.description
    client = session.client.description
  }
}
