import Support
import Testing

/// `crimp scan` among kernels, and in captures. Needs root.
@Suite("crimp scan", .serialized)
struct ScanTests {
  @Test func findsTheHostsOfItsOwnNetworksAndBothOwnersOfOneAddress() throws {
    let network = try ScanNetwork()
    let run = try network.scan("--no-vendor", "--rate", "0")
    #expect(run.status == 0, "\(run.errorText)")
    let hosts = run.outputLines.filter { !$0.contains("two stations") }.dropLast()
    #expect(
      hosts.map { $0.split(separator: " ").prefix(2).joined(separator: " ") }.sorted() == [
        "192.0.2.2 02:00:00:00:00:0b", "192.0.2.3 00:00:0c:07:ac:0c",
        hosts.first { $0.hasPrefix("192.0.2.9 ") }?.contains("0b") == true
          ? "192.0.2.9 02:00:00:00:00:0b" : "192.0.2.9 00:00:0c:07:ac:0c",
        "fe80::200:cff:fe07:ac0c 00:00:0c:07:ac:0c", "fe80::ff:fe00:b 02:00:00:00:00:0b",
      ])
    #expect(run.outputLines.contains { $0.hasPrefix("192.0.2.9 has two stations: ") })
    #expect(run.outputLines.last?.hasPrefix("256 addresses, 5 hosts, 1 duplicate address") == true)
  }

  @Test func asksWhatIsNamedOnceAndTellsJSON() throws {
    let network = try ScanNetwork()
    let list = Array("192.0.2.2 # a host\n192.0.2.0/30, 192.0.2.2-3\n".utf8)
    let run = try network.scan("-", "192.0.2.3", "--json", "--no-vendor", input: list)
    let lines = run.outputLines
    #expect(lines.count == 3 && run.status == 0)
    #expect(lines.first?.contains(#""address":"192.0.2.2","event":"host""#) == true)
    // The network's four, of which two answer at once and two are asked twice.
    #expect(
      lines.last?.contains(
        #""addresses":4,"duplicates":0,"event":"summary","hosts":2,"questions":6"#) == true)
  }

  @Test func saysNoWhenNobodyOrTooFewAnswer() throws {
    let network = try ScanNetwork()
    #expect(try network.scan("192.0.2.100", "--timeout", "0.05", "--quiet").status == 1)
    #expect(try network.scan("192.0.2.0/29", "--timeout", "0.05", "--limit", "3").status == 1)
    #expect(try network.scan("192.0.2.0/29", "--limit", "2", "--quiet").status == 0)
  }

  /// Of hundreds of seconds' work one is done; what was heard until then stands.
  @Test func endsAtItsDeadline() throws {
    let network = try ScanNetwork()
    let run = try network.scan(
      "192.0.2.2", "192.0.2.50-250", "--rate", "1", "-w", "1", "--json", "--no-vendor")
    #expect(run.status == 0 && run.outputLines.count == 2, "\(run.errorText)")
    #expect(run.outputLines.first?.contains(#""address":"192.0.2.2""#) == true)
    #expect(run.outputLines.last?.contains(#""addresses":202,"#) == true)
    let refused = try network.scan("--deadline", "0")
    #expect(refused.status == 64 && refused.errorText.contains("--deadline 0.0: expected seconds"))
  }

  @Test func takesTheRecordingForTheLink() throws {
    let network = try ScanNetwork()
    try withTemporaryDirectory { directory in
      let path = "\(directory)/scan.pcapng"
      let arguments = ["192.0.2.0/28", "--random", "--no-vendor"]
      let live = try runTool(
        "ip",
        ["netns", "exec", network.namespace("scanner"), crimpPath, "scan", "--record", path]
          + arguments)
      let replayed = try runTool(crimpPath, ["scan", "--replay", path] + arguments)
      #expect(live.status == 0 && replayed.status == 0)
      #expect(replayed.errorText == "")
      #expect(
        live.outputLines.dropLast().sorted() == replayed.outputLines.dropLast().sorted())
      let read = try runTool(crimpPath, ["scan", "--read", path, "192.0.2.2-3", "--no-vendor"])
      #expect(read.outputLines.count == 3 && read.outputLines.last == "2 hosts")
      // A capture that is cut is told of, after what was heard.
      let bytes = try readFile(path)
      try writeFile(path, bytes.dropLast(10))
      let cut = try runTool(crimpPath, ["scan", "--read", path, "192.0.2.2-3", "--no-vendor"])
      #expect(cut.status == 66 && cut.outputLines.contains("2 hosts"))
    }
  }

  /// A host in another VLAN answers there alone.
  @Test func staysInItsVLAN() throws {
    let network = try ScanNetwork()
    let run = try network.scan("192.0.2.2", "--vlan", "5", "--timeout", "0.05", "--json")
    #expect(run.status == 1 && run.outputLines.count == 1)
  }

  @Test func losesNoHostOfALargeNetwork() throws {
    let network = try ScanNetwork()
    try network.configure("one", "route", "add", "local", "10.1.0.0/16", "dev", "lo")
    let run = try network.scan(
      "10.1.0.0/16", "--interface", "eth0", "--rate", "0", "--source", "192.0.2.1", "--json",
      "--no-vendor")
    #expect(run.outputLines.last?.contains(#""hosts":65536"#) == true, "\(run.errorText)")
  }

  @Test(arguments: [
    (["192.0.2.0/33"], 64, "192.0.2.0/33: expected an address, a network as 192.0.2.0/24"),
    (["no-such-file"], 66, "no-such-file: expected an address"),
    (["10.0.0.0/7"], 64, "more than 16777216 addresses"),
    (["--rate", "1", "--bandwidth", "1M"], 64, "--rate and --bandwidth: expected one of them"),
    (["--bandwidth", "1X"], 64, "--bandwidth"),
    (["--attempts", "0"], 64, "--attempts 0: expected a whole number from 1 up"),
    (["-4", "-6"], 64, "-4 and -6: expected one of them"),
    (["--read", "/nowhere"], 66, "/nowhere: No such file or directory"),
    (["192.0.2.1", "-i", "no-such-link"], 69, "no interface named no-such-link"),
  ])
  func aWrongArgumentGetsOneLine(_ arguments: [String], _ status: Int, _ words: String) throws {
    let run = try runCrimp(["scan"] + arguments)
    #expect(Int(run.status) == status && run.errorText.contains(words), "\(run.errorText)")
    #expect(run.errorText.split(separator: "\n").count == 1)
  }
}
