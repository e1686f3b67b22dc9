import CaptureFile
import Support
import Testing

/// Bytes that no writer should make: each ends in the error that says what is wrong, where.
@Suite struct MalformedTests {
  private static let section: [UInt8] = [
    0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 28, 0x1a, 0x2b, 0x3c, 0x4d, 0, 1, 0, 0,
    255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 28,
  ]
  private static let interface: [UInt8] = [
    0, 0, 0, 1, 0, 0, 0, 20, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20,
  ]
  private static let pcap: [UInt8] = [
    0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 1,
  ]

  /// A big-endian block of that type, body and both lengths as given.
  private static func block(_ type: UInt8, _ body: [UInt8], trailer: UInt8? = nil) -> [UInt8] {
    let length = UInt8(body.count + 12)
    return [0, 0, 0, type, 0, 0, 0, length] + body + [0, 0, 0, trailer ?? length]
  }

  struct Row: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var bytes: [UInt8]
    var error: CaptureFileError

    init(_ name: String, _ bytes: [UInt8], _ error: CaptureFileError) {
      testDescription = name
      self.bytes = bytes
      self.error = error
    }
  }

  static let rows = [
    Row(
      "nothing at all", [],
      .truncated(part: .magic, needed: 4, available: 0, lengthField: .fixedSize, offset: 0)),
    Row("a gzip file", [0x1f, 0x8b, 8, 0, 0], .unrecognizedFormat(magic: 0x1f8b_0800)),
    Row(
      "half a file header", Array(pcap[..<12]),
      .truncated(part: .fileHeader, needed: 24, available: 12, lengthField: .fixedSize, offset: 0)),
    Row(
      "a version of the future", Array(pcap[..<7]) + [5] + pcap[8...],
      .malformed(part: .fileHeader, field: .version, value: 0x2_0005, offset: 0)),
    Row(
      "a record longer than any", pcap + [0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0, 0],
      .malformed(part: .record, field: .capturedLength, value: 262_145, offset: 24)),
    Row(
      "a record of 4 GiB", pcap + [0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0],
      .malformed(part: .record, field: .capturedLength, value: 4_294_967_295, offset: 24)),
    Row(
      "a record that its bytes do not fill",
      pcap + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 9, 1, 2],
      .truncated(part: .record, needed: 25, available: 18, lengthField: .capturedLength, offset: 24)
    ),
    Row(
      "a byte order that is none", Array(section[..<8]) + [1, 2, 3, 4] + section[12...],
      .malformed(
        part: .block(.sectionHeader), field: .byteOrderMagic, value: 0x0102_0304, offset: 0)),
    Row(
      "a section header too short for its fields",
      [0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 24, 0x1a, 0x2b, 0x3c, 0x4d, 0, 1, 0, 0]
        + [0, 0, 0, 0, 0, 0, 0, 24, 0, 0, 0, 0],
      .truncated(
        part: .block(.sectionHeader), needed: 28, available: 24, lengthField: .fixedSize, offset: 0)
    ),
    Row(
      "pcapng 2.0", Array(section[..<13]) + [2] + section[14...],
      .malformed(part: .block(.sectionHeader), field: .version, value: 0x2_0000, offset: 0)),
    Row(
      "a block shorter than its frame", section + [0, 0, 0, 6, 0, 0, 0, 8, 0, 0, 0, 8],
      .malformed(
        part: .block(.enhancedPacket), field: .blockTotalLength, value: 8, offset: 28)),
    Row(
      "a block whose length is no multiple of 4",
      section + [0, 0, 0, 6, 0, 0, 0, 13, 0, 0, 0, 13, 0],
      .malformed(part: .block(.enhancedPacket), field: .blockTotalLength, value: 13, offset: 28)),
    Row(
      "a block over 16 MiB", section + [0, 0, 0, 6, 1, 0, 0, 4, 0, 0, 0, 0],
      .malformed(
        part: .block(.enhancedPacket), field: .blockTotalLength, value: 16_777_220, offset: 28)),
    Row(
      "a block whose lengths differ", section + block(4, [0, 0, 0, 0], trailer: 20),
      .malformed(
        part: .block(.nameResolution), field: .trailingBlockTotalLength, value: 20, offset: 28)),
    Row(
      "a frame of an interface not described", section + block(6, Array(repeating: 0, count: 20)),
      .malformed(
        part: .block(.enhancedPacket), field: .interfaceIdentifier, value: 0, offset: 28)),
    Row(
      "a simple packet with no interface", section + block(3, [0, 0, 0, 0]),
      .malformed(part: .block(.simplePacket), field: .interfaceIdentifier, value: 0, offset: 28)),
    Row(
      "statistics of an interface not described",
      section + interface + block(5, [255, 255, 255, 255] + Array(repeating: 0, count: 8)),
      .malformed(
        part: .block(.interfaceStatistics), field: .interfaceIdentifier, value: 4_294_967_295,
        offset: 48)),
    Row(
      "a packet block too short for its fields", section + interface + block(6, [0, 0, 0, 0]),
      .truncated(
        part: .block(.enhancedPacket), needed: 32, available: 16, lengthField: .fixedSize,
        offset: 48)),
    Row(
      "a frame longer than its block",
      section + interface + block(6, Array(repeating: 0, count: 15) + [255, 0, 0, 0, 0]),
      .truncated(
        part: .block(.enhancedPacket), needed: 287, available: 32, lengthField: .capturedLength,
        offset: 48)),
    Row(
      "a simple packet longer than its block",
      section + interface + block(3, [0, 0, 0, 5, 1, 2, 3, 4]),
      .truncated(
        part: .block(.simplePacket), needed: 21, available: 20, lengthField: .originalLength,
        offset: 48)),
    Row(
      "an option longer than its block",
      section + block(1, [0, 1, 0, 0, 0, 0, 0, 0] + [0, 2, 0, 200, 1, 2, 3, 4]),
      .truncated(
        part: .option(OptionCode(rawValue: 2), in: .interfaceDescription), needed: 204,
        available: 8, lengthField: .optionLength, offset: 44)),
  ]

  @Test(arguments: rows)
  func saysWhatIsWrong(row: Row) throws {
    #expect(try readWhole(row.bytes).error == row.error)
    #expect(try readPushed(row.bytes, by: 3).error == row.error)
  }

  @Test func errorsHaveWordsForPeople() throws {
    let cut = Self.pcap + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 9, 1, 2]
    #expect(
      try readWhole(cut).error?.description
        == "cut off in the record at byte 24: 25 bytes needed by its captured length, 18 there")
    #expect(
      try readWhole([0x1f, 0x8b, 8, 0]).error?.description
        == "not a pcap or pcapng file: it begins with 0x1f8b0800 (gzip: uncompress it first)")
    #expect(
      try readWhole(Self.section + Self.block(3, [0, 0, 0, 0])).error?.description
        == "the interface of the simple packet block at byte 28 is 0, which it may not be")
  }

  /// The error stays: a reader that has failed does not go on behind the fault.
  @Test func failsAgainAtEachCall() throws {
    let bytes: [UInt8] = [1, 2, 3, 4]
    var reader = CaptureReader()
    reader.append(bytes.span.bytes)
    var failures = 0
    for _ in 0..<3 {
      do throws(CaptureFileError) {
        _ = try reader.next()
      } catch {
        failures += 1
      }
    }
    #expect(failures == 3)
  }

  /// Options of a length that is not their type's say nothing, and are no error.
  @Test func ignoresOptionsOfTheWrongLength() throws {
    let body: [UInt8] = [0, 1, 0, 0, 0, 0, 0, 0] + [0, 9, 0, 2, 9, 9, 0, 0] + [0, 6, 0, 0]
    let read = try readWhole(Self.section + Self.block(1, body))
    #expect(read.error == nil)
    #expect(read.interfaces.first?.timestampResolution == .microseconds)
    #expect(read.interfaces.first?.hardwareAddress == nil)
  }

  /// A frame in a file whose header says a snap length of 0 or of 4 GiB is read.
  @Test(arguments: [[0, 0, 0, 0], [255, 255, 255, 255]] as [[UInt8]])
  func readsFramesWhateverTheSnapLength(snapLength: [UInt8]) throws {
    let record: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 2, 7, 8]
    let read = try readWhole(Array(Self.pcap[..<16]) + snapLength + Self.pcap[20...] + record)
    #expect(read.error == nil)
    #expect(read.frames.map(\.bytes) == [[7, 8]])
  }

  /// Text that is not UTF-8 is repaired, text that a zero byte ends is ended.
  @Test func repairsText() throws {
    let body: [UInt8] = [0, 1, 0, 0, 0, 0, 0, 0] + [0, 2, 0, 4, 0x65, 0xff, 0, 0x66]
    let read = try readWhole(Self.section + Self.block(1, body))
    #expect(read.interfaces.map(\.name) == ["e\u{fffd}"])
  }
}

/// Damage by chance, from a fixed seed: nothing traps, and both readers say the same.
@Suite struct MutationTests {
  @Test(arguments: FixtureTests.names)
  func damagedFilesNeverTrap(name: String) throws {
    let original = try readFile(fixture(name))
    var generator = SeededGenerator(seed: 0x6372_696d_70)
    for _ in 0..<300 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &generator) { damage(&bytes, &generator) }
      let whole = try readWhole(bytes)
      #expect(try readPushed(bytes, by: 13) == whole)
    }
  }

  private func damage(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
    guard !bytes.isEmpty else { return }
    let position = Int.random(in: bytes.indices, using: &generator)
    switch Int.random(in: 0..<5, using: &generator) {
    case 0: bytes[position] = .random(in: .min ... .max, using: &generator)
    case 1: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 2: bytes[position] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &generator) ?? 0
    case 3: bytes.removeSubrange(position..<min(position + 4, bytes.count))
    default:
      bytes.insert(contentsOf: bytes[position..<min(position + 8, bytes.count)], at: position)
    }
  }
}
