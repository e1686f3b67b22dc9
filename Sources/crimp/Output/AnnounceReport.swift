import LinkLayer
import Machines
import MonotonicTime

/// What `crimp announce` says, as text or as one JSON object a line.
final class AnnounceReport {
  private let settings: LinkSettings
  private let interface: String
  private var announced = 0
  private var latest: IPAddress?
  /// Who was last told to claim each address: a claim that goes on is told once.
  private var claimants: [IPAddress: HardwareAddress] = [:]
  /// Which addresses were told to be gone: each is told once, however often the kernel is asked.
  private var withdrawn: Set<IPAddress> = []

  /// Which hosts may have a pinned entry or answer no echo, and nothing tells which.
  var uncontrolledHosts: Set<IPAddress> = []

  init(_ settings: LinkSettings, interface: String) {
    self.settings = settings
    self.interface = interface
  }

  func tell(_ report: AddressAnnouncement.Report) {
    guard !settings.quiet else { return }
    switch report {
    case .sent(let round, let address):
      announced += 1
      latest = address
      if settings.json {
        JSONLine.write(
          AnnouncedRecord(address: address.description, interface: interface, round: round))
      }
    case .roundFinished(let round):
      if !settings.json { tellRound(round) }
      announced = 0
    }
  }

  private func tellRound(_ round: Int) {
    guard announced > 0, let latest else { return }
    let what = announced == 1 ? "\(latest)" : "\(announced) addresses"
    StandardStream.output.writeLine("announced \(what) on \(interface), round \(round)")
  }

  func tell(_ report: AnnouncementConfirmation.Report) {
    guard !settings.quiet else { return }
    switch report {
    case .announceAgain, .asked: break
    case .stillOwned(let address, let owner):
      guard claimants.updateValue(owner, forKey: address) != owner else { return }
      if settings.json {
        JSONLine.write(StillOwnedRecord(address: address.description, owner: owner.description))
      } else {
        StandardStream.output.writeLine("\(address) is still claimed by \(owner)")
      }
    case .confirmed(let proof):
      if settings.json {
        JSONLine.write(ConfirmedRecord(proof, isControlled: !isUncontrolled(proof)))
      } else {
        StandardStream.output.writeLine(
          "confirmed \(proof.address): \(proof.host) (\(proof.hostHardwareAddress)) answers here "
            + "after \(proof.elapsed.milliseconds.rounded(to: 1)) ms"
            + (proof.tries == 1 ? "" : ", \(proof.tries) tries")
            + doubt(about: proof))
      }
    }
  }

  private func isUncontrolled(_ proof: AnnouncementConfirmation.Confirmation) -> Bool {
    uncontrolledHosts.contains(proof.host)
  }

  /// What a proof without an echo leaves open.
  private func doubt(about proof: AnnouncementConfirmation.Confirmation) -> String {
    guard proof.proof != .echo else { return "" }
    let words = "; no echo came back, so where it sends was not seen"
    guard isUncontrolled(proof) else { return words }
    return words
      + ": it answers none, or its entry is pinned, and this host has no other address in "
      + "its network to tell by"
  }

  func tell(withdrawn addresses: Set<IPAddress>) {
    for address in addresses.subtracting(withdrawn).sorted() {
      withdrawn.insert(address)
      if settings.json {
        if !settings.quiet { JSONLine.write(WithdrawnRecord(address: address.description)) }
      } else {
        StandardStream.error.writeLine(
          "crimp: \(address) is not an address of this host any more: not announced further")
      }
    }
  }

  /// Says that the announcement was stopped, or its addresses given up, in the first round.
  func tellUnfinishedFirstRound() {
    StandardStream.error.writeLine("crimp: stopped before the first round had left")
  }

  func tell(_ outcome: AnnouncementConfirmation.Outcome) {
    guard case .unconfirmed(_, let doubts) = outcome else { return }
    for doubt in doubts {
      if settings.json {
        if !settings.quiet { JSONLine.write(UnconfirmedRecord(doubt)) }
        continue
      }
      // Of these it was told when they went.
      guard doubt.cause != .withdrawn else { continue }
      StandardStream.error.writeLine(
        "crimp: \(doubt.address) is not confirmed: \(doubt.words), \(doubt.tries) tries")
    }
  }
}

extension AnnouncementConfirmation.Doubt {
  /// Why, for people.
  fileprivate var words: String {
    switch cause {
    case .claimed(let owner):
      "\(owner) still claims it"
    case .unanswered where hostAnswersEcho:
      "no answer from \(host) came here, though it answers another address of this host: its "
        + "neighbour entry may be pinned"
    case .unanswered:
      "no answer from \(host) came here"
    case .sentElsewhere:
      "\(host) hears the announcement but still sends \(address)'s traffic elsewhere: its "
        + "neighbour entry may be pinned, or it answers no echo to this address alone"
    case .outOfTime:
      "\(host) answered, but too late for the whole proof"
    case .withdrawn:
      "it is not an address of this host any more"
    }
  }

  /// Why, for programs.
  fileprivate var reason: String {
    switch cause {
    case .claimed: "claimed"
    case .unanswered: "no-answer"
    case .sentElsewhere: "sent-elsewhere"
    case .outOfTime: "out-of-time"
    case .withdrawn: "withdrawn"
    }
  }
}

extension AnnouncementConfirmation.Proof {
  /// What a program reads.
  fileprivate var name: String {
    switch self {
    case .echo: "echo"
    case .resolution: "resolution"
    }
  }
}

private struct AnnouncedRecord: Encodable {
  var event = "announced"
  var address: String
  var interface: String
  var round: Int
}

private struct WithdrawnRecord: Encodable {
  var event = "withdrawn"
  var address: String
}

private struct StillOwnedRecord: Encodable {
  var event = "still-owned"
  var address: String
  var owner: String
}

private struct ConfirmedRecord: Encodable {
  var event = "confirmed"
  var address: String
  var host: String
  var host_mac: String
  var proof: String
  /// Whether a pinned entry would have been found out; told where no echo came.
  var control: Bool?
  var after_ms: Double
  var tries: Int

  init(_ confirmation: AnnouncementConfirmation.Confirmation, isControlled: Bool) {
    address = confirmation.address.description
    host = confirmation.host.description
    host_mac = confirmation.hostHardwareAddress.description
    proof = confirmation.proof.name
    control = confirmation.proof == .echo ? nil : isControlled
    after_ms = confirmation.elapsed.milliseconds
    tries = confirmation.tries
  }
}

private struct UnconfirmedRecord: Encodable {
  var event = "unconfirmed"
  var address: String
  var host: String
  var reason: String
  var claimant: String?
  var tries: Int

  init(_ doubt: AnnouncementConfirmation.Doubt) {
    address = doubt.address.description
    host = doubt.host.description
    reason = doubt.reason
    if case .claimed(let owner) = doubt.cause { claimant = owner.description }
    tries = doubt.tries
  }
}
