import BMCSimulator
import IPMI
import Sockets

/// Tells what happens in simulated controllers.
struct BMCPrinter {
  var json: Bool
  var quiet: Bool

  /// All sockets are open: whoever started the command can begin.
  func ready(_ fleet: SimulatedFleet) {
    guard !quiet else { return }
    let addresses = fleet.addresses
    guard let first = addresses.first, let last = addresses.last else { return }
    if json {
      JSONLine.write(
        ReadyRecord(
          event: "ready", count: addresses.count, first: first.description,
          last: last.description, terminal: fleet.terminalName(of: 0)))
      return
    }
    let range = addresses.count == 1 ? "\(first)" : "\(first) to \(last)"
    let noun = addresses.count == 1 ? "BMC" : "BMCs"
    StandardStream.output.writeLine("ready: \(addresses.count) \(noun) at \(range)")
    for index in addresses.indices {
      guard let name = fleet.terminalName(of: index) else { break }
      StandardStream.output.writeLine("\(addresses[index]): serial line at \(name)")
    }
  }

  func done(_ fleet: SimulatedFleet) {
    guard !quiet, !json else { return }
    StandardStream.output.writeLine("done: \(fleet.datagramCount) datagrams came")
  }

  func print(_ event: BMCEvent, at place: InternetAddress) {
    guard !quiet else { return }
    if json {
      JSONLine.write(EventRecord(event, at: place))
    } else {
      StandardStream.output.writeLine("\(place): \(event.words)")
    }
  }
}

private struct ReadyRecord: Encodable {
  var event: String
  var count: Int
  var first: String
  var last: String
  var terminal: String?
}

private struct EventRecord: Encodable {
  var event: String
  var bmc: String
  var peer: String?
  var detail: String

  init(_ event: BMCEvent, at place: InternetAddress) {
    bmc = place.description
    detail = event.words
    switch event {
    case .loggedIn(_, let from, _):
      self.event = "login"
      peer = from.description
    case .refused(_, let from):
      self.event = "refused"
      peer = from.description
    case .loggedOut(_, let from):
      self.event = "logout"
      peer = from.description
    case .power: self.event = "power"
    case .identifies: self.event = "identify"
    case .serialLine: self.event = "serial"
    }
  }
}

extension BMCEvent {
  /// What happened, in words.
  fileprivate var words: String {
    switch self {
    case .loggedIn(let user, let peer, let protection):
      "\(user.words) logged in from \(peer), \(protection.words)"
    case .loggedOut(let user, let peer): "\(user.words) left, from \(peer)"
    case .refused(let refusal, let peer): "refused \(peer): \(refusal.words)"
    case .power(let change): "power: \(change.words)"
    case .identifies(let seconds):
      switch seconds {
      case nil: "light on"
      case 0: "light off"
      case let seconds?: "light on for \(seconds) s"
      }
    case .serialLine(let isTaken): isTaken ? "serial line taken" : "serial line given back"
    }
  }
}

extension UserName {
  fileprivate var words: String {
    self == .null ? "the null user" : text
  }
}

extension BMCEvent.Protection {
  fileprivate var words: String {
    switch self {
    case .version15(let type): "IPMI 1.5, \(type.words)"
    case .version20(let suite): "IPMI 2.0, suite \(suite)"
    }
  }
}

extension AuthenticationType {
  fileprivate var words: String {
    switch self {
    case .none: "not authenticated"
    case .md2: "MD2"
    case .md5: "MD5"
    case .straightPassword: "password in the clear"
    default: "type \(rawValue)"
    }
  }
}

extension BMCEvent.Refusal {
  fileprivate var words: String {
    switch self {
    case .unknownUser: "no such user, or the user may not log in"
    case .wrongPassword: "wrong password or key"
    case .noSlot: "every session slot is taken"
    case .unacceptableAlgorithm: "cipher suite or authentication not accepted"
    case .privilege: "more privilege than the user may have"
    }
  }
}

extension HostPower.Change {
  fileprivate var words: String {
    switch self {
    case .on: "on"
    case .off: "off"
    case .reset: "reset"
    case .diagnosticInterrupt: "diagnostic interrupt"
    }
  }
}
