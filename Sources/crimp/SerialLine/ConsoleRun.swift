import Drivers
import EventLoop
import IPMI
import Machines
import Sockets

/// A console at one controller's serial line, from the name to the last word.
struct ConsoleRun {
  let target: FleetTarget
  let settings: SerialLineSettings
  let transcript: SerialTranscript?
  var recording = BMCRecordingOptions()

  /// Speaks on the line until the end.
  func run() throws(CommandFailure) -> ExitStatus {
    var session = target.options
    // Serial over LAN is a payload of IPMI 2.0.
    session.version = .version20
    guard recording.record == nil || session.encryptsEverything else {
      throw CommandFailure(
        .usage,
        "--record: what is typed is recorded, passwords too: expected --suites that encrypt, such as 17,3"
      )
    }
    let place = try BMCPlace(recording)
    var memory = place.suiteMemory()
    let console = SerialLineConsole(
      on: place.loop, settings, transcript, replay: place.replay)
    let end = try place.loop.run { () async throws(CommandFailure) -> End in
      let address = try await address(place)
      let client = BMCClient(
        address, credentials: target.credentials,
        options: memory.options(session, for: address), on: place.sockets)
      defer {
        memory.note(client.facts, of: address)
        client.close()
      }
      let outcome = try await console.run(client)
      guard outcome == .inUse || outcome == .takenOver else { return End(outcome: outcome) }
      let owner = await LineOwner(of: settings.line.instance, at: client)
      return End(outcome: outcome, owner: owner?.words)
    }
    memory.save()
    let status = try tell(end, console)
    try place.close()
    return status
  }

  /// How it ended.
  private struct End: Sendable {
    var outcome: SerialOverLANSession.Outcome
    var owner: String?
  }

  private func address(_ place: BMCPlace) async throws(CommandFailure) -> InternetAddress {
    switch await place.addresses(of: [(target.host, target.port)]).first {
    case .success(let address)?: return address
    case .failure(let error)?:
      throw CommandFailure(.unavailable, "\(target.label): \(error.words)")
    case nil: throw CommandFailure(.unavailable, "\(target.label): no such host")
    }
  }

  private func tell(
    _ end: End, _ console: SerialLineConsole
  ) throws(CommandFailure) -> ExitStatus {
    if let failure = transcript?.failure {
      throw CommandFailure(.inputOutput, "--transcript: \(failure.reason): it ends too early")
    }
    guard end.outcome != .closed else {
      return console.leftOverCount > 0 ? .negative : .success
    }
    var line = "\(target.label): \(end.outcome.words)"
    if let owner = end.owner { line += ": \(owner)" }
    if end.outcome == .inUse { line += "; --take-over takes it" }
    transcript?.note(line)
    StandardStream.error.writeLine(line)
    return end.outcome.status
  }
}
