import CaptureFile
import Glibc
import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// `crimp replay` into files: its times are virtual, its frames judged by tshark.
@Suite("crimp replay, to a file")
struct ReplayToFileTests {
  private static let captures = "\(Fixture.root)/Fixtures/captures"
  private static let mixed = "\(Fixture.root)/captures/mixed-link.pcap"

  private func replay(_ arguments: [String]) throws -> ToolRun {
    try runTool(crimpPath, ["replay"] + arguments)
  }

  private func fields(_ path: String, _ names: [String], _ filter: String = "") throws -> [String] {
    let checks = ["ip", "tcp", "udp"].flatMap { ["-o", "\($0).check_checksum:TRUE"] }
    let run = try runTool(
      "tshark",
      ["-n", "-r", path] + checks + (filter.isEmpty ? [] : ["-Y", filter]) + ["-T", "fields"]
        + names.flatMap { ["-e", $0] })
    try #require(run.status == 0, "\(run.errorText)")
    return run.outputLines
  }

  /// Neither the capture that is played nor a file that stands there is lost for nothing.
  @Test func spoilsNoFile() throws {
    try withTemporaryDirectory { directory in
      let (capture, link) = ("\(directory)/own.pcap", "\(directory)/link.pcap")
      let bytes = try readFile(Self.mixed)
      try writeFile(capture, bytes)
      #expect(symlink(capture, link) == 0)
      for path in [capture, link] {
        let run = try replay([capture, "--write", path, "--top-speed"])
        #expect(run.status == 64)
        #expect(run.errorText.contains("it is what is played"), "\(run.errorText)")
      }
      let text = "\(directory)/no-capture"
      try writeFile(text, Array("no capture at all, but long enough to be looked at".utf8))
      for arguments in [[text], [Self.mixed, "udp port 9999 and udp port 9998"]] {
        let run = try replay(arguments + ["--write", capture])
        #expect(run.status == 66, "\(run.outputText) \(run.errorText)")
      }
      #expect(try readFile(capture) == bytes)
    }
  }

  @Test func writesTheSameFramesAtTheSameTimes() throws {
    try withTemporaryDirectory { directory in
      for name in ["out.pcapng", "out.pcap"] {
        let path = "\(directory)/\(name)"
        let run = try replay([Self.mixed, "--write", path])
        #expect(run.status == 0 && run.errorText == "", "\(run.errorText)")
        let (before, after) = (try ReadCapture(Self.mixed), try ReadCapture(path))
        #expect(before.frames.map(\.bytes) == after.frames.map(\.bytes))
        // Where the capture's times run backwards, the replay's stand still.
        let times = try fields(path, ["frame.time_delta"])
        #expect(times.count == before.frames.count && !times.contains { $0.hasPrefix("-") })
      }
    }
  }

  /// Every address of the capture changed: the checksums are as good as before, and nobody has an old one.
  @Test func changesAddressesAndKeepsEveryChecksum() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/out.pcapng"
      let run = try replay([
        Self.mixed, "--write", path, "--network", "0.0.0.0/1=64.0.0.0/1", "--network",
        "192.0.0.0/8=11.0.0.0/8", "--network", "2000::/3=4000::/3", "--network",
        "fe80::/64=fe80:0:0:1::/64", "--source-mac", "02:00:00:00:00:77", "--vlan", "12,3",
      ])
      #expect(run.status == 0 || run.status == 1, "\(run.errorText)")
      let statuses = [
        "ip.checksum.status", "tcp.checksum.status", "udp.checksum.status",
        "icmpv6.checksum.status", "icmp.checksum.status",
      ]
      let before = try fields(Self.mixed, statuses)
      #expect(try fields(path, statuses) == before)
      #expect(try fields(path, ["frame.number"], "eth.src != 02:00:00:00:00:77").isEmpty)
      #expect(try fields(path, ["frame.number"], "vlan.id == 12 && vlan.priority == 3").count > 200)
      #expect(try fields(path, ["ip.src"], "ip.src == 192.0.0.0/8 && !icmp").isEmpty)
      #expect(try fields(path, ["ip.src"], "ip.src == 11.0.0.0/8").isEmpty == false)
      let anew = "\(directory)/anew.pcapng"
      _ = try replay([Self.mixed, "--write", anew, "--fix-checksums"])
      #expect(
        try fields(
          anew, ["frame.number"],
          "(tcp.checksum.status == 0 || ip.checksum.status == 0) && !icmp && !ip.flags.mf"
        ).isEmpty)
    }
  }

  @Test func pacesFiltersAndLimits() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/out.pcap"
      let run = try replay([
        Self.mixed, "arp", "--write", path, "--rate", "1000", "--loop", "0", "--count", "50",
        "--json",
      ])
      #expect(run.status == 0, "\(run.errorText)")
      #expect(run.outputText.contains(#""frames":50,"#), "\(run.outputText)")
      let deltas = try fields(path, ["frame.time_delta"]).dropFirst()
      #expect(deltas.count == 49 && deltas.allSatisfy { $0 == "0.001000000" })
      #expect(try fields(path, ["frame.number"], "!arp").isEmpty)
      let fast = try replay([Self.mixed, "--write", path, "--top-speed", "--quiet"])
      #expect(fast.status == 0 && fast.outputText == "")
      #expect(try fields(path, ["frame.time_delta"]).allSatisfy { $0 == "0.000000000" })
    }
  }

  /// Every capture that we read, from standard input too: what it holds is played, or it is told why not.
  @Test func readsEveryKindOfCapture() throws {
    let list = try runTool("ls", [Self.captures]).outputLines
    try withTemporaryDirectory { directory in
      for name in list {
        let path = "\(directory)/out.pcapng"
        let source = try ReadCapture("\(Self.captures)/\(name)")
        let run = try runTool(
          crimpPath,
          [
            "replay", "-", "--write", path, "--max-gap", "1", "--destination-mac",
            "02:00:00:00:00:01",
          ],
          input: try readFile("\(Self.captures)/\(name)"))
        let good = source.frames.filter {
          source.interfaces[$0.interfaceIndex].linkType == .ethernet && $0.bytes.count >= 14
        }
        #expect([0, 1, 66].contains(run.status), "\(name): \(run.errorText)")
        if run.status == 0 { #expect(run.errorText == "", "\(name)") }
        if run.status == 66 { #expect(run.errorText.hasPrefix("crimp: -: "), "\(name)") }
        let played = try ReadCapture(path).frames
        #expect(played.count >= good.count, "\(name): \(run.outputText) \(run.errorText)")
        // The check sequence that was captured is none of the frame that is sent.
        if name == "pcap-fcs-le.pcap" { #expect(played.first?.bytes.count == 42) }
      }
    }
  }

  /// Lengths that lie, time that runs backwards, an unknown link type: the good frames are played, and a
  /// line says what was wrong.
  @Test func endsHostileCapturesInAClearLine() throws {
    let bytes = try readFile(Self.mixed)
    try withTemporaryDirectory { directory in
      let (file, path) = ("\(directory)/bad.pcap", "\(directory)/out.pcapng")
      try writeFile(file, Array(bytes.dropLast(3)))
      var run = try replay([file, "--write", path])
      #expect(run.status == 66 && run.errorText.contains("bad.pcap: "), "\(run.errorText)")
      #expect(run.outputLines.first?.hasPrefix("213 frames, ") == true, "\(run.outputText)")
      #expect(try ReadCapture(path).frames.count == 213)

      var lying = Array(bytes.prefix(24 + 16 + 42))
      lying.replaceSubrange(32..<36, with: [0xff, 0xff, 0xff, 0xff])
      try writeFile(file, lying)
      run = try replay([file, "--write", path])
      #expect(run.status == 66 && run.errorText.split(separator: "\n").count == 1)

      var radio = bytes
      radio[20] = 105
      try writeFile(file, radio)
      run = try replay([file, "--write", path])
      #expect(run.status == 66 && run.errorText.contains("link type 105"), "\(run.errorText)")

      var raw = bytes
      raw[20] = 101
      try writeFile(file, raw)
      run = try replay([file, "--write", path])
      #expect(run.status == 66 || run.status == 1)
      #expect(run.outputText.contains("--destination-mac"), "\(run.outputText)")

      var backwards = Array(bytes[0..<24])
      for second in [9, 8, 7] as [UInt8] {
        backwards += [second, 0, 0, 0, 0, 0, 0, 0, 14, 0, 0, 0, 14, 0, 0, 0]
        backwards += [UInt8](repeating: second, count: 14)
      }
      try writeFile(file, backwards)
      run = try replay([file, "--write", path])
      #expect(run.status == 0 && run.outputText.contains("2 frames older than the one before"))
      #expect(try ReadCapture(path).frames.map { $0.timestamp?.seconds } == [9, 9, 9])
    }
  }

  @Test(
    arguments: [
      (["x"], 64, "--interface: expected"),
      (["x", "-i", "a", "-i", "b", "-i", "c"], 64, "one or two"),
      (["x", "-w", "y", "--rate", "0"], 64, "--rate: expected a number above 0"),
      (["x", "-w", "y", "--rate", "1", "--top-speed"], 64, "expected one of them at most"),
      (["x", "-w", "y", "--client", "10.0.0.0/8"], 64, "expected with two --interface"),
      (["x", "-w", "y", "--network", "10.0.0.0/8=10.0.0.0/9"], 64, "--network"),
      (["x", "-w", "y", "--mac", "1=2"], 64, "--mac"), (["/nowhere", "-w", "y"], 66, "/nowhere"),
      (["x", "-i", "no-such-link"], 69, "no interface named no-such-link"),
      (["x", "-w", "y", "--loop", "0"], 64, "--loop 0"),
      (["x", "-w", "y", "--cut", "it"], 64, "--cut"),
    ] as [([String], Int32, String)])
  func aWrongArgumentGetsOneLine(_ arguments: [String], _ status: Int32, _ words: String) throws {
    let run = try replay(arguments)
    #expect(run.status == status && run.errorText.contains(words), "\(run.errorText)")
    #expect(run.errorText.split(separator: "\n").count == 1)
  }
}
