import CaptureFile
import Glibc
import LinkLayer
import Support
import Testing

/// What commands said to controllers is recorded, and said again without a network.
@Suite("--record and --replay with BMCs")
struct BMCReplayTests {
  private func crimp(
    _ arguments: [String], input: [UInt8] = [], password: String = RunningBMC.password
  ) throws -> ToolRun {
    try runTool(
      crimpPath, arguments, input: input,
      environment: ["CRIMP_PASSWORD": password, "XDG_CACHE_HOME": "/dev/null"])
  }

  /// Records a run while the controller is there, and replays it when it is gone.
  private func repeats(
    _ arguments: (RunningBMC) -> [String], bmc options: [String] = [], input: [UInt8] = [],
    status: Int32 = 0
  ) throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/recording.pcapng"
      var bmc: RunningBMC? = try RunningBMC(options)
      let line = try arguments(#require(bmc))
      let recorded = try crimp(line + ["--record", path], input: input)
      bmc = nil
      #expect(recorded.status == status, "\(recorded.errorText)")
      let replayed = try crimp(line + ["--replay", path])
      #expect(replayed.output == recorded.output)
      #expect(replayed.errorText == recorded.errorText)
      #expect(replayed.status == recorded.status)
    }
  }

  @Test(arguments: [
    ["power", "status"], ["power", "cycle"], ["power", "off", "--wait", "5"],
    ["power", "status", "--json", "--protocol", "1.5"], ["power", "status", "--suites", "3"],
  ])
  func power(_ words: [String]) throws {
    try repeats { words + ["127.0.0.1:\($0.port)", "-u", "admin"] }
  }

  @Test(arguments: ["mc info", "chassis status", "lan print 1", "user list 1", "sol info"])
  func ipmi(_ words: String) throws {
    try repeats {
      ["ipmi", "-H", "127.0.0.1:\($0.port)", "-u", "admin"]
        + words.split(separator: " ").map(String.init)
    }
  }

  @Test func silence() throws {
    try repeats(
      { ["power", "status", "127.0.0.1:\($0.port),127.0.0.1:1", "-u", "admin", "--timeout", "2"] },
      status: 69)
  }

  @Test(arguments: [1, 2, 3]) func aBadNetwork(_ seed: Int) throws {
    try repeats(
      { ["ipmi", "-H", "127.0.0.1:\($0.port)", "-u", "admin", "lan", "print", "1"] },
      bmc: ["--loss", "10", "--reorder", "20", "--latency", "0-20", "--seed", "\(seed)"])
  }

  @Test func discovery() throws {
    try repeats {
      ["discover", "127.0.0.[1-9]:\($0.port)", "--attempts", "2", "--timeout", "0.2"]
    }
  }

  @Test func manyHosts() throws {
    let running = try RunningTool(
      crimpPath, ["bmc", "--address", "127.68.0.0/25", "--port", "16233", "--latency", "0-9"])
    #expect(try eventually { try running.outputSoFar().contains("ready: ") })
    try withTemporaryDirectory { directory in
      let path = directory + "/recording.pcapng"
      let line = ["power", "status", "127.68.0.[1-100]:16233", "-u", "admin", "--window", "16"]
      let recorded = try crimp(line + ["--record", path])
      running.send(signal: SIGINT)
      #expect(try running.end().status == 0)
      let replayed = try crimp(line + ["--replay", path])
      #expect(replayed.output == recorded.output && recorded.status == 0)
      #expect(replayed.errorText == "" && replayed.status == 0)
    }
  }

  /// On a network that loses nothing: a console's repeats depend on when keys were typed, which a
  /// recording does not fix yet.
  @Test(arguments: [[String]()]) func console(_ options: [String]) throws {
    let text = (0..<40).map { "line \($0) that was typed\r" }.joined()
    try repeats(
      { ["console", "127.0.0.1:\($0.port)", "-u", "admin", "--linger", "4"] }, bmc: options,
      input: Array(text.utf8))
  }

  /// Records a terminal's session, with pauses and a break, and replays it.
  @Test func consoleAtATerminal() throws {
    try withTemporaryDirectory { directory in
      let bmc = try RunningBMC()
      let path = directory + "/recording.pcapng"
      let line = ["console", "127.0.0.1:\(bmc.port)", "-u", "admin", "--quiet"]
      let console = try TerminalTool(
        crimpPath, line + ["--record", path],
        environment: ["CRIMP_PASSWORD": RunningBMC.password, "XDG_CACHE_HOME": "/dev/null"])
      #expect(eventually { console.isRaw })
      for word in ["root", "secret-word", "ls"] {
        console.type(word)
        #expect(console.shows(word))
        console.type("\r~B")
      }
      console.type("done")
      #expect(console.shows("done"))
      console.type("\r~.")
      #expect(try console.end() == 0)
      let replayed = try crimp(line + ["--replay", path])
      #expect(replayed.outputText.filter { !$0.isNewline } == "rootsecret-wordlsdone")
      #expect(replayed.errorText == "" && replayed.status == 0)
      // What was typed is in the file as it was on the wire: encrypted.
      #expect(!String(decoding: try readFile(path), as: UTF8.self).contains("secret-word"))
    }
  }

  /// Records one run and hands over the file's path and the arguments.
  private func withRecording(
    _ body: (String, [String]) throws -> Void
  ) throws {
    try withTemporaryDirectory { directory in
      let bmc = try RunningBMC()
      let path = directory + "/recording.pcapng"
      let line = ["power", "status", "127.0.0.1:\(bmc.port)", "-u", "admin"]
      #expect(try crimp(line + ["--record", path]).status == 0)
      try body(path, line)
    }
  }

  @Test func theFileHasNoSecretAndIsNobodyElses() throws {
    try withRecording { path, _ in
      var status = stat()
      #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
      let text = String(decoding: try readFile(path), as: UTF8.self)
      #expect(text.contains("crimp seed ") && !text.contains(RunningBMC.password))
    }
  }

  @Test func wiresharkReadsIt() throws {
    try withRecording { path, line in
      let port = try #require(line[2].split(separator: ":").last)
      let run = try runTool(
        "tshark",
        [
          "-r", path, "-d", "udp.port==\(port),rmcp", "-T", "fields", "-e", "_ws.col.Protocol",
          "-e", "_ws.malformed",
        ])
      #expect(run.outputLines.count == 9, "\(run.outputText)")
      #expect(run.outputLines.allSatisfy { $0.hasPrefix("RMCP") || $0.hasPrefix("IPMI") })
      #expect(!run.outputText.contains("Malformed"))
    }
  }

  /// The frames of a capture, and where each stands in the file.
  private func frames(_ bytes: [UInt8]) throws -> [(frame: CapturedFrame, offset: Int)] {
    var view = CaptureFileView(bytes.rawBytes)
    var found: [(frame: CapturedFrame, offset: Int)] = []
    var from = 0
    while let next = try view.next() {
      let frame = CapturedFrame(next)
      let place = (from...(bytes.count - frame.bytes.count)).first {
        bytes[$0..<$0 + frame.bytes.count].elementsEqual(frame.bytes)
      }
      from = try #require(place) + frame.bytes.count
      found.append((frame, from - frame.bytes.count))
    }
    return found
  }

  /// A byte of each frame; `BMCRecordingTests` changes every one.
  @Test func aChangedByteIsTold() throws {
    try withRecording { path, line in
      let bytes = try readFile(path)
      for (index, place) in try frames(bytes).enumerated() {
        var changed = bytes
        changed[place.offset + 28 + index % (place.frame.bytes.count - 28)] ^= 0x10
        try writeFile(path, changed)
        let run = try crimp(line + ["--replay", path])
        #expect(
          run.errorText
            == "crimp: \(path): frame \(index + 1) is not as it was recorded: its checksum is wrong\n"
        )
        #expect(run.status == 66)
      }
    }
  }

  @Test func aDatagramThatDiffersIsToldWithItsByte() throws {
    try withRecording { path, line in
      var bytes = try readFile(path)
      let places = try frames(bytes)
      // The first datagram of the console: another tag, and a checksum to it.
      let first = try #require(places.first)
      var packet = try UDPPacket(parsing: first.frame.bytes.rawBytes)
      packet.payload[16] ^= 1
      bytes.replaceSubrange(
        first.offset..<first.offset + first.frame.bytes.count, with: packet.bytes)
      try writeFile(path, bytes)
      let run = try crimp(line + ["--replay", path])
      #expect(
        run.errorText
          == "crimp: --replay: 1 of the datagrams differ from the recording: "
          + "frame 1 from byte 17 of its datagram on\n")
      #expect(run.status == 1)
    }
  }

  @Test func anotherPasswordIsWrongAsItWasThen() throws {
    try withRecording { path, line in
      let arguments = line + ["--replay", path]
      let run = try crimp(arguments, password: "another")
      #expect(run.errorText.contains("wrong"))
      #expect(run.errorText.contains("of the datagrams differ from the recording"))
      #expect(run.status != 0)
    }
  }

  /// The replay of a recording, recorded, says the same at the same times.
  @Test func aReplayIsRecorded() throws {
    try withRecording { path, line in
      let again = path + ".again.pcapng"
      #expect(try crimp(line + ["--replay", path, "--record", again]).status == 0)
      let (then, now) = (try frames(try readFile(path)), try frames(try readFile(again)))
      let payloads = { (frames: [(frame: CapturedFrame, offset: Int)]) in
        try frames.map { try UDPPacket(parsing: $0.frame.bytes.rawBytes).payload }
      }
      #expect(try payloads(then) == payloads(now))
      #expect(then.map(\.frame.direction) == now.map(\.frame.direction))
    }
  }

  @Test func whatIsNoRecordingIsRefused() throws {
    try withRecording { path, line in
      try writeFile(path, Array("no capture".utf8))
      let none = try crimp(line + ["--replay", path])
      #expect(none.errorText.hasPrefix("crimp: \(path): it is no capture") && none.status == 66)
      let missing = try crimp(line + ["--replay", path + "x"])
      #expect(missing.status == 66)
      let nowhere = try crimp(line + ["--record", "/nonexistent/x"])
      #expect(nowhere.errorText.hasPrefix("crimp: --record /nonexistent/x: "))
      #expect(nowhere.status == 74)
    }
  }
}
