import LinkLayer
import Machines
import MonotonicTime

/// What `crimp announce` says, as text or as one JSON object a line.
final class AnnounceReport {
  private let settings: LinkSettings
  private let interface: String
  /// What the present round of each announcement has come to, in the order in which they began.
  private var rounds: [Round] = []
  /// Who was last told to claim each address: a claim that goes on is told once.
  private var claimants: [IPAddress: HardwareAddress] = [:]
  /// Which addresses were told to be gone: each is told once, however often the kernel is asked.
  private var withdrawn: Set<IPAddress> = []

  /// Whether something is not announced, or not proven, for a reason of which it was told.
  private(set) var isIncomplete = false

  /// Which hosts may have a pinned entry or answer no echo, and nothing tells which.
  var uncontrolledHosts: Set<IPAddress> = []

  init(_ settings: LinkSettings, interface: String) {
    self.settings = settings
    self.interface = interface
  }

  /// Tells of the announcement of this number.
  func tell(_ report: AddressAnnouncement.Report, of number: Int = 0) {
    while rounds.count <= number { rounds.append(Round()) }
    switch report {
    case .sent(let round, let address):
      rounds[number].count += 1
      rounds[number].latest = address
      if settings.json, !settings.quiet {
        JSONLine.write(
          AnnouncedRecord(address: address.description, interface: interface, round: round))
      }
    case .roundFinished(let round):
      if !settings.json, !settings.quiet { tellRound(round, rounds[number]) }
      rounds[number] = Round()
    case .nothingSent(let address):
      tell(
        unannounced: address, .nobody,
        "nobody is known to direct a request to: name a neighbour with --notify")
    case .roundHeld(let round):
      rounds[number] = Round()
      tellHeld(round)
    }
  }

  private func tellRound(_ number: Int, _ round: Round) {
    guard let latest = round.latest else { return }
    let what = round.count == 1 ? "\(latest)" : "\(round.count) addresses"
    StandardStream.output.writeLine("announced \(what) on \(interface), round \(number)")
  }

  private func tellHeld(_ round: Int) {
    if settings.json {
      if !settings.quiet { JSONLine.write(HeldRecord(interface: interface, round: round)) }
    } else {
      StandardStream.error.writeLine(
        "crimp: \(interface) has lost its carrier: round \(round) waits for it")
    }
  }

  /// Says that a round was never sent, because the carrier has not come back.
  func tellUnsent(_ round: Int) {
    isIncomplete = true
    if settings.json {
      if !settings.quiet { JSONLine.write(UnsentRecord(interface: interface, round: round)) }
    } else {
      StandardStream.error.writeLine(
        "crimp: \(interface) has still no carrier: round \(round) was not sent")
    }
  }

  /// Why an address is not announced.
  enum Obstacle: String {
    /// Another host has it, as duplicate address detection has found.
    case duplicate
    /// Duplicate address detection takes too long.
    case tentative
    /// No form is left but the directed, and no neighbour is known.
    case nobody
  }

  /// Says that `address` is not announced, and why; the others are.
  func tell(unannounced address: IPAddress, _ obstacle: Obstacle, _ words: String) {
    isIncomplete = true
    // That it is not this host's needs no words of its own.
    withdrawn.insert(address)
    if settings.json {
      if !settings.quiet {
        JSONLine.write(
          UnannouncedRecord(address: address.description, reason: obstacle.rawValue))
      }
    } else {
      StandardStream.error.writeLine("crimp: \(address) is not announced: \(words)")
    }
  }

  /// Says that duplicate address detection has refused `address`.
  func tell(refused address: IPAddress) {
    tell(
      unannounced: address, .duplicate,
      "it failed duplicate address detection, another host has it")
  }

  /// Says that nothing can prove that `address` has moved, and why.
  func tell(_ obstacle: ConfirmationPlan.Obstacle) {
    isIncomplete = true
    if settings.json {
      if !settings.quiet {
        JSONLine.write(
          UnconfirmedRecord(
            address: obstacle.address.description, host: obstacle.host?.description,
            reason: obstacle.reason.rawValue, tries: 0))
      }
    } else {
      StandardStream.error.writeLine(
        "crimp: \(obstacle.address) cannot be confirmed: \(obstacle.words)")
    }
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
        JSONLine.write(ConfirmedRecord(proof))
      } else {
        StandardStream.output.writeLine(
          "confirmed \(proof.address): \(proof.host) (\(proof.hostHardwareAddress)) answers here "
            + "after \(proof.elapsed.milliseconds.rounded(to: 1)) ms"
            + (proof.tries == 1 ? "" : ", \(proof.tries) tries")
            + doubt(about: proof))
      }
    }
  }

  /// What a proof without an echo leaves open.
  private func doubt(about proof: AnnouncementConfirmation.Confirmation) -> String {
    guard proof.proof != .echo else { return "" }
    let words =
      "; no echo came back, so where it sends was not seen: it answers none, or its entry is pinned"
    guard uncontrolledHosts.contains(proof.host) else { return words }
    return words + ", and this host has no other address in its network to tell by"
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

/// What a round has come to.
private struct Round {
  var count = 0
  var latest: IPAddress?
}

private struct HeldRecord: Encodable {
  var event = "held"
  var interface: String
  var round: Int
  var reason = "no-carrier"
}

private struct UnsentRecord: Encodable {
  var event = "unsent"
  var interface: String
  var round: Int
  var reason = "no-carrier"
}

private struct UnannouncedRecord: Encodable {
  var event = "unannounced"
  var address: String
  var reason: String
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
  /// Whether a pinned entry would have been found out. Told where no echo came: the control's did not come
  /// either then, or none could be asked for.
  var control: Bool?
  var after_ms: Double
  var tries: Int

  init(_ confirmation: AnnouncementConfirmation.Confirmation) {
    address = confirmation.address.description
    host = confirmation.host.description
    host_mac = confirmation.hostHardwareAddress.description
    proof = confirmation.proof.name
    control = confirmation.proof == .echo ? nil : false
    after_ms = confirmation.elapsed.milliseconds
    tries = confirmation.tries
  }
}

private struct UnconfirmedRecord: Encodable {
  var event = "unconfirmed"
  var address: String
  var host: String?
  var reason: String
  var claimant: String?
  var tries: Int

  init(address: String, host: String?, reason: String, tries: Int) {
    (self.address, self.host, self.reason, self.tries) = (address, host, reason, tries)
  }

  init(_ doubt: AnnouncementConfirmation.Doubt) {
    address = doubt.address.description
    host = doubt.host.description
    reason = doubt.reason
    if case .claimed(let owner) = doubt.cause { claimant = owner.description }
    tries = doubt.tries
  }
}
