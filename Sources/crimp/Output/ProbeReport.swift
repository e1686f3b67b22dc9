import LinkLayer
import Machines

/// What `crimp probe` says, as text or as one JSON object a line.
final class ProbeReport {
  private let settings: LinkSettings
  /// The last conflict that was told of each address: one that goes on is told once.
  private var told: [IPAddress: AddressConflict] = [:]

  init(_ settings: LinkSettings) {
    self.settings = settings
  }

  func tell(free address: IPAddress) {
    say("\(address) is free", ProbeRecord(event: "free", address: address.description))
  }

  func tell(_ conflict: AddressConflict) {
    guard told.updateValue(conflict, forKey: conflict.address) != conflict else { return }
    let isProbe = conflict.kind == .simultaneousProbe
    say(
      "\(conflict.address) is \(isProbe ? "probed for at this moment" : "in use") by "
        + "\(conflict.owner)",
      ProbeRecord(
        event: "conflict", address: conflict.address.description,
        owner: conflict.owner.description, kind: isProbe ? "simultaneous-probe" : "in-use"))
  }

  func tell(_ report: AddressAnnouncement.Report) {
    guard case .sent(let round, let address) = report else { return }
    say(
      "announced \(address), round \(round)",
      ProbeRecord(event: "announced", address: address.description))
  }

  func tell(_ report: AddressDefense.Report) {
    switch report {
    case .conflict(let conflict): tell(conflict)
    case .defended(let address):
      say("defended \(address)", ProbeRecord(event: "defended", address: address.description))
    case .abandoned(let conflict):
      say(
        "gave up \(conflict.address) to \(conflict.owner)",
        ProbeRecord(
          event: "abandoned", address: conflict.address.description,
          owner: conflict.owner.description))
    }
  }

  private func say(_ text: String, _ record: ProbeRecord) {
    guard !settings.quiet else { return }
    if settings.json { JSONLine.write(record) } else { StandardStream.output.writeLine(text) }
  }
}

private struct ProbeRecord: Encodable {
  var event: String
  var address: String
  var owner: String?
  var kind: String?
}
