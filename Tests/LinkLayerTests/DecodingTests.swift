import CaptureFile
import LinkLayer
import Support
import Testing

/// Every value of the library, judged by two programs that know nothing of it.
@Suite("Every format") struct DecodingTests {
  /// What either program finds wrong, by the number of the frame in the file.
  private typealias Complaints = [Int: String]

  @Test("is decoded by tshark without a warning")
  func tshark() throws {
    try withCapture(of: EveryFormat.ethernet, .ethernet) { path in
      try judge(EveryFormat.ethernet, Self.tsharkComplaints(path))
    }
  }

  @Test("is decoded by tcpdump without a complaint")
  func tcpdump() throws {
    try withCapture(of: EveryFormat.ethernet, .ethernet) { path in
      try judge(EveryFormat.ethernet, Self.tcpdumpComplaints(path), reads: "tcpdump")
    }
  }

  /// A value that is new must be judged too: each has its name among the samples.
  @Test("is among them")
  func complete() throws {
    var samples = ""
    for name in ["Format", "DiscoveryFormat", "InternetFormat"] {
      let text = try Fixture.file("Tests/LinkLayerTests/Every\(name).swift")
      samples += String(decoding: text, as: UTF8.self)
    }
    // What stands before frames of InfiniBand, which no sample says by its name.
    samples = samples.replacing("framing: .ipoib", with: "IPoIBHeader")
    let values = try sources().flatMap { source in
      source.text.matches(of: #/(?m)^public (?:struct|enum) (\w+): WireValue/#).map { String($0.1) }
    }
    #expect(values.count >= 15)
    for value in values { #expect(samples.contains(value), "\(value)") }
  }

  /// Capture files have the sender's part of a global routing header before what a link has.
  @Test("on InfiniBand is decoded by both")
  func infiniBand() throws {
    let samples = EveryFormat.infiniBand.map {
      Sample($0.name, [UInt8](repeating: 0, count: 20) + $0.bytes)
    }
    try withCapture(of: samples, .ipOverInfiniBand) { path in
      try judge(samples, Self.tsharkComplaints(path))
      try judge(samples, Self.tcpdumpComplaints(path), reads: "tcpdump")
      let run = try runTool("tshark", ["-n", "-r", path, "-T", "fields", "-e", "frame.protocols"])
      #expect(run.outputLines.map { $0.split(separator: ":").last } == ["arp", "icmpv6"])
    }
  }

  @Test("is read without an error by what wrote it")
  func parses() throws {
    for sample in EveryFormat.ethernet {
      let error = wireError { () throws(WireError) in
        _ = try LinkFrame(parsing: sample.bytes.rawBytes, framing: .ethernet)
      }
      #expect(error == nil, "\(sample.name)")
    }
  }

  @Test("and a frame that is wrong is complained about: the judges do judge")
  func judgesJudge() throws {
    var wrong = try #require(EveryFormat.icmp.first).bytes
    wrong[wrong.count - 1] ^= 1
    let cut = Array(try #require(EveryFormat.ndp.last).bytes.prefix(60))
    let samples = [Sample("checksum", wrong), Sample("cut", cut)]
    try withCapture(of: samples, .ethernet) { path in
      let tshark = try Self.tsharkComplaints(path)
      #expect(tshark.keys.sorted() == [0, 1])
      let tcpdump = try Self.tcpdumpComplaints(path)
      #expect(tcpdump.keys.sorted() == [0, 1])
    }
  }

  /// Complaints are errors, but for the remark that a sample is told to get: that must come.
  private func judge(
    _ samples: [Sample], _ complaints: Complaints, reads program: String = "tshark"
  ) throws {
    for (number, sample) in samples.enumerated() {
      let complaint = complaints[number]
      guard let remark = sample.remark, program == "tshark" else {
        #expect(complaint == nil, "\(sample.name)")
        continue
      }
      #expect(complaint?.contains(remark.text) == true, "\(sample.name): \(remark.why)")
    }
  }

  /// Warnings, errors, malformed packets, and checksums that tshark does not find right.
  private static func tsharkComplaints(_ path: String) throws -> Complaints {
    let checks = ["ip", "tcp", "udp"].flatMap { ["-o", "\($0).check_checksum:TRUE"] }
    let sums = ["ip", "icmp", "icmpv6", "tcp", "udp"].map { "\($0).checksum.status == 0" }
    let run = try runTool(
      "tshark",
      checks + [
        "-n", "-r", path, "-Y",
        "_ws.malformed || _ws.expert.severity >= 0x600000 || " + sums.joined(separator: " || "),
        "-T", "fields", "-e", "frame.number", "-e", "_ws.expert.message",
      ])
    try #require(run.status == 0, "\(run.errorText)")
    var complaints: Complaints = [:]
    for line in run.outputText.split(separator: "\n") {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      let number = try #require(Int(fields[0]))
      complaints[number - 1] = fields.count > 1 ? String(fields[1]) : "a checksum"
    }
    return complaints
  }

  /// The words in which tcpdump says that bytes are missing, wrong or not understood.
  /// ("unknown" is not among them: that is tcpdump's own list of names.)
  private static let words = [
    "[|", "[bad ", "bad cksum", "invalid", "incorrect", "wrong", "truncated", "malformed",
    "illegal",
    "bogus", "bad-", "missing",
  ]

  private static func tcpdumpComplaints(_ path: String) throws -> Complaints {
    let run = try runTool("tcpdump", ["-#", "-tnvvv", "-r", path])
    try #require(run.status == 0, "\(run.errorText)")
    var complaints: Complaints = [:]
    var number = -1
    for line in run.outputText.split(separator: "\n") {
      if let match = line.firstMatch(of: #/^ *([0-9]+)  \S/#) {
        number = (Int(match.1) ?? 0) - 1
      }
      if words.contains(where: { line.lowercased().contains($0) }) {
        complaints[number] = String(line)
      }
    }
    return complaints
  }

  private func withCapture(
    of samples: [Sample], _ type: LinkType, _ body: (String) throws -> Void
  ) throws {
    var output: [UInt8] = []
    var writer = PcapngWriter()
    try writer.appendSection(to: &output)
    try writer.appendInterface(CaptureInterface(linkType: type), to: &output)
    for (number, sample) in samples.enumerated() {
      try writer.append(
        sample.bytes.rawBytes, at: CaptureTimestamp(seconds: Int64(number), nanoseconds: 0),
        comments: [sample.name], to: &output)
    }
    try withTemporaryDirectory { directory in
      let path = "\(directory)/every-format.pcapng"
      try writeFile(path, output)
      try body(path)
    }
  }
}
