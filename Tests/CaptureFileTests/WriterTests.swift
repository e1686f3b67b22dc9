import CaptureFile
import Testing

/// What the writers put where, and what they refuse.
@Suite struct WriterTests {
  private let time = CaptureTimestamp(seconds: 1, nanoseconds: 2000)

  /// draft-ietf-opsawg-pcap: the fields one by one.
  @Test func pcapByteByByte() throws {
    let writer = PcapWriter(
      linkType: .ethernet, snapLength: 0x1234, frameCheckSequenceLength: 4, hasNanoseconds: false,
      byteOrder: .big)
    var bytes: [UInt8] = [0xa5]
    writer.appendHeader(to: &bytes)
    try writer.append(([7, 8] as [UInt8]).span.bytes, at: time, originalLength: 60, to: &bytes)
    #expect(
      bytes == [
        0xa5,
        0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12, 0x34,
        0x24, 0, 0, 1,
        0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 60, 7, 8,
      ])
  }

  /// draft-ietf-opsawg-pcapng: an enhanced packet block with padding and options, little-endian.
  @Test func pcapngByteByByte() throws {
    var writer = PcapngWriter(byteOrder: .little)
    var bytes: [UInt8] = []
    try writer.appendSection(to: &bytes)
    try writer.appendInterface(
      CaptureInterface(linkType: .ethernet, snapLength: 96, name: "lo"), to: &bytes)
    try writer.append(
      ([7, 8] as [UInt8]).span.bytes, at: time, flags: FrameFlags(.outbound), comments: ["c"],
      to: &bytes)
    #expect(
      bytes == [
        0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0,
        255, 255, 255, 255, 255, 255, 255, 255, 28, 0, 0, 0,
        1, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 96, 0, 0, 0,
        2, 0, 2, 0, 0x6c, 0x6f, 0, 0, 9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0, 40, 0, 0, 0,
        6, 0, 0, 0, 56, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xd0, 0xd1, 0x9a, 0x3b,
        2, 0, 0, 0, 2, 0, 0, 0, 7, 8, 0, 0,
        1, 0, 1, 0, 0x63, 0, 0, 0, 2, 0, 4, 0, 2, 0, 0, 0, 0, 0, 0, 0, 56, 0, 0, 0,
      ])
  }

  /// The file says how long the frame was, and keeps no more than the snap length.
  @Test func cutsAtTheSnapLength() throws {
    let frame = [UInt8](repeating: 7, count: 100)
    var pcap: [UInt8] = []
    let pcapWriter = PcapWriter(linkType: .ethernet, snapLength: 14)
    pcapWriter.appendHeader(to: &pcap)
    try pcapWriter.append(frame.span.bytes, at: time, to: &pcap)

    var pcapng: [UInt8] = []
    var pcapngWriter = PcapngWriter()
    try pcapngWriter.appendSection(to: &pcapng)
    try pcapngWriter.appendInterface(
      CaptureInterface(linkType: .ethernet, snapLength: 14), to: &pcapng)
    try pcapngWriter.append(frame.span.bytes, at: time, to: &pcapng)
    try pcapngWriter.append(CapturedFrame(bytes: frame, timestamp: nil), to: &pcapng)

    for file in [pcap, pcapng] {
      let read = try readWhole(file)
      #expect(read.error == nil)
      #expect(read.frames.allSatisfy { $0.bytes.count == 14 && $0.originalLength == 100 })
    }
  }

  @Test func refusesTimesThatTheFormatCannotSay() throws {
    let writer = PcapWriter(linkType: .ethernet)
    var bytes: [UInt8] = []
    for seconds in [-1, Int64(UInt32.max) + 1] {
      #expect(throws: CaptureWriteError.timestampOutOfRange) {
        try writer.append(
          [UInt8]().span.bytes, at: CaptureTimestamp(seconds: seconds, nanoseconds: 0), to: &bytes)
      }
    }
    #expect(bytes.isEmpty)

    var pcapng = PcapngWriter()
    try pcapng.appendSection(to: &bytes)
    try pcapng.appendInterface(CaptureInterface(linkType: .ethernet), to: &bytes)
    let count = bytes.count
    // 2^64 nanoseconds end in 2554.
    for seconds in [-1, 18_446_744_074, .min, .max] as [Int64] {
      #expect(throws: CaptureWriteError.timestampOutOfRange) {
        try pcapng.append(
          [UInt8]().span.bytes, at: CaptureTimestamp(seconds: seconds, nanoseconds: 0), to: &bytes)
      }
    }
    #expect(bytes.count == count)
  }

  @Test func refusesWhatAReaderWouldNotBelieve() throws {
    let frame = [UInt8](repeating: 0, count: 17 << 20)
    let writer = PcapWriter(linkType: .ethernet, snapLength: 0)
    var bytes: [UInt8] = []
    #expect(throws: CaptureWriteError.frameTooLong(17 << 20)) {
      try writer.append(frame.span.bytes, at: time, to: &bytes)
    }
    #expect(throws: CaptureWriteError.frameTooLong(-1)) {
      try writer.append([UInt8]().span.bytes, at: time, originalLength: -1, to: &bytes)
    }
    #expect(bytes.isEmpty)
  }

  /// Comments that fit options one by one, but not their block together.
  @Test func refusesBlocksThatAReaderWouldNotBelieve() throws {
    var writer = PcapngWriter()
    var bytes: [UInt8] = []
    try writer.appendSection(to: &bytes)
    try writer.appendInterface(CaptureInterface(linkType: .ethernet), to: &bytes)
    let count = bytes.count
    let comments = Array(repeating: String(repeating: "x", count: 65_535), count: 256)
    #expect(throws: CaptureWriteError.self) {
      try writer.append([UInt8]().span.bytes, at: time, comments: comments, to: &bytes)
    }
    #expect(bytes.count == count)
  }

  /// A frame longer than any snap length that is asked for by default, and the limit says so.
  @Test func keepsLongFramesWithoutASnapLength() throws {
    let frame = [UInt8](repeating: 7, count: 300_000)
    let writer = PcapWriter(linkType: .ethernet, snapLength: 0)
    var bytes: [UInt8] = []
    writer.appendHeader(to: &bytes)
    try writer.append(frame.span.bytes, at: time, to: &bytes)
    let read = try readWhole(bytes)
    #expect(read.error == nil && read.frames.map(\.bytes.count) == [300_000])
  }

  @Test func refusesInterfacesThatTheSectionHasNot() throws {
    var writer = PcapngWriter()
    var bytes: [UInt8] = []
    try writer.appendSection(to: &bytes)
    try writer.appendInterface(CaptureInterface(linkType: .ethernet), to: &bytes)
    try writer.appendSection(to: &bytes)
    let count = bytes.count
    #expect(throws: CaptureWriteError.unknownInterface(0)) {
      try writer.append([UInt8]().span.bytes, at: time, to: &bytes)
    }
    #expect(throws: CaptureWriteError.unknownInterface(-1)) {
      try writer.append(InterfaceStatistics(timestamp: time), interface: -1, to: &bytes)
    }
    #expect(bytes.count == count)
  }

  @Test func refusesOptionsThatHaveNoLength() throws {
    var writer = PcapngWriter()
    var bytes: [UInt8] = []
    let long = String(repeating: "x", count: 65_536)
    #expect(throws: CaptureWriteError.optionTooLong(65_536)) {
      try writer.appendSection(SectionInformation(application: long), to: &bytes)
    }
    #expect(bytes.isEmpty)
  }

  /// A simple packet block cannot say how much of a cut frame is there.
  @Test func refusesAnUntimedFrameThatWasCutElsewhere() throws {
    var writer = PcapngWriter()
    var bytes: [UInt8] = []
    try writer.appendSection(to: &bytes)
    try writer.appendInterface(CaptureInterface(linkType: .ethernet), to: &bytes)
    let frame = CapturedFrame(bytes: [1], timestamp: nil, originalLength: 2)
    #expect(throws: CaptureWriteError.timestampOutOfRange) { try writer.append(frame, to: &bytes) }
  }

  @Test func flagsKeepTheirOtherBits() {
    var flags = FrameFlags(rawValue: 0xffff_fe84)
    #expect(flags.direction == .unknown && flags.reception == .unicast)
    #expect(flags.frameCheckSequenceLength == 4)
    flags.direction = .outbound
    flags.reception = .promiscuous
    #expect(flags.rawValue == 0xffff_fe92)
    flags.direction = .unknown
    #expect(flags.rawValue == 0xffff_fe90)
    #expect(FrameFlags(rawValue: 3).direction == .unknown)
    #expect(FrameFlags(rawValue: 7 << 2).reception == .unspecified)
  }
}
