import Glibc
import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// Sessions of the built binary that were recorded with `--record` in the laboratory's network, and
/// played with `--replay`.
@Suite("A recorded session", .serialized)
struct SessionTests {
  enum Session: String, CaseIterable, Sendable {
    case probeFree = "recorded-probe-free"
    case probeInUse = "recorded-probe-in-use"
    case detectionInUse = "recorded-dad-in-use"
    case pingARP = "recorded-ping-arp"
    case pingNDP = "recorded-ping-ndp"
    case pingMAC = "recorded-ping-mac"
    case confirm = "recorded-confirm"
    case confirm6 = "recorded-confirm-ipv6"

    var usesIPv6: Bool { [.detectionInUse, .pingNDP, .confirm6].contains(self) }

    /// What the new owner runs.
    func arguments(in network: LaboratoryNetwork) throws -> [String] {
      let client = "\(LaboratoryNetwork.clientAddress)"
      let client6 = "\(LaboratoryNetwork.clientAddress6)"
      let ping = ["ping", "-c", "2", "--interval", "0.02"]
      switch self {
      case .probeFree: return ["probe", "--fast", "192.0.2.77"]
      case .probeInUse: return ["probe", "--fast", client]
      case .detectionInUse: return ["probe", "--fast", client6]
      case .pingARP: return ping + [client]
      case .pingNDP: return ping + [client6]
      case .pingMAC:
        let station = try network.client.interface().hardwareAddress
        return ping + ["--destination", client, "\(station)"]
      case .confirm:
        return [
          "announce", "-c", "1", "--no-directed", "--confirm=\(client)",
          "\(LaboratoryNetwork.serviceAddress)",
        ]
      case .confirm6:
        return [
          "announce", "-c", "1", "--no-directed", "--no-router", "--confirm=\(client6)",
          "\(LaboratoryNetwork.serviceAddress6)",
        ]
      }
    }
  }

  /// The command, what it said and how it ended, as the fixture has it.
  private func transcript(_ arguments: [String], _ run: ToolRun) -> String {
    "$ crimp \(arguments.joined(separator: " "))\n\(run.outputText)\(run.errorText)"
      + "exit \(run.status)\n"
  }

  private func replay(_ arguments: [String], _ path: String) throws -> String {
    transcript(arguments, try runCrimp(arguments + ["--replay", path]))
  }

  /// `text` with every number that has one point, a time, left out.
  private func withoutTimes(_ text: String) -> String {
    var result = ""
    var number = ""
    for character in text + "\n" {
      guard !character.isNumber, character != "." else {
        number.append(character)
        continue
      }
      result += number.count { $0 == "." } == 1 ? "T" : number
      result.append(character)
      number = ""
    }
    return result
  }

  @Test("plays as it played when it was committed", arguments: Session.allCases)
  func committed(_ session: Session) throws {
    let golden = String(
      decoding: try Fixture.file("Fixtures/sessions/\(session.rawValue).txt"), as: UTF8.self)
    let command = try #require(golden.split(separator: "\n").first).dropFirst("$ crimp ".count)
    let arguments = command.split(separator: " ").map(String.init)
    let path = "\(Fixture.root)/Fixtures/sessions/\(session.rawValue).pcapng"
    #expect(try replay(arguments, path) == golden)
  }

  @Test(
    "plays as it went, down to the last byte that is sent", .enabled(if: geteuid() == 0),
    arguments: Session.allCases)
  func fresh(_ session: Session) throws {
    let network = try LaboratoryNetwork(usesIPv6: session.usesIPv6)
    defer { network.remove() }
    try network.ownerB.add(
      session.usesIPv6 ? LaboratoryNetwork.serviceAddress6 : LaboratoryNetwork.serviceAddress,
      length: session.usesIPv6 ? 64 : 24)
    let arguments = try session.arguments(in: network)
    try withTemporaryDirectory { directory in
      let path = "\(directory)/session.pcapng"
      let live = try network.ownerB.run {
        try runCrimp(arguments + ["-i", LaboratoryHost.interfaceName, "--record", path])
      }
      let played = try replay(arguments, path)
      #expect(withoutTimes(played) == withoutTimes(transcript(arguments, live)))
      guard getenv("CRIMP_RECORD_SESSIONS") != nil else { return }
      let fixture = "\(Fixture.root)/Fixtures/sessions/\(session.rawValue)"
      try writeFile(fixture + ".pcapng", try readFile(path))
      try writeFile(fixture + ".txt", Array(played.utf8))
    }
  }
}
