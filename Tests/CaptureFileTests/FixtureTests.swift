import CaptureFile
import Support
import Testing

/// The handmade files in Fixtures/captures, against what tshark reads in them.
@Suite struct FixtureTests {
  static let names = [
    "pcap-us-le.pcap", "pcap-us-be.pcap", "pcap-ns-le.pcap", "pcap-ns-be.pcap",
    "pcap-kuznetzov-le.pcap", "pcap-kuznetzov-be.pcap", "pcap-2.2-swapped-lengths-le.pcap",
    "pcap-2.2-swapped-lengths-be.pcap", "pcap-2.3-swapped-or-not-le.pcap",
    "pcap-2.3-swapped-or-not-be.pcap", "pcap-fcs-le.pcap", "pcapng-all-blocks-le.pcapng",
    "pcapng-all-blocks-be.pcapng", "pcapng-two-sections-two-orders.pcapng",
    "pcapng-resolutions.pcapng", "pcapng-simple-packet-cut-at-snap-length.pcapng",
    "pcapng-section-only.pcapng",
  ]

  @Test(arguments: names)
  func readsWhatTsharkReads(name: String) throws {
    let path = fixture(name)
    let read = try readWhole(try readFile(path))
    #expect(read.error == nil)
    #expect(try read.frames.map(TsharkFrame.init) == TsharkFrame.frames(of: path))
  }

  /// Bytes that come one by one, or seven at a time, give the same frames as all at once.
  @Test(arguments: names, [1, 7])
  func readsTheSameInPieces(name: String, size: Int) throws {
    let bytes = try readFile(fixture(name))
    #expect(try readPushed(bytes, by: size) == readWhole(bytes))
  }

  /// Cut anywhere: the frames that are whole, then an error that counts right; or, where a block
  /// ends, no error at all.
  @Test(arguments: names)
  func tellsEveryTruncation(name: String) throws {
    let bytes = try readFile(fixture(name))
    let all = try readWhole(bytes)
    for count in 0..<bytes.count {
      let read = try readWhole(Array(bytes[..<count]))
      #expect(read.frames == Array(all.frames.prefix(read.frames.count)))
      #expect(try readPushed(Array(bytes[..<count]), by: 5) == read)
      guard let error = read.error else { continue }
      guard case .truncated(_, let needed, let available, _, let offset) = error else {
        Issue.record("at \(count): \(error)")
        continue
      }
      #expect(offset + available == count, "\(error)")
      #expect(needed > available && offset + needed <= bytes.count, "\(error)")
    }
  }

  /// A cut at a block's end is no error, and nowhere else.
  @Test(arguments: names)
  func endsWellWhereABlockEnds(name: String) throws {
    let bytes = try readFile(fixture(name))
    let good = try (0...bytes.count).filter { try readWhole(Array(bytes[..<$0])).error == nil }
    #expect(good == ends(of: bytes, isPcapng: name.hasPrefix("pcapng")))
  }

  /// Where the header, the records or the blocks of a file end, found without the reader.
  private func ends(of bytes: [UInt8], isPcapng: Bool) -> [Int] {
    func number(_ position: Int, _ isBig: Bool) -> Int {
      let field = bytes[position..<position + 4]
      return (isBig ? Array(field) : field.reversed()).reduce(0) { $0 << 8 | Int($1) }
    }
    var ends: [Int] = []
    var position = 0
    var isBig = bytes[0] == 0xa1
    guard isPcapng else {
      position = 24
      ends = [position]
      let isKuznetzov = bytes[0..<4].contains(0xcd)
      while position < bytes.count {
        let lengths = (number(position + 8, isBig), number(position + 12, isBig))
        position += (isKuznetzov ? 24 : 16) + min(lengths.0, lengths.1)
        ends.append(position)
      }
      return ends
    }
    while position < bytes.count {
      if bytes[position] == 0x0a, bytes[position + 1] == 0x0d {
        isBig = bytes[position + 8] == 0x1a
      }
      position += number(position + 4, isBig)
      ends.append(position)
    }
    return ends
  }

  @Test(arguments: ["pcapng-all-blocks-le.pcapng", "pcapng-all-blocks-be.pcapng"])
  func readsAllThatTheBlocksSay(name: String) throws {
    let read = try readWhole(try readFile(fixture(name)))
    #expect(
      read.sections == [
        SectionInformation(
          hardware: "a machine", operatingSystem: "Linux", application: "by hand",
          comments: ["a comment"])
      ])

    var eth0 = CaptureInterface(
      linkType: .ethernet, snapLength: 262_144, name: "eth0", hardwareAddress: [2, 0, 0, 0, 0, 1])
    eth0.description = "to the switch"
    eth0.ipv4Addresses = [[192, 0, 2, 1, 255, 255, 255, 0]]
    eth0.ipv6Addresses = [Array(repeating: 0, count: 16) + [64]]
    eth0.speed = 10_000_000_000
    eth0.filter = "arp"
    eth0.operatingSystem = "Linux 6"
    eth0.hardware = "a card"
    eth0.frameCheckSequenceLength = 0
    let silent = CaptureInterface(
      linkType: .ethernet, snapLength: 0, timestampResolution: .microseconds)
    #expect(read.interfaces == [eth0, silent])

    try #require(read.frames.count == 5)
    #expect(read.frames[0].comments == ["first", "second"])
    #expect(read.frames[0].flags.direction == .inbound)
    #expect(read.frames[0].flags.reception == .broadcast)
    #expect(read.frames.map(\.dropCount) == [7, nil, nil, 3, nil])
    #expect(
      read.frames.map(\.direction) == [.inbound, .outbound, .unknown, .inbound, .unknown])
    #expect(read.frames[4].timestamp == nil)

    let statistics = try #require(read.statistics[0])
    #expect(statistics.received == 9 && statistics.dropped == 1 && statistics.delivered == nil)
    #expect(read.statistics[1] == nil)
  }

  @Test func kuznetzovsPacketTypeIsTheDirection() throws {
    let read = try readWhole(try readFile(fixture("pcap-kuznetzov-be.pcap")))
    #expect(read.frames.map(\.direction) == [.outbound])
  }

  @Test func linkTypeWordTellsTheFrameCheckSequence() throws {
    let read = try readWhole(try readFile(fixture("pcap-fcs-le.pcap")))
    #expect(read.interfaces.map(\.frameCheckSequenceLength) == [4])
    #expect(read.interfaces.map(\.linkType) == [.ethernet])
  }

  @Test func sectionsNumberTheirInterfacesAnew() throws {
    let read = try readWhole(try readFile(fixture("pcapng-two-sections-two-orders.pcapng")))
    #expect(read.frames.map(\.interfaceIndex) == [0, 1])
    #expect(read.format == .pcapng(byteOrder: .big))
    #expect(read.sections.count == 2)
  }
}
