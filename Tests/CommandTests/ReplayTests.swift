import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// What was recorded with `--record` plays again with `--replay`: without privilege, without the
/// network, and without waiting. Needs root for the recording.
@Suite("A recorded run plays again", .serialized)
struct ReplayTests {
  static let runs: [[String]] = [
    ["announce", "-c", "2", "--interval", "0.3", "192.0.2.100", "2001:db8::100"],
    ["announce", "-c", "2", "--interval", "0.3", "--confirm", "192.0.2.100", "2001:db8::100"],
    ["announce", "-c", "1", "--confirm=192.0.2.9", "--deadline", "0.5", "192.0.2.100"],
    ["announce", "-c", "1", "--all", "-i", "eth0"],
    ["probe", "--fast", "-i", "eth0", "192.0.2.1", "192.0.2.200", "2001:db8::1", "2001:db8::200"],
    ["ping", "-c", "2", "--interval", "0.1", "--timeout", "0.05", "192.0.2.1", "192.0.2.9"],
    ["ping", "-c", "2", "--interval", "0.1", "2001:db8::1"],
    ["ping", "-c", "2", "--interval", "0.1", "-i", "eth0", "--destination", "192.0.2.1", "CLIENT"],
    ["wake", "-i", "eth0", "02:00:00:00:00:fe", "02:00:00:00:00:fd"],
    ["wake", "-i", "eth0", "--raw", "--vlan", "5", "02:00:00:00:00:fe"],
    ["wake", "-i", "eth0", "--to", "ff02::1", "--to", "192.0.2.255", "02:00:00:00:00:fe"],
    ["wake", "--wait=192.0.2.1", "CLIENT"],
    ["wake", "--wait", "--deadline", "0.5", "--retry", "0.2", "02:00:00:00:00:fe=192.0.2.9"],
  ]

  @Test("and says the same", arguments: runs)
  func saysTheSame(arguments: [String]) throws {
    try withNetwork(usesIPv6: true) { network in
      try withTemporaryDirectory { directory in
        try network.ownerB.add(Place.service, length: 24)
        try network.ownerB.add(Place.service6, length: 64)
        let client = try network.client.interface().hardwareAddress.description
        let command = arguments.map { $0 == "CLIENT" ? client : $0 }
        let path = "\(directory)/run.pcapng"
        let recorded = try network.ownerB.run { try runCrimp(command + ["--record", path]) }
        let replayed = try runCrimp(command + ["--replay", path])
        #expect(replayed.status == recorded.status)
        #expect(Self.withoutTimes(replayed.outputText) == Self.withoutTimes(recorded.outputText))
        #expect(replayed.errorText == recorded.errorText)
        #expect(!recorded.output.isEmpty)
      }
    }
  }

  /// A recorded run, and another one that is played against its recording.
  static let otherRuns: [([String], instead: [String])] = [
    (
      ["wake", "-i", "eth0", "--raw", "02:00:00:00:00:fe"], ["wake", "--raw", "02:00:00:00:00:fd"]
    ),
    (
      ["wake", "--raw", "--wait=192.0.2.1", "CLIENT"],
      ["wake", "--raw", "--unicast", "--wait=192.0.2.1", "CLIENT"]
    ),
    (["ping", "-i", "eth0", "-c", "1", "192.0.2.1"], ["ping", "-c", "1", "192.0.2.9"]),
    (
      ["announce", "-c", "1", "192.0.2.100"], ["announce", "-c", "1", "--no-reply", "192.0.2.100"]
    ),
    (["scan", "192.0.2.0/30"], ["scan", "192.0.2.0/29"]),
  ]

  @Test("and another run is told from it: status 1, --quiet or not", arguments: otherRuns)
  func tellsAnother(command: [String], instead: [String]) throws {
    try withNetwork { network in
      try withTemporaryDirectory { directory in
        try network.ownerB.add(Place.service, length: 24)
        let client = try network.client.interface().hardwareAddress.description
        let path = "\(directory)/run.pcapng"
        func words(_ line: [String]) -> [String] { line.map { $0 == "CLIENT" ? client : $0 } }
        let recorded = try network.ownerB.run {
          try runCrimp(words(command) + ["--record", path])
        }
        #expect(recorded.status == 0, "\(recorded.errorText)")
        for options in [[], ["--quiet"]] {
          let other = try runCrimp(words(instead) + ["--replay", path] + options)
          #expect(other.status == 1)
          #expect(
            other.errorText.contains("of the frames sent differ from the recording"),
            "\(other.errorText)")
        }
      }
    }
  }

  /// Commands that go on until they are stopped, and what they say when they have gone on for a while.
  static let endless: [([String], until: String)] = [
    (["ping", "--interval", "0.05", "-i", "eth0", "192.0.2.1"], "seq=3"),
    (["announce", "-i", "eth0", "-c", "1", "--refresh", "0.05", "192.0.2.100"], "round 4"),
  ]

  @Test("and ends where a run that has no end was ended", arguments: endless)
  func endsWithTheRecording(command: [String], until sign: String) throws {
    try withNetwork { network in
      try withTemporaryDirectory { directory in
        try network.ownerB.add(Place.service, length: 24)
        let path = "\(directory)/run.pcapng"
        let running = try network.ownerB.startCrimp(command + ["--record", path])
        #expect(try eventually { try running.outputSoFar().contains(sign) })
        running.send(signal: 2)
        let recorded = try running.end()
        let replayed = try runCrimp(command + ["--replay", path])
        #expect(replayed.status == 0)
        #expect(recorded.status == 0)
        #expect(Self.withoutTimes(replayed.outputText) == Self.withoutTimes(recorded.outputText))
        #expect(replayed.errorText.isEmpty, "\(replayed.errorText)")
      }
    }
  }

  /// Against another run's recording nothing may come that would end it: neither root nor a network is
  /// needed.
  @Test("and a run without an end ends against the recording of another too")
  func endsWithAnother() throws {
    for (arguments, recording) in [
      (["probe", "--claim", "--defend", "always", "192.0.2.77"], "crimp-announce"),
      (["probe", "--claim", "--defend", "always", "192.0.2.77"], "crimp-scan"),
      (["ping", "192.0.2.9"], "crimp-probe-in-use"),
    ] {
      let path = "\(Fixture.root)/captures/machines/\(recording).pcapng"
      let run = try runCrimp(arguments + ["--replay", path], seconds: 60)
      #expect(run.status == 1, "\(arguments), \(recording)")
      #expect(run.errorText.contains("of the frames sent differ from the recording"))
    }
  }

  /// A replayed frame leaves without the microseconds that the recorded one took to leave: times
  /// are alike, and not the same.
  private static func withoutTimes(_ text: String) -> String {
    text.split(separator: "\n").map { line in
      var words = line.split(separator: " ").map(String.init)
      for index in words.indices {
        if words[index].hasPrefix("time=") { words[index] = "time=" }
        if words[index].contains("/"), index > 0, words[index - 1] == "=" { words[index] = "" }
        if index > 0, words[index - 1] == "after", words[index].contains(".") { words[index] = "" }
      }
      return words.joined(separator: " ")
    }.joined(separator: "\n")
  }

  @Test("as JSON that Python reads line by line")
  func readsAsJSON() throws {
    try withNetwork(usesIPv6: true) { network in
      try network.ownerB.add(Place.service, length: 24)
      try network.ownerB.tool(
        "ip", "neighbor", "replace", "192.0.2.50", "lladdr", "02:00:00:00:00:50", "dev", "eth0")
      for arguments in [
        ["announce", "-c", "1", "--confirm", "192.0.2.100"],
        ["announce", "-c", "1", "--confirm=192.0.2.9", "--deadline", "0.2", "192.0.2.100"],
        ["probe", "--fast", "-i", "eth0", "192.0.2.1", "192.0.2.200"],
        ["ping", "-c", "1", "--timeout", "0.1", "192.0.2.1", "192.0.2.9"], ["links"],
        ["neighbors"], ["wake", "--wait", "--deadline", "0.2", "02:00:00:00:00:fe=192.0.2.9"],
      ] {
        let result = try network.ownerB.run { try runCrimp(arguments + ["--json"]) }
        #expect(!result.output.isEmpty, "\(arguments)")
        let check = try runTool(
          "python3",
          ["-c", "import json,sys\nfor line in sys.stdin: assert type(json.loads(line)) is dict"],
          input: result.output)
        #expect(check.status == 0, "\(arguments): \(result.outputText)\(check.errorText)")
      }
    }
  }
}
