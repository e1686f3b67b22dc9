import CaptureFile
import LinkLayerTesting
import Support
import Testing

/// The exchanges of `captures/machines`: what crimp said then, and what crimp says in the place of others.
@Suite("Captures of machines") struct RecordedMachineTests {
  static let folder: String = "\(Fixture.root)/captures/machines"
  static let names: [String] = ((try? Fixture.names(in: "captures/machines")) ?? [])
    .filter { $0.hasSuffix(".pcap") || $0.hasSuffix(".pcapng") }.sorted()
  static let secrets: [String: String] = ["CRIMP_PASSWORD": "test", "CRIMP_BMC_PASSWORD": "test"]

  private func test(_ arguments: [String]) throws -> ToolRun {
    try runTool(
      crimpPath, ["replay-test"] + arguments, environment: Self.secrets, seconds: 120)
  }

  @Test("are played to the same end", arguments: names)
  func machine(name: String) throws {
    let run = try test(["\(Self.folder)/\(name)"])
    #expect(run.status == 0, "\(run.outputText)\(run.errorText)")
    #expect(run.outputText.contains(": ok, "))
  }

  /// A byte of what crimp said, which it would have no reason to say: told, with the frame's number. Of one
  /// frame alone, and of every frame at once, each of which is named then.
  @Test(
    "with a byte that was changed are told to differ",
    arguments: names.filter { $0.hasPrefix("crimp-") })
  func changedByte(name: String) throws {
    let capture = try ReplayTestCase(path: "\(Self.folder)/\(name)")
    let exchange = try capture.exchange()
    let bytes = try readFile(capture.path)
    var tested: [(number: Int, place: Int, offsets: [Int])] = []
    var from = 0
    for frame in exchange.frames {
      let place = try #require(self.place(of: frame.bytes, in: bytes, from: from))
      from = place + frame.bytes.count
      guard frame.isTested else { continue }
      tested.append((frame.number, place, offsets(in: frame.bytes, exchange.linkType)))
    }
    try withTemporaryDirectory { directory in
      var expected: [(name: String, frames: [Int])] = []
      for index in 0..<3 {
        for (frames, suffix) in [(Array(tested.suffix(1)), "one"), (tested, "all")] {
          var changed = bytes
          let changes = frames.filter { $0.offsets.indices.contains(index) }
          for frame in changes { changed[frame.place + frame.offsets[index]] ^= 0x11 }
          guard !changes.isEmpty else { continue }
          expected.append(("\(index)-\(suffix).pcapng", changes.map(\.number)))
          try writeFile("\(directory)/\(index)-\(suffix).pcapng", changed)
        }
      }
      #expect(expected.count == 6)
      let run = try test(expected.map { "\(directory)/\($0.name)" })
      #expect(run.status == 1, "\(run.errorText)")
      let sections = run.outputText.split(separator: "\(directory)/")
      for (name, frames) in expected {
        let section = sections.first { $0.hasPrefix("\(name): ") } ?? "nothing"
        #expect(section.contains("FAILED"), "\(name): \(section)")
        for frame in frames {
          // Of probes that are the same, and a few milliseconds apart, one of them is missing then.
          let isNamed =
            section.contains("frame \(frame) differs")
            || section.contains("frame \(frame) is missing")
          #expect(isNamed, "\(name), frame \(frame): \(section)")
        }
      }
    }
  }

  private func place(of frame: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard bytes.count - frame.count >= start else { return nil }
    return (start...(bytes.count - frame.count)).first {
      bytes[$0..<$0 + frame.count].elementsEqual(frame)
    }
  }

  /// A few places, none of them what an echo's sender puts the time in, nor a packet's own lengths.
  private func offsets(in frame: [UInt8], _ linkType: LinkType) -> [Int] {
    let candidates = linkType == .raw ? [28, 31, frame.count - 1] : [7, 21, 41]
    return candidates.filter { frame.indices.contains($0) }
  }

  /// Who only listens says nothing, now as then.
  @Test func aRecordingOfAWatchIsATestToo() throws {
    let scan = "\(Self.folder)/crimp-scan.pcapng"
    let exchange = try ReplayTestCase(path: scan).exchange()
    try withTemporaryDirectory { directory in
      let path = "\(directory)/watch.pcapng"
      var writer = PcapngWriter()
      var bytes: [UInt8] = []
      try writer.appendSection(to: &bytes)
      var interface = exchange.interface
      interface.comments =
        interface.comments.filter { !$0.hasPrefix("crimp command ") }
        + ["crimp command watch --no-vendor"]
      try writer.appendInterface(interface, to: &bytes)
      for frame in exchange.frames where !frame.isTested {
        let (seconds, attoseconds) = frame.time.components
        let time = CaptureTimestamp(
          seconds: 1_700_000_000 + seconds, nanoseconds: UInt32(attoseconds / 1_000_000_000))
        try writer.append(
          CapturedFrame(bytes: frame.bytes, timestamp: time, flags: FrameFlags(.inbound)),
          to: &bytes)
      }
      try writeFile(path, bytes)
      let run = try test([path])
      #expect(run.status == 0, "\(run.outputText)")
      #expect(run.outputText.contains(": ok, 0 frames said as then, "), "\(run.outputText)")
    }
    // What another command said, a watch will never say.
    let wrong = try runCrimp(["watch", "--replay", scan])
    #expect(
      wrong.status == 66 && wrong.errorText.contains("--read takes any"), "\(wrong.errorText)")
  }

  @Test func aFolderIsOneRunWithOneReport() throws {
    try withTemporaryDirectory { directory in
      let report = "\(directory)/report.xml"
      let run = try test([Self.folder, "--junit", report, "--quiet"])
      #expect(run.status == 0 && run.outputText.isEmpty, "\(run.outputText)")
      let text = String(decoding: try readFile(report), as: UTF8.self)
      #expect(text.contains("tests=\"\(Self.names.count)\" failures=\"0\" errors=\"0\""))
      let json = try test(["\(Self.folder)/crimp-ping-arp.pcapng", "--json"])
      #expect(
        json.outputText.hasSuffix("\"findings\":[],\"frames\":3,\"passed\":true,\"told\":3}\n"))
    }
  }

  @Test("stand in the table with their checksums", arguments: ["machines", "stacks", "protocols"])
  func table(folder: String) throws {
    let table = String(decoding: try Fixture.file("captures/README.md"), as: UTF8.self)
    let names = try Fixture.names(in: "captures/\(folder)").filter { !$0.hasSuffix(".replay-test") }
    #expect(names.count >= 6)
    let run = try runTool("sha256sum", names.map { "\(Fixture.root)/captures/\(folder)/\($0)" })
    for (name, line) in zip(names, run.outputLines) {
      let row = table.split(separator: "\n").first { $0.hasPrefix("| `\(folder)/\(name)` |") }
      #expect(row?.contains("`\(line.prefix(64))`") == true, "\(name): \(line)")
    }
  }

  @Test func anotherCommandSaysOtherThings() throws {
    let run = try test([
      "\(Self.folder)/crimp-ping-arp.pcapng", "--machine", "ping -c 4 --interval 0.3 192.0.2.1",
    ])
    #expect(run.status == 1)
    #expect(run.outputText.contains("frame 3 is late by "))
    #expect(run.outputText.contains("additional after frame"))
  }

  /// A capture comes from anybody, and so does the file beside it.
  @Test(
    "starts nothing that only the caller may start",
    arguments: [
      "watch --any-network --exec /bin/true", "watch --exec=/bin/true", "watch --state stations",
      "announce --pidfile victim 192.0.2.2", "announce --addresses-file secrets",
      "ping --record out 192.0.2.1", "scan --read file", "console x --transcript out",
      "power status 192.0.2.1 --password-file secrets",
      "ipmi -H 192.0.2.1 sel save out", "ipmi -H 192.0.2.1 exec script", "bmc --serial pty",
      "relay 80 81", "nc -e /bin/sh", "capture -w out",
    ])
  func trustsNoFile(machine: String) throws {
    try withTemporaryDirectory { directory in
      let capture = "\(directory)/ping.pcapng"
      try writeFile(capture, try Fixture.file("captures/machines/crimp-ping-arp.pcapng"))
      try writeFile(capture + ".replay-test", Array("--machine '\(machine)'".utf8))
      let run = try runCrimp(["replay-test", capture])
      #expect(run.status == 66, "\(run.outputText) \(run.errorText)")
      #expect(run.outputText.contains("which is not taken from a file: say by --machine"))
    }
  }

  static let refusals: [([String], Int32, String)] = [
    ([], 64, "expected files or folders"), (["/nowhere.pcap"], 66, "not run: "),
    (["--host", "nobody", "x"], 64, "expected addresses of IP or hardware"),
    (["--machine", "ping", "-i", "eth0", "x"], 64, "expected one of them"),
    (["--netns", "x", "x"], 64, "expected with --interface"),
    (["--host", "198.51.100.1", "\(folder)/iputils-arping.pcap"], 66, "says nothing in it"),
    (["\(Fixture.root)/captures/mixed-link.pcap"], 66, "name the host under test by --host"),
    (
      ["--host", "192.0.2.1", "\(Fixture.root)/captures/mixed-link.pcap"], 64,
      "expected --machine or --interface"
    ),
    (["--machine", "ping --no-such", "\(folder)/crimp-ping-arp.pcapng"], 64, "no-such"),
  ]

  @Test("that cannot be run are told why", arguments: refusals)
  func wrong(arguments: [String], status: Int32, words: String) throws {
    let run = try test(arguments)
    #expect(run.status == status, "\(run.outputText)\(run.errorText)")
    #expect((run.outputText + run.errorText).contains(words), "\(run.outputText)\(run.errorText)")
  }
}
