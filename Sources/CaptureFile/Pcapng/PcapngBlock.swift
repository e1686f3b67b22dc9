/// What the blocks of a section depend on.
struct PcapngSection {
  var order: ByteOrder
  /// Where the section's interface 0 is among all interfaces of the file.
  var firstInterface: Int
}

/// A block of a pcapng file, its length checked against the bytes. Draft section 3.1.
///
/// ```text
///  0                   1                   2                   3
/// +---------------------------------------------------------------+
/// |                          block type                           |  0
/// +---------------------------------------------------------------+
/// |                      block total length                       |  4
/// +---------------------------------------------------------------+
/// |             body, padded to a multiple of 4 bytes             |  8
/// +---------------------------------------------------------------+
/// |                      block total length                       |
/// +---------------------------------------------------------------+
/// ```
struct PcapngBlock {
  static let minimumLength = 12
  static let sectionHeaderMinimumLength = 28
  static let byteOrderMagic: UInt32 = 0x1a2b_3c4d
  static let bodyOffset = 8

  let type: BlockType
  let length: Int
  let order: ByteOrder
  /// Where the block is in the file.
  let offset: Int

  /// Where the body ends; the padding of what is in it included.
  var bodyEnd: Int { length - 4 }

  /// The length and type of the block that the bytes, 12 at least, begin with.
  static func length(
    _ bytes: RawSpan, order: ByteOrder, offset: Int
  ) throws(CaptureFileError) -> (Int, BlockType) {
    let type = BlockType(rawValue: bytes.load32(at: 0, order))
    let length = Int(bytes.load32(at: 4, order))
    guard length >= minimumLength, length % 4 == 0, length <= CaptureParser.lengthLimit else {
      throw .malformed(
        part: .block(type), field: .blockTotalLength, value: UInt64(length), offset: offset)
    }
    return (length, type)
  }

  /// The byte order of the section that the bytes, a section header, begin.
  static func sectionByteOrder(
    _ bytes: RawSpan, offset: Int
  ) throws(CaptureFileError) -> ByteOrder {
    let magic = bytes.load32(at: bodyOffset, .big)
    if magic == byteOrderMagic { return .big }
    if magic.byteSwapped == byteOrderMagic { return .little }
    throw .malformed(
      part: .block(.sectionHeader), field: .byteOrderMagic, value: UInt64(magic), offset: offset)
  }

  /// Throws unless the length at the block's end is the one at its beginning.
  func checkTrailer(_ bytes: RawSpan) throws(CaptureFileError) {
    let trailer = bytes.load32(at: bodyEnd, order)
    guard Int(trailer) == length else {
      throw .malformed(
        part: .block(type), field: .trailingBlockTotalLength, value: UInt64(trailer),
        offset: offset)
    }
  }

  /// Throws unless the body has as many bytes as the fixed fields of its type need.
  func require(_ count: Int) throws(CaptureFileError) {
    try require(count, .fixedSize)
  }

  func require(_ count: Int, _ lengthField: LengthField) throws(CaptureFileError) {
    guard bodyEnd - Self.bodyOffset >= count else {
      throw .truncated(
        part: .block(type), needed: Self.minimumLength + count, available: length,
        lengthField: lengthField, offset: offset)
    }
  }

  /// The options from `start` to the end of the body, checked.
  func options(_ bytes: RawSpan, from start: Int) throws(CaptureFileError) -> Range<Int> {
    let range = min(start, bodyEnd)..<bodyEnd
    try OptionCursor.check(range, in: bytes, order: order, block: type, blockOffset: offset)
    return range
  }

  /// Where the interface of that number in this section is among all interfaces of the file.
  func interfaceIndex(
    _ identifier: UInt32, _ interfaces: [PacketInterface], _ section: PcapngSection
  ) throws(CaptureFileError) -> Int {
    let index = section.firstInterface + Int(identifier)
    guard index < interfaces.count else {
      throw .malformed(
        part: .block(type), field: .interfaceIdentifier, value: UInt64(identifier), offset: offset)
    }
    return index
  }
}
