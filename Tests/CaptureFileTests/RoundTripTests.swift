import CaptureFile
import Testing

/// What the writers write, both readers read back the same.
@Suite struct RoundTripTests {
  @Test(arguments: [ByteOrder.little, .big], [true, false])
  func pcap(order: ByteOrder, hasNanoseconds: Bool) throws {
    let writer = PcapWriter(
      linkType: .ethernet, snapLength: 100, frameCheckSequenceLength: 4,
      hasNanoseconds: hasNanoseconds, byteOrder: order)
    var file: [UInt8] = []
    writer.appendHeader(to: &file)
    let time = CaptureTimestamp(seconds: 1_700_000_000, nanoseconds: 123_456_000)
    let frames = [
      CapturedFrame(bytes: [1, 2, 3], timestamp: time),
      CapturedFrame(bytes: [], timestamp: time, originalLength: 9),
      CapturedFrame(
        bytes: Array(repeating: 7, count: 100),
        timestamp: CaptureTimestamp(seconds: Int64(UInt32.max), nanoseconds: 999_999_000),
        originalLength: 1514),
    ]
    for frame in frames {
      try writer.append(
        frame.bytes.span.bytes, at: try #require(frame.timestamp),
        originalLength: frame.originalLength, to: &file)
    }
    let read = try readWhole(file)
    #expect(read.frames == frames)
    #expect(read.error == nil)
    #expect(read.interfaces.first?.linkType == .ethernet)
    #expect(read.interfaces.first?.frameCheckSequenceLength == 4)
    #expect(try readPushed(file, by: 1) == read)
  }

  @Test(arguments: [ByteOrder.little, .big])
  func pcapng(order: ByteOrder) throws {
    var writer = PcapngWriter(byteOrder: order)
    var file: [UInt8] = []
    let section = SectionInformation(
      hardware: "a machine", operatingSystem: "Linux", application: "crimp", comments: ["one", ""])
    try writer.appendSection(section, to: &file)
    var interface = CaptureInterface(linkType: .ethernet, snapLength: 0, name: "eth0")
    interface.description = "to the switch"
    interface.filter = "arp or icmp6"
    interface.hardwareAddress = [2, 0, 0, 0, 0, 1]
    interface.ipv4Addresses = [[192, 0, 2, 1, 255, 255, 255, 0]]
    interface.ipv6Addresses = [Array(repeating: 0xfe, count: 16) + [64]]
    interface.speed = 10_000_000_000
    interface.operatingSystem = "Linux 6.1"
    interface.hardware = "a card"
    interface.frameCheckSequenceLength = 0
    interface.timestampOffset = -3600
    interface.comments = ["left port"]
    try writer.appendInterface(interface, to: &file)
    let frame = CapturedFrame(
      bytes: [1, 2, 3, 4, 5], timestamp: CaptureTimestamp(seconds: -3600, nanoseconds: 7),
      flags: FrameFlags(.outbound), dropCount: 3, comments: ["look", "here"])
    try writer.append(frame, to: &file)
    let simple = CapturedFrame(bytes: [1, 2, 3], timestamp: nil)
    try writer.append(simple, to: &file)
    var statistics = InterfaceStatistics(timestamp: CaptureTimestamp(seconds: 9, nanoseconds: 1))
    statistics.startTime = CaptureTimestamp(seconds: 1, nanoseconds: 2)
    statistics.endTime = CaptureTimestamp(seconds: 3, nanoseconds: 4)
    statistics.received = 5
    statistics.dropped = 6
    statistics.accepted = 7
    statistics.droppedBySystem = 8
    statistics.delivered = 9
    try writer.append(statistics, to: &file)

    let read = try readWhole(file)
    #expect(read.error == nil)
    #expect(read.frames == [frame, simple])
    #expect(read.interfaces == [interface])
    #expect(read.sections == [section])
    #expect(read.statistics == [statistics])
    #expect(try readPushed(file, by: 1) == read)
  }
}
