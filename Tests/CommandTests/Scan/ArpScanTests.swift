import Glibc
import Links
import Support
import Testing

/// `arp-scan` beside the original, in one network: the same lines, statuses and frames. Needs root.
@Suite("arp-scan", .serialized)
struct ArpScanTests {
  private static let original = "/usr/sbin/arp-scan"

  /// Numbers that no two runs share.
  private static func masked(_ text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for (index, line) in lines.enumerated() {
      if let range = line.firstRange(of: "scanned in ") {
        let responded = line.split(separator: ".").last.map(String.init) ?? ""
        lines[index] = "\(line[..<range.upperBound])SECONDS.\(responded)"
      } else if let range = line.firstRange(of: "RTT=") {
        lines[index] = "\(line[..<range.upperBound])TIME"
      } else if line.hasPrefix("DEBUG: pcap filter") {
        // The original's filter is libpcap's.
        lines[index] = ""
      }
    }
    // Hosts answer in any order.
    let isHost = { (line: String) in line.first?.isNumber == true && line.contains("\t") }
    return lines.filter { !isHost($0) && !$0.isEmpty } + lines.filter(isHost).sorted()
  }

  /// What both programs said and how they ended, masked.
  private struct Said: Equatable {
    var status: Int32
    var output: [String]
    var error: [String]
  }

  /// Compares what both say. On a machine under load an answer comes later than a patience of 20 ms
  /// lasts, to either: so they are asked again, and what differs four times differs.
  private func compare(
    _ arguments: [String], in network: ScanNetwork, input: [UInt8] = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for attempt in 1...4 {
      let (theirs, ours) = try said(arguments, in: network, input: input)
      guard theirs != ours else { return }
      guard attempt == 4 else { continue }
      let label = Comment(rawValue: arguments.joined(separator: " "))
      #expect(ours.status == theirs.status, label, sourceLocation: sourceLocation)
      #expect(ours.output == theirs.output, label, sourceLocation: sourceLocation)
      #expect(ours.error == theirs.error, label, sourceLocation: sourceLocation)
    }
  }

  private func said(
    _ arguments: [String], in network: ScanNetwork, input: [UInt8]
  ) throws -> (theirs: Said, ours: Said) {
    let said = try [[Self.original], [crimpPath, "arp-scan"]].map { program in
      let run = try runTool(
        "ip", ["netns", "exec", network.namespace("scanner")] + program + arguments, input: input,
        environment: ["LC_ALL": "C"])
      return Said(
        status: run.status, output: Self.masked(run.outputText), error: Self.masked(run.errorText))
    }
    return (said[0], said[1])
  }

  @Test func printsWhatTheOriginalPrints() throws {
    let network = try ScanNetwork()
    for arguments in [
      ["-I", "eth0", "192.0.2.0/29"], ["192.0.2.2"], ["-x", "192.0.2.2-192.0.2.4"],
      ["-q", "192.0.2.2", "192.0.2.3"], ["-x", "-D", "192.0.2.3"], ["-g", "-q", "-x", "192.0.2.2"],
      ["-x", "192.0.2.0:255.255.255.248"], ["-x", "192.0.2.2/29"], ["-R", "-x", "192.0.2.0/28"],
      ["-N", "nobody", "192.0.2.2"], ["-B", "1M", "-r", "1", "-t", "50", "192.0.2.0/28"],
      ["-i", "100u", "-r", "3", "-t", "20", "-b", "2", "192.0.2.3"],
      ["-M", "1", "-x", "192.0.2.2"],
      ["-M", "3", "-x", "-t", "20", "192.0.2.2", "192.0.2.99"],
      ["-q", "-x", "-t", "20", "192.0.2.99"],
      ["-F", "${ip;-16}|${MAC}|${vendor;30}\\t.", "-x", "192.0.2.3"],
      ["-F", "${dup} ${nothing}", "-x", "192.0.2.2"], ["-q", "-F", "${vendor}", "-x", "192.0.2.2"],
      ["-s", "192.0.2.77", "-x", "192.0.2.2"], ["-s", "dest", "-t", "20", "192.0.2.2"],
      ["-O", "/nowhere", "-x", "192.0.2.2"], ["-x", "-v", "-r", "2", "-t", "20", "192.0.2.98"],
      ["-a", "6", "-T", "02:00:00:00:00:0b", "-x", "192.0.2.2"],
    ] {
      try compare(arguments, in: network)
    }
    try compare(
      ["-f", "-", "-x"], in: network, input: Array("192.0.2.2\n# no\n192.0.2.3 x\n".utf8))
  }

  @Test func complainsAsTheOriginalDoes() throws {
    let network = try ScanNetwork()
    for arguments in [
      [], ["192.0.2.0/33"], ["192.0.2.0/2"], ["-N", "nobody"], ["-I", "no-link", "192.0.2.2"],
      ["-I", "lo", "192.0.2.2"], ["-B", "10k", "-i", "5", "192.0.2.2"], ["-l", "192.0.2.2"],
      ["-l", "-f", "x"], ["-f", "/nowhere"], ["-s", "bad", "192.0.2.2"],
      ["-S", "1:2", "192.0.2.2"],
      ["-i", "2x", "192.0.2.2"], ["-B", "abc", "192.0.2.2"], ["-r", "abc", "192.0.2.2"],
      ["-x", "192.0.2.4-192.0.2.2"], ["-F", "${ip", "192.0.2.2"],
      ["-W", "/nowhere/x", "192.0.2.2"],
    ] {
      try compare(arguments, in: network)
    }
    try network.configure("scanner", "addr", "del", "192.0.2.1/24", "dev", "eth0")
    try compare(["192.0.2.2"], in: network)
    try compare(["-I", "eth0", "-l"], in: network)
    try network.configure("scanner", "link", "set", "eth0", "down")
    try compare(["-I", "eth0", "192.0.2.2"], in: network)
  }

  /// Which of two stations answers first is theirs to say; that both do is told by both programs.
  @Test func flagsDuplicatesInItsOwnNetwork() throws {
    let network = try ScanNetwork()
    for program in [[Self.original], [crimpPath, "arp-scan"]] {
      let run = try runTool(
        "ip",
        ["netns", "exec", network.namespace("scanner")] + program
          + ["-l", "-r", "1", "-t", "2000"])
      let twice = run.outputLines.filter { $0.hasPrefix("192.0.2.9\t") }
      #expect(twice.count == 2 && twice.last?.hasSuffix(" (DUP: 2)") == true, "\(program)")
      #expect(run.outputLines.last?.hasSuffix("3 responded") == true)
      // Four answers; the kernels on the wire may ask for the scanner at that moment too.
      let heard = run.outputLines.first {
        $0.hasSuffix(" packets received by filter, 0 packets dropped by kernel")
      }
      #expect(
        (heard?.split(separator: " ").first.flatMap { Int($0) } ?? 0) >= 4, "\(run.outputLines)")
      #expect(run.outputLines.contains { $0.hasSuffix("HSRP (last octet is group number)") })
    }
  }

  @Test func sendsWhatTheOriginalSends() throws {
    let network = try ScanNetwork()
    let tap = try network.tap("one")
    for arguments in [
      ["192.0.2.2"], ["-Q", "5", "192.0.2.2"],
      [
        "-s", "dest", "-S", "02:11:22:33:44:55", "-T", "02:00:00:00:00:0b", "-u",
        "02:99:99:99:99:99", "-w", "02:00:00:00:00:0c", "-A", "0102", "192.0.2.2",
      ],
      ["-H", "6", "-p", "0x0900", "-a", "8", "-P", "6", "-o", "3", "192.0.2.2"],
      ["-s", "192.0.2.77", "192.0.2.2"], ["-y", "0x0806", "-s", "0.0.0.0", "192.0.2.2"],
    ] {
      let (theirs, ours) = try frames(of: arguments, network, tap)
      #expect(theirs == ours && theirs.count == 1, "\(arguments): \(theirs) \(ours)")
    }
  }

  /// In the length field of IEEE 802.3 the original has the length of the whole frame; there belongs that
  /// of the data, and a strict receiver drops a frame that promises more than it has.
  @Test func sendsTheLengthOfTheData() throws {
    let network = try ScanNetwork()
    let tap = try network.tap("one")
    for (arguments, offset) in [(["-L", "192.0.2.2"], 12), (["-L", "-Q", "9", "192.0.2.2"], 16)] {
      var (theirs, ours) = try frames(of: arguments, network, tap)
      try #require(theirs.count == 1 && ours.count == 1, "\(arguments): \(theirs) \(ours)")
      #expect(ours[0][offset...(offset + 1)] == [0, UInt8(ours[0].count - offset - 2)])
      theirs[0][offset + 1] = 0
      ours[0][offset + 1] = 0
      #expect(theirs == ours)
    }
  }

  /// What the original and we send to the tap for these arguments.
  private func frames(
    of arguments: [String], _ network: ScanNetwork, _ tap: PacketSocketLink
  ) throws -> (theirs: [[UInt8]], ours: [[UInt8]]) {
    let sent = try [[Self.original], [crimpPath, "arp-scan"]].map { program in
      _ = try network.heard(at: tap)
      _ = try runTool(
        "ip",
        ["netns", "exec", network.namespace("scanner")] + program + ["-r", "1", "-t", "50", "-x"]
          + arguments)
      return try network.heard(at: tap)
    }
    return (sent[0], sent[1])
  }

  @Test func savesTheAnswers() throws {
    let network = try ScanNetwork()
    try withTemporaryDirectory { directory in
      let path = "\(directory)/answers.pcap"
      _ = try network.run(crimpPath, "arp-scan", "-x", "-W", path, "192.0.2.2", "192.0.2.3")
      let shown = try runTool("tcpdump", ["-nr", path])
      #expect(shown.outputLines.count == 2)
      #expect(shown.outputText.contains("Reply 192.0.2.2 is-at 02:00:00:00:00:0b"))
      #expect(try readFile(path).prefix(4) == [0xd4, 0xc3, 0xb2, 0xa1])
    }
  }
}
