import LinkLayer
import Machines

/// What `crimp wake` says of the hosts that it wakes, as text or as one JSON object a line.
final class WakeReport {
  private let request: WakeRequest
  private let way: String
  /// The newest attempt that was told of, by target: repetitions are no news.
  private var told: [Int: Int] = [:]

  init(_ request: WakeRequest, interface: String?) {
    self.request = request
    if request.isRaw {
      way = "by EtherType 0842h" + (interface.map { " on \($0)" } ?? "")
    } else {
      let places = request.destinations.map(\.description).joined(separator: ", ")
      let ports = request.ports.map(String.init).joined(separator: ", ")
      way = "to \(places) port \(ports)"
    }
  }

  func tell(_ report: WakingReport) {
    switch report {
    case .packet(let station, let attempt):
      guard told[station] != attempt else { return }
      told[station] = attempt
      tellPacket(request.targets[station], attempt)
    case .asked: break
    case .awake(let awakening):
      tell(awakening, request.targets[awakening.station])
    case .impostor(let station, let owner):
      tellImpostor(request.targets[station], owner)
    }
  }

  private func tellPacket(_ target: WakeTarget, _ attempt: Int) {
    say(
      "magic packet for \(target.description) \(way)" + (attempt > 1 ? ", attempt \(attempt)" : ""),
      WakeRecord(event: "packet", target, attempts: attempt))
  }

  private func tell(_ awakening: Awakening, _ target: WakeTarget) {
    let seconds = (awakening.elapsed.milliseconds / 1000).rounded(to: 1)
    say(
      "\(target.description) is awake after \(seconds) s"
        + (awakening.attempts > 1 ? ", \(awakening.attempts) attempts" : ""),
      WakeRecord(
        event: "awake", target, attempts: awakening.attempts,
        after_ms: awakening.elapsed.milliseconds))
  }

  private func tellImpostor(_ target: WakeTarget, _ owner: HardwareAddress) {
    let address = target.address?.description ?? "its address"
    say(
      "another station, \(owner), answers for \(address) of \(target.description)",
      WakeRecord(event: "impostor", target, owner: owner.description))
  }

  /// A host that no magic packet has woken was ordered on.
  func tellOrderedOn(_ target: WakeTarget) {
    say(
      "\(target.description) is still asleep: ordered on by IPMI",
      WakeRecord(event: "power-on", target))
  }

  /// Its controller did not switch a host on: on standard error, because a hook runs quietly.
  func tell(_ failure: BMCFailure, of target: WakeTarget) {
    if request.link.json {
      if !request.link.quiet {
        JSONLine.write(WakeRecord(event: "power-on-failed", target, error: failure.key))
      }
      return
    }
    StandardStream.error.writeLine(
      "crimp: \(target.description): not switched on by IPMI: \(failure)")
  }

  /// Names a host that is still asleep: on standard error, because a hook runs quietly.
  func tell(_ host: WakeResult.Asleep) {
    if request.link.json {
      if !request.link.quiet {
        JSONLine.write(WakeRecord(event: "asleep", host.target, attempts: host.attempts))
      }
      return
    }
    let target = host.target
    let hint = target.address == nil ? "; nobody was asked: --wait=ADDRESS asks it" : ""
    StandardStream.error.writeLine(
      "crimp: \(target.description) is still asleep: no sign of life after \(host.attempts) "
        + (host.attempts == 1 ? "attempt" : "attempts") + hint)
  }

  private func say(_ text: String, _ record: WakeRecord) {
    guard !request.link.quiet else { return }
    if request.link.json { JSONLine.write(record) } else { StandardStream.output.writeLine(text) }
  }
}

private struct WakeRecord: Encodable {
  var event: String
  var host: String
  var mac: String
  var address: String?
  var attempts: Int?
  var after_ms: Double?
  var owner: String?
  var error: String?

  init(
    event: String, _ target: WakeTarget, attempts: Int? = nil, after_ms: Double? = nil,
    owner: String? = nil, error: String? = nil
  ) {
    self.event = event
    host = target.name
    mac = target.station.description
    address = target.address?.description
    self.attempts = attempts
    self.after_ms = after_ms
    self.owner = owner
    self.error = error
  }
}
