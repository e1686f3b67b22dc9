import CaptureFile
import Glibc
import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// `crimp craft`, what it makes judged by tshark.
@Suite("crimp craft", .serialized, .sharedLaboratory)
struct CraftTests {
  /// A frame as text, a display filter of tshark's that it must match, and its length.
  static let frames: [(String, String, Int)] = [
    (
      "eth / arp spa=192.0.2.1 tpa=192.0.2.2", "arp.opcode == 1 && arp.dst.proto_ipv4 == 192.0.2.2",
      42
    ),
    ("eth / arp reply spa=192.0.2.1 tha=02:00:00:00:00:09 tpa=192.0.2.2", "arp.opcode == 2", 42),
    (
      "eth type=0x88a8 / vlan id=7 / vlan id=8 pcp=5 / arp spa=192.0.2.1 tpa=192.0.2.1",
      "ieee8021ad && vlan.id == 8 && vlan.priority == 5 && arp", 50
    ),
    (
      "eth / vlan id=100 / ip src=192.0.2.1 dst=192.0.2.2 tos=0xb8 df / udp dport=4711 / data hex=0001",
      "vlan.id == 100 && ip.flags.df == 1 && udp.dstport == 4711 && udp.checksum.status == 1", 48
    ),
    (
      "eth / ip src=192.0.2.1 dst=192.0.2.2 options=94040000"
        + " / tcp dport=80 flags=syn,ece seq=77 options=020405b4",
      "tcp.flags.syn == 1 && tcp.flags.ece == 1 && tcp.options.mss_val == 1460 && ip.opt.ra"
        + " && tcp.checksum.status == 1", 62
    ),
    (
      "eth / ip src=192.0.2.1 dst=192.0.2.2 / icmp echo-request id=9 seq=3 / data text=\"abcdef\"",
      "icmp.type == 8 && icmp.seq == 3 && icmp.checksum.status == 1", 48
    ),
    (
      "eth / ip src=192.0.2.2 dst=192.0.2.1 / icmp unreachable code=3 / ip src=192.0.2.1"
        + " dst=192.0.2.2 / udp sport=5 dport=6",
      "icmp.type == 3 && icmp.code == 3 && icmp.checksum.status == 1 && udp.dstport == 6", 70
    ),
    (
      "eth / ip6 src=fe80::1 dst=fe80::2 class=0x10 flow=0x12345 / icmp6 echo-request id=1 seq=2",
      "icmpv6.type == 128 && icmpv6.checksum.status == 1 && ipv6.flow == 0x12345", 62
    ),
    (
      "eth / ip6 src=fe80::1 dst=ff02::1:ff00:2 / ns target=fe80::2 / sll",
      "icmpv6.type == 135 && icmpv6.checksum.status == 1 && icmpv6.opt.linkaddr", 86
    ),
    (
      "eth / ip6 src=fe80::2 dst=fe80::1 / na solicited override target=fe80::2 / tll",
      "icmpv6.type == 136 && icmpv6.nd.na.flag.s == 1 && icmpv6.checksum.status == 1", 86
    ),
    (
      "eth / ip6 src=fe80::2 dst=ff02::2 / rs / sll",
      "icmpv6.type == 133 && icmpv6.checksum.status == 1", 70
    ),
    (
      "eth / ip6 src=fe80::2 dst=ff02::1 / ra lifetime=60 managed / sll / mtu bytes=1400"
        + " / prefix onlink auto address=2001:db8::",
      "icmpv6.type == 134 && icmpv6.opt.mtu == 1400 && icmpv6.opt.prefix == 2001:db8::"
        + " && icmpv6.checksum.status == 1", 118
    ),
    (
      "eth / ip6 src=2001:db8::1 dst=2001:db8::2 / udp dport=9 / data zeros=3",
      "udp.checksum.status == 1 && udp.length == 11", 65
    ),
    (
      "eth / ip6 src=2001:db8::1 dst=2001:db8::2 / tcp dport=443 flags=psh,ack ackno=1 / data ff",
      "tcp.checksum.status == 1 && tcp.len == 1", 75
    ),
    (
      "eth dst=01:80:c2:00:00:00 / llc"
        + " / data hex=000000000080000200000000010000000080000200000000018001000014000200 0f00",
      "stp", 52
    ),
    ("eth / llc / snap / ip src=192.0.2.1 dst=192.0.2.2 / udp", "llc.type == 0x0800 && udp", 50),
    ("eth / data text=\"local experiment\"", "eth.type == 0x88b5", 30),
  ]

  /// All of them made by one run, and judged by one: tshark takes half a second to start.
  private struct Judgements {
    var frames: [[UInt8]]
    /// The numbers of the frames that match their filters, with tshark's length of each.
    var matches: Set<String>
    /// The numbers of those of which tshark complains, with the protocols that it sees.
    var complaints: [String]
    /// As `decode --craft` tells them.
    var texts: [String]
    /// What craft makes of these texts, as JSON.
    var again: [String]

    init() throws {
      let texts = CraftTests.frames.map { $0.0 }.joined(separator: "\n")
      (frames, matches, complaints, self.texts, again) = try withTemporaryDirectory { directory in
        let path = "\(directory)/crafted.pcapng"
        let run = try runCrimp(["craft", "-w", path, "--file", "-"], input: Array(texts.utf8))
        try #require(run.status == 0, "\(run.errorText)")
        let own = CraftTests.frames.enumerated().map { number, row in
          "(frame.number == \(number + 1) && (\(row.1)))"
        }
        let told = try runCrimp(["decode", "--craft", path])
        let again = try runCrimp(["craft", "--json", "--file", "-"], input: told.output)
        try #require(told.status == 0 && again.status == 0, "\(again.errorText)")
        return (
          try ReadCapture(path).frames.map(\.bytes),
          Set(try Self.tshark(path, own.joined(separator: " || "), "frame.len")),
          try Self.tshark(
            path, "_ws.malformed || ip.checksum.status == 0 || _ws.expert.severity >= 8388608",
            "frame.protocols"), told.outputLines, again.outputLines
        )
      }
    }

    /// The number of each frame that matches, and what tshark says in this field.
    private static func tshark(_ path: String, _ filter: String, _ field: String) throws -> [String]
    {
      let checks = ["ip", "udp", "tcp"].flatMap { ["-o", "\($0).check_checksum:TRUE"] }
      let run = try runTool(
        "tshark",
        ["-n", "-r", path] + checks
          + ["-Y", filter, "-T", "fields", "-e", "frame.number", "-e", field])
      try #require(run.status == 0, "\(run.errorText)")
      return run.outputLines
    }
  }

  private static let judgements = Result { try Judgements() }

  @Test("makes frames of which tshark has nothing to complain", arguments: frames.indices)
  func judged(index: Int) throws {
    let (text, _, length) = Self.frames[index]
    let judgements = try Self.judgements.get()
    try #require(judgements.frames.count == Self.frames.count)
    let frame = judgements.frames[index]
    #expect(frame.count == length)
    #expect(judgements.matches.contains("\(index + 1)\t\(length)"), "\(text)")
    #expect(!judgements.complaints.contains { $0.hasPrefix("\(index + 1)\t") }, "\(text)")
    // decode --craft tells it so that craft makes the same bytes again.
    try #require(judgements.again.count == Self.frames.count)
    let hex = frame.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(
      judgements.again[index].contains("\"hex\":\"\(hex)\""), "\(judgements.texts[index])")
  }

  @Test("reads what decode -x shows, files of text, and standard input")
  func inputs() throws {
    try withTemporaryDirectory { directory in
      let text =
        "eth / ip src=192.0.2.1 dst=192.0.2.2 / udp dport=53 / data text=\"deadbeef face cafe\""
      let first = try runCrimp(["craft", text])
      #expect(first.status == 0)
      try writeFile("\(directory)/frames.txt", Array("# two\n\n\(text)\n  \(text)\n".utf8))
      let both = try runCrimp(["craft", "--file", "\(directory)/frames.txt"])
      #expect(both.outputText == first.outputText + first.outputText)
      let piped = try runCrimp(["craft", "--from", "-"], input: both.output)
      #expect(piped.outputText == both.outputText)
      let path = "\(directory)/two.pcap"
      #expect(try runCrimp(["craft", "--from", "-", "-w", path], input: both.output).status == 0)
      let shown = try runCrimp(["decode", "-x", "-t", "none", path])
      // The lines of text between the dumps are no part of them.
      let dumps = shown.outputText.split(separator: "\n").filter { $0.hasPrefix("    ") }
        .joined(separator: "\n")
      let dumped = try runCrimp(["craft", "--from", "-"], input: Array(dumps.utf8))
      #expect(dumped.outputText == both.outputText, "\(dumps)")
    }
  }

  /// As `xxd -p` and `xxd | cut` leave them, and a virtual router's address begins with zeros.
  @Test("takes no group of four digits for an offset")
  func groups() throws {
    let bytes = "00005e0001010200000000018 8b56869".filter { $0 != " " }
    var (groups, pairs) = ("", "")
    for (index, digit) in bytes.enumerated() {
      groups += (index % 4 == 0 && index > 0 ? " " : "") + String(digit)
      pairs += (index % 2 == 0 && index > 0 ? " " : "") + String(digit)
    }
    let runs = try [groups, pairs].map {
      try runCrimp(["craft", "--from", "-"], input: Array("\($0)\n".utf8))
    }
    #expect(runs.allSatisfy { $0.status == 0 } && runs[0].outputText == runs[1].outputText)
  }

  @Test("sends what it made, as often as asked, from the interface's own addresses")
  func sending() throws {
    try withSharedNetwork { network in
      try withTemporaryDirectory { directory in
        let path = "\(directory)/seen.pcapng"
        let capture = try network.client.startCapture(
          ["capture", "-i", "eth0", "-w", path, "-c", "203", "arp or udp port 4711"])
        let run = try network.ownerB.crimp(
          "craft", "-i", "eth0", "-c", "3", "--interval", "0.02", "--pad",
          "eth / arp tpa=192.0.2.222")
        #expect(run.status == 0, "\(run.errorText)")
        #expect(run.errorText.contains("3 frames sent on eth0"))
        let quick = try network.ownerB.crimp(
          "craft", "-i", "eth0", "-c", "200", "--interval", "0",
          "eth dst=ff:ff:ff:ff:ff:ff / ip dst=192.0.2.255 / udp dport=4711")
        #expect(quick.status == 0, "\(quick.errorText)")
        let own = try network.ownerB.interface().hardwareAddress.bytes
        #expect(try capture.end().status == 0)
        let frames = try ReadCapture(path).frames.map(\.bytes)
        let requests = frames.filter { $0[13] == 6 }
        #expect(requests.count == 3)
        #expect(requests.allSatisfy { $0.count == 60 && Array($0[6..<12]) == own })
        // The first address of this host in the laboratory.
        #expect(requests.allSatisfy { Array($0[28..<32]) == [192, 0, 2, 3] })
        #expect(frames.filter { $0[13] == 0 }.count == 200)
      }
    }
  }

  @Test("asks for a station that nothing tells, and finds a neighbour's")
  func stations() throws {
    try withSharedNetwork { network in
      let text = "eth / ip dst=192.0.2.1 / icmp"
      let unknown = try network.ownerB.crimp("craft", "-i", "eth0", text)
      #expect(unknown.status == 69)
      #expect(unknown.errorText.contains("eth dst="), "\(unknown.errorText)")
      _ = try network.ownerB.run { try runTool("ping", ["-c", "1", "-W", "2", "192.0.2.1"]) }
      let known = try network.ownerB.crimp("craft", "-i", "eth0", "--json", text)
      #expect(known.status == 0, "\(known.errorText)")
      let mac = try network.client.interface().hardwareAddress
      #expect(known.outputText.contains("dst=\(mac)"), "\(known.outputText)")
    }
  }

  static let refused: [([String], Int32, String)] = [
    ([], 64, "text: expected a frame"), (["eth / arq"], 64, "no layer is called arq"),
    (["eth / arp tpa=192.0.2.1"], 64, "arp: expected spa="),
    (["-c", "0", "eth"], 64, "--count: expected 1 or more"),
    (["--interval", "-1", "eth"], 64, "--interval"),
    (["--from", "/nowhere.hex"], 66, "/nowhere.hex"), (["-i", "absent0", "eth"], 69, "absent0"),
    (["-w", "/nowhere/x.pcap", "eth"], 74, "/nowhere/x.pcap"),
  ]

  @Test("refuses what cannot be, in one line", arguments: refused)
  func refusal(arguments: [String], status: Int32, words: String) throws {
    let run = try runCrimp(["craft"] + arguments)
    #expect(run.status == status, "\(run.errorText)")
    #expect(run.errorText.contains(words), "\(run.errorText)")
    #expect(run.errorText.split(separator: "\n").count == 1)
  }

  @Test("tells the line of a file that it cannot read")
  func fileLines() throws {
    try withTemporaryDirectory { directory in
      try writeFile("\(directory)/f.txt", Array("eth / data ff\n\neth / nonsense\n".utf8))
      let text = try runCrimp(["craft", "--file", "\(directory)/f.txt"])
      #expect(text.status == 64)
      #expect(text.errorText.contains("f.txt, line 3: no layer is called nonsense"))
      try writeFile("\(directory)/f.hex", Array("ff ff\nzz\n".utf8))
      let hex = try runCrimp(["craft", "--from", "\(directory)/f.hex"])
      #expect(hex.status == 66)
      #expect(hex.errorText.contains("f.hex, line 2: zz"), "\(hex.errorText)")
    }
  }
}
