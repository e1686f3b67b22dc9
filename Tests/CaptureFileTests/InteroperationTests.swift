import CaptureFile
import Support
import Testing

/// Files of ours in other programs, and theirs in our readers.
@Suite struct InteroperationTests {
  /// Frames of an unassigned EtherType, some cut, at times that microseconds can say.
  private func frames(count: Int, seed: UInt64) -> [CapturedFrame] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { number in
      let kept = Int.random(in: 14...200, using: &generator)
      var bytes = (0..<kept).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
      bytes[12...13] = [0x88, 0xb5]
      let time = CaptureTimestamp(
        seconds: 1_700_000_000 + Int64(number),
        nanoseconds: .random(in: 0..<1_000_000, using: &generator) * 1000)
      return CapturedFrame(
        bytes: bytes, timestamp: time,
        originalLength: Bool.random(using: &generator) ? kept : kept + 7)
    }
  }

  private func pcap(_ frames: [CapturedFrame], _ writer: PcapWriter) throws -> [UInt8] {
    var file: [UInt8] = []
    writer.appendHeader(to: &file)
    for frame in frames {
      try writer.append(
        frame.bytes.span.bytes, at: try #require(frame.timestamp),
        originalLength: frame.originalLength, to: &file)
    }
    return file
  }

  // MARK: Ours in theirs

  @Test(arguments: [ByteOrder.little, .big], [true, false])
  func pcapInTsharkTcpdumpAndCapinfos(order: ByteOrder, hasNanoseconds: Bool) throws {
    let frames = frames(count: 20, seed: 1)
    let writer = PcapWriter(
      linkType: .ethernet, snapLength: 9000, frameCheckSequenceLength: nil,
      hasNanoseconds: hasNanoseconds, byteOrder: order)
    try withTemporaryDirectory { directory in
      let path = "\(directory)/ours.pcap"
      try writeFile(path, try pcap(frames, writer))
      #expect(try TsharkFrame.frames(of: path) == frames.map(TsharkFrame.init))
      #expect(try tcpdumpTimes(path) == frames.map { TsharkFrame($0).time })
      let table = try capinfos(path)
      #expect(table["File encapsulation"] == "ether")
      #expect(table["Packet size limit"] == "9000")
      #expect(table["Number of packets"] == "20")
      #expect(table["Data size (bytes)"] == "\(frames.reduce(0) { $0 + $1.originalLength })")
    }
  }

  @Test(arguments: [ByteOrder.little, .big])
  func pcapngInTsharkTcpdumpAndCapinfos(order: ByteOrder) throws {
    var frames = frames(count: 20, seed: 2)
    frames[0].comments = ["first", "größer"]
    frames[1].flags = FrameFlags(.inbound)
    frames[2].flags = FrameFlags(.outbound)
    for number in frames.indices { frames[number].interfaceIndex = number % 2 }
    var eth0 = CaptureInterface(
      linkType: .ethernet, name: "eth0", hardwareAddress: [2, 0, 0, 0, 0, 1])
    eth0.description = "to the switch"
    eth0.filter = "arp"
    eth0.speed = 1_000_000_000
    eth0.operatingSystem = "Linux"
    let veth = CaptureInterface(
      linkType: .ethernet, name: "veth7", timestampResolution: .binary(30))

    var writer = PcapngWriter(byteOrder: order)
    var file: [UInt8] = []
    try writer.appendSection(
      SectionInformation(
        hardware: "a machine", operatingSystem: "Linux", application: "crimp",
        comments: ["of a failover"]), to: &file)
    try writer.appendInterface(eth0, to: &file)
    try writer.appendInterface(veth, to: &file)
    for frame in frames { try writer.append(frame, to: &file) }
    var statistics = InterfaceStatistics(timestamp: CaptureTimestamp(seconds: 9, nanoseconds: 0))
    statistics.received = 20
    try writer.append(statistics, interface: 1, to: &file)

    try withTemporaryDirectory { directory in
      let path = "\(directory)/ours.pcapng"
      try writeFile(path, file)
      #expect(try TsharkFrame.frames(of: path) == frames.map(TsharkFrame.init))
      #expect(try tcpdumpTimes(path) == frames.map { TsharkFrame($0).time })
      #expect(
        try tsharkFields(path, ["frame.interface_name", "frame.packet_flags_direction"])
          == frames.map {
            [$0.interfaceIndex == 0 ? "eth0" : "veth7"] + direction($0.flags.rawValue)
          })

      let report = try runTool("capinfos", [path]).outputText
      for line in [
        "Number of packets:   20", "Capture hardware:    a machine", "Capture oper-sys:    Linux",
        "Capture application: crimp", "Capture comment:     of a failover", "Name = eth0",
        "Description = to the switch", "Filter string = arp", "Speed = 1000000000",
        "Time resolution = 0x09", "Name = veth7", "Time resolution = 0x9e",
        "Number of stat entries = 1",
      ] {
        #expect(report.contains(line), "\(line)")
      }
    }
  }

  /// A file of ours that was cut where a block ends is a good file to others.
  @Test func pcapngCutAtAnyBlockIsRead() throws {
    let frames = frames(count: 5, seed: 3)
    var writer = PcapngWriter()
    var file: [UInt8] = []
    try writer.appendSection(to: &file)
    try writer.appendInterface(CaptureInterface(linkType: .ethernet, name: "eth0"), to: &file)
    try withTemporaryDirectory { directory in
      for (number, frame) in frames.enumerated() {
        try writer.append(frame, to: &file)
        let path = "\(directory)/cut-\(number).pcapng"
        try writeFile(path, file)
        #expect(try TsharkFrame.frames(of: path).count == number + 1)
      }
    }
  }

  // MARK: Theirs in ours

  /// What each program makes of a file of ours reads back as the same frames.
  @Test(arguments: [
    ["tcpdump", "-r", "IN", "-w", "OUT"],
    ["tcpdump", "-r", "IN", "--nano", "-w", "OUT"],
    ["editcap", "-F", "pcap", "IN", "OUT"],
    ["editcap", "-F", "nsecpcap", "IN", "OUT"],
    ["editcap", "-F", "modpcap", "IN", "OUT"],
    ["editcap", "-F", "pcapng", "IN", "OUT"],
    ["mergecap", "-F", "pcapng", "-w", "OUT", "IN"],
    ["tshark", "-r", "IN", "-w", "OUT"],
  ])
  func readsFilesOf(command: [String]) throws {
    let frames = frames(count: 30, seed: 4)
    try withTemporaryDirectory { directory in
      let (original, made) = ("\(directory)/in", "\(directory)/out")
      try writeFile(original, try pcap(frames, PcapWriter(linkType: .ethernet, byteOrder: .big)))
      let arguments = command.dropFirst().map {
        $0 == "IN" ? original : $0 == "OUT" ? made : $0
      }
      let run = try runTool(command[0], Array(arguments))
      #expect(run.status == 0, "\(run.errorText)")
      let read = try readWhole(try readFile(made))
      #expect(read.error == nil)
      #expect(read.interfaces.map(\.linkType) == [.ethernet])
      // The direction is what `modpcap` makes up.
      #expect(read.frames.map(TsharkFrame.init) == frames.map(TsharkFrame.init))
      #expect(read.frames.map(\.bytes) == frames.map(\.bytes))
    }
  }

  /// Nanoseconds survive where the format has them.
  @Test(arguments: ["nsecpcap", "pcapng"])
  func readsNanosecondsOf(format: String) throws {
    var frame = frames(count: 1, seed: 5)[0]
    frame.timestamp = CaptureTimestamp(seconds: 1_700_000_000, nanoseconds: 123_456_789)
    try withTemporaryDirectory { directory in
      let (original, made) = ("\(directory)/in", "\(directory)/out")
      try writeFile(original, try pcap([frame], PcapWriter(linkType: .ethernet)))
      #expect(try runTool("editcap", ["-F", format, original, made]).status == 0)
      #expect(try readWhole(try readFile(made)).frames == [frame])
    }
  }

  /// dumpcap captures from its standard input as it does from an interface.
  @Test(arguments: ["-n", "-P"])
  func readsFilesOfDumpcap(option: String) throws {
    let frames = frames(count: 30, seed: 6)
    try withTemporaryDirectory { directory in
      let made = "\(directory)/out"
      let writer = PcapWriter(linkType: .ethernet, hasNanoseconds: false)
      let run = try runTool(
        "dumpcap", ["-q", option, "-i", "-", "-w", made], input: try pcap(frames, writer))
      #expect(run.status == 0, "\(run.errorText)")
      let read = try readWhole(try readFile(made))
      #expect(read.error == nil)
      #expect(read.frames == frames)
      guard option == "-n" else { return }
      #expect(read.interfaces.map(\.name) == ["-"])
      #expect(read.sections.first?.application?.hasPrefix("Dumpcap") == true)
    }
  }

  /// Comments that editcap puts on a frame and on the section.
  @Test func readsCommentsOfEditcap() throws {
    let frames = frames(count: 2, seed: 7)
    try withTemporaryDirectory { directory in
      let (original, made) = ("\(directory)/in", "\(directory)/out")
      try writeFile(original, try pcap(frames, PcapWriter(linkType: .ethernet)))
      let run = try runTool(
        "editcap",
        ["-a", "2:the second", "--capture-comment", "of a failover", original, made])
      #expect(run.status == 0, "\(run.errorText)")
      let read = try readWhole(try readFile(made))
      #expect(read.frames.map(\.comments) == [[], ["the second"]])
      #expect(read.sections.first?.comments == ["of a failover"])
    }
  }

  /// Interfaces of several files that mergecap puts into one.
  @Test func readsInterfacesOfMergecap() throws {
    let frames = frames(count: 2, seed: 8)
    try withTemporaryDirectory { directory in
      for name in ["one", "two"] {
        var writer = PcapngWriter(byteOrder: name == "one" ? .little : .big)
        var file: [UInt8] = []
        try writer.appendSection(to: &file)
        try writer.appendInterface(CaptureInterface(linkType: .ethernet, name: name), to: &file)
        for frame in frames { try writer.append(frame, to: &file) }
        try writeFile("\(directory)/\(name)", file)
      }
      let made = "\(directory)/out"
      let run = try runTool(
        "mergecap", ["-I", "none", "-w", made, "\(directory)/one", "\(directory)/two"])
      #expect(run.status == 0, "\(run.errorText)")
      let read = try readWhole(try readFile(made))
      #expect(read.interfaces.map(\.name) == ["one", "two"])
      #expect(read.frames.map(\.interfaceIndex).sorted() == [0, 0, 1, 1])
    }
  }

  // MARK: Helpers

  /// tshark's word for the direction bits of the flags; nothing when there are no flags.
  private func direction(_ flags: UInt32) -> [String] {
    flags == 0 ? [""] : ["0x0000000\(flags & 3)"]
  }

  private func tsharkFields(_ path: String, _ fields: [String]) throws -> [[String]] {
    let run = try runTool(
      "tshark", ["-r", path, "-n", "-T", "fields"] + fields.flatMap { ["-e", $0] })
    try #require(run.status == 0, "\(run.errorText)")
    return run.outputLines.map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }

  /// The time of each frame, nine digits after the point.
  private func tcpdumpTimes(_ path: String) throws -> [String] {
    let run = try runTool("tcpdump", ["-r", path, "-nn", "-tt", "-q", "--nano"])
    try #require(run.status == 0, "\(run.errorText)")
    // The lines of a frame's bytes begin with a tabulator.
    return run.outputLines.filter { !$0.hasPrefix("\t") }.map { String($0.prefix { $0 != " " }) }
  }

  /// The one row of capinfos' table, by the names of its columns.
  private func capinfos(_ path: String) throws -> [String: String] {
    let lines = try runTool("capinfos", ["-T", "-M", "-E", "-l", "-c", "-d", "-t", path])
      .outputLines
    try #require(lines.count == 2)
    let rows = lines.map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    return Dictionary(zip(rows[0], rows[1])) { first, _ in first }
  }
}
