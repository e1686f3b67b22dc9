import LinkLayer
import Machines

/// What `crimp probe` says, as text or as one JSON object a line.
final class ProbeReport {
  private let settings: LinkSettings
  private let interface: String
  /// The last conflict that was told of each address: one that goes on is told once.
  private var told: [IPAddress: AddressConflict] = [:]

  init(_ settings: LinkSettings, interface: String) {
    self.settings = settings
    self.interface = interface
  }

  func tell(free address: IPAddress) {
    say("\(address) is free", ProbeRecord(event: "free", address: address.description))
  }

  /// Tells of an address that this host has itself.
  func tell(_ own: OwnAddress) {
    say(
      "\(own.address) is in use by this host itself, \(own.hardwareAddress) on \(own.interface)",
      ProbeRecord(
        event: "conflict", address: own.address.description,
        owner: own.hardwareAddress.description, kind: "this-host"))
  }

  /// Tells that the probes for `addresses` were broken off.
  func tell(unknown addresses: [IPAddress]) {
    guard !settings.json else {
      for address in addresses where !settings.quiet {
        JSONLine.write(ProbeRecord(event: "interrupted", address: address.description))
      }
      return
    }
    let list = addresses.prefix(3).map(\.description).joined(separator: ", ")
    let rest = addresses.count > 3 ? " and \(addresses.count - 3) others" : ""
    StandardStream.error.writeLine("crimp: interrupted: nothing is known of \(list)\(rest)")
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
    if case .roundHeld(let round) = report {
      StandardStream.error.writeLine(
        "crimp: \(interface) has lost its carrier: round \(round) waits for it")
    }
    guard case .sent(let round, let address) = report else { return }
    say(
      "announced \(address), round \(round)",
      ProbeRecord(
        event: "announced", address: address.description, interface: interface, round: round))
  }

  /// Tells that a round of the announcement was never sent.
  func tell(unsent round: Int) {
    StandardStream.error.writeLine(
      "crimp: \(interface) has still no carrier: round \(round) was not sent")
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
  var interface: String?
  var round: Int?
}
