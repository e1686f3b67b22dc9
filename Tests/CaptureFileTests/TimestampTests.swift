import CaptureFile
import Support
import Testing

/// Ticks of all lengths: known answers, and round trips through a file.
@Suite struct TimestampTests {
  /// Reads a file of one frame whose 64-bit timestamp is `ticks`. The writer refuses times that a
  /// resolution cannot say, so resolution and ticks are put into what it has written.
  private func read(
    ticks: UInt64, _ resolution: TimestampResolution, offset: Int64 = 0
  ) throws -> CaptureTimestamp? {
    var interface = CaptureInterface(linkType: .ethernet, timestampResolution: .decimal(0))
    interface.timestampOffset = offset
    var writer = PcapngWriter(byteOrder: .big)
    var file: [UInt8] = []
    try writer.appendSection(to: &file)
    try writer.appendInterface(interface, to: &file)
    let resolutionPosition = 48
    file[resolutionPosition] = resolution.rawValue
    let ticksPosition = file.count + 12
    let time = CaptureTimestamp(seconds: offset, nanoseconds: 0)
    try writer.append([UInt8]().span.bytes, at: time, to: &file)
    for byte in 0..<8 {
      file[ticksPosition + byte] = UInt8(truncatingIfNeeded: ticks >> (56 - 8 * byte))
    }
    return try readWhole(file).frames.first?.timestamp
  }

  @Test(
    arguments: [
      (6, 1_700_000_000_123_456, 1_700_000_000, 123_456_000),
      (0, 1_700_000_000, 1_700_000_000, 0),
      (3, 1_700_000_000_007, 1_700_000_000, 7_000_000),
      (9, 1_700_000_000_123_456_789, 1_700_000_000, 123_456_789),
      (12, 1_123_456_789_999, 1, 123_456_789),
      (19, .max, 1, 844_674_407),
      (20, .max, 0, 184_467_440),
      (28, .max, 0, 1),
      (29, .max, 0, 0),
      (127, .max, 0, 0),
      (0, .max, .max, 0),
      // 2^-10, 2^-32, 2^-63, 2^-64, 2^-127 of a second.
      (0x8a, 1_700_000_000 << 10 + 512, 1_700_000_000, 500_000_000),
      (0xa0, 1_700_000_000 << 32 + 1 << 31, 1_700_000_000, 500_000_000),
      (0xbf, .max, 1, 999_999_999),
      (0xc0, .max, 0, 999_999_999),
      (0xc1, .max, 0, 499_999_999),
      (0xff, .max, 0, 0),
      (0x80, 9, 9, 0),
    ] as [(UInt8, UInt64, Int64, UInt32)])
  func knownAnswers(raw: UInt8, ticks: UInt64, seconds: Int64, nanoseconds: UInt32) throws {
    #expect(
      try read(ticks: ticks, TimestampResolution(rawValue: raw))
        == CaptureTimestamp(seconds: seconds, nanoseconds: nanoseconds))
  }

  @Test func offsetIsAddedAndStopsAtTheLastSecond() throws {
    #expect(
      try read(ticks: 5, .decimal(0), offset: -3600)
        == CaptureTimestamp(seconds: -3595, nanoseconds: 0))
    #expect(
      try read(ticks: .max, .decimal(0), offset: .max)
        == CaptureTimestamp(seconds: .max, nanoseconds: 0))
    #expect(
      try read(ticks: 0, .microseconds, offset: .min)
        == CaptureTimestamp(seconds: .min, nanoseconds: 0))
  }

  /// Ticks no longer than a nanosecond give every time back, to the nanosecond.
  @Test(arguments: [.nanoseconds, .decimal(10), .binary(30), .binary(33)] as [TimestampResolution])
  func fineTicksKeepEveryNanosecond(resolution: TimestampResolution) throws {
    var generator = SeededGenerator(seed: 0x7469_6d65)
    var writer = PcapngWriter()
    var file: [UInt8] = []
    try writer.appendSection(to: &file)
    try writer.appendInterface(
      CaptureInterface(linkType: .ethernet, timestampResolution: resolution), to: &file)
    let frames = (0..<500).map { _ in
      let time = CaptureTimestamp(
        seconds: .random(in: 0...1_800_000_000, using: &generator),
        nanoseconds: .random(in: 0..<1_000_000_000, using: &generator))
      return CapturedFrame(bytes: [], timestamp: time)
    }
    for frame in frames { try writer.append(frame, to: &file) }
    #expect(try readWhole(file).frames == frames)
  }

  /// Longer ticks cut a time: never later than it was, and by less than a tick.
  @Test(
    arguments: [.microseconds, .decimal(0), .decimal(3), .binary(10), .binary(20)]
      as [TimestampResolution])
  func coarseTicksCut(resolution: TimestampResolution) throws {
    let time = CaptureTimestamp(seconds: 1_700_000_000, nanoseconds: 999_999_999)
    var writer = PcapngWriter()
    var file: [UInt8] = []
    try writer.appendSection(to: &file)
    try writer.appendInterface(
      CaptureInterface(linkType: .ethernet, timestampResolution: resolution), to: &file)
    try writer.append(CapturedFrame(bytes: [], timestamp: time), to: &file)
    let read = try #require(try readWhole(file).frames.first?.timestamp)
    #expect(read <= time && read.seconds == time.seconds)
  }

  @Test func carriesWholeSecondsOfADamagedFraction() {
    #expect(
      CaptureTimestamp(seconds: 1, nanoseconds: 4_294_967_295)
        == CaptureTimestamp(seconds: 5, nanoseconds: 294_967_295))
    #expect(CaptureTimestamp(seconds: .max, nanoseconds: 4_294_967_295).seconds == .max)
  }

  @Test func timesAreInOrder() {
    let early = CaptureTimestamp(seconds: 1, nanoseconds: 2)
    #expect(early < CaptureTimestamp(seconds: 1, nanoseconds: 3))
    #expect(early < CaptureTimestamp(seconds: 2, nanoseconds: 0))
  }
}
