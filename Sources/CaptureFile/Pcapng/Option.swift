/// The code of an option in a pcapng block, draft section 3.5. What a code means depends on the
/// block, but for the codes that all blocks share.
public struct OptionCode: RawRepresentable, Hashable, Sendable {
  /// The number in the file.
  public var rawValue: UInt16

  /// Any number, named here or not.
  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  // In every block.
  static let endOfOptions = OptionCode(rawValue: 0)
  static let comment = OptionCode(rawValue: 1)

  // Section header block.
  static let sectionHardware = OptionCode(rawValue: 2)
  static let sectionOperatingSystem = OptionCode(rawValue: 3)
  static let sectionApplication = OptionCode(rawValue: 4)

  // Interface description block.
  static let interfaceName = OptionCode(rawValue: 2)
  static let interfaceDescription = OptionCode(rawValue: 3)
  static let interfaceIPv4Address = OptionCode(rawValue: 4)
  static let interfaceIPv6Address = OptionCode(rawValue: 5)
  static let interfaceHardwareAddress = OptionCode(rawValue: 6)
  static let interfaceSpeed = OptionCode(rawValue: 8)
  static let interfaceTimestampResolution = OptionCode(rawValue: 9)
  static let interfaceFilter = OptionCode(rawValue: 11)
  static let interfaceOperatingSystem = OptionCode(rawValue: 12)
  static let interfaceFrameCheckSequenceLength = OptionCode(rawValue: 13)
  static let interfaceTimestampOffset = OptionCode(rawValue: 14)
  static let interfaceHardware = OptionCode(rawValue: 15)

  // Packet blocks, both forms.
  static let packetFlags = OptionCode(rawValue: 2)
  static let packetDropCount = OptionCode(rawValue: 4)

  // Interface statistics block.
  static let statisticsStartTime = OptionCode(rawValue: 2)
  static let statisticsEndTime = OptionCode(rawValue: 3)
  static let statisticsReceived = OptionCode(rawValue: 4)
  static let statisticsDropped = OptionCode(rawValue: 5)
  static let statisticsAccepted = OptionCode(rawValue: 6)
  static let statisticsDroppedBySystem = OptionCode(rawValue: 7)
  static let statisticsDelivered = OptionCode(rawValue: 8)
}

/// Walks the options of a block that have been checked.
///
/// ```text
///  0                   1                   2                   3
/// +-------------------------------+-------------------------------+
/// |             code              |            length             |
/// +-------------------------------+-------------------------------+
/// |           value, padded with zeros to a multiple of 4         |
/// ```
struct OptionCursor {
  private static let headerLength = 4

  private(set) var position: Int
  private let end: Int
  private let order: ByteOrder

  init(_ range: Range<Int>, order: ByteOrder) {
    position = range.lowerBound
    end = range.upperBound
    self.order = order
  }

  /// The next option's code and where its value is; nil after the last. What does not fit ends
  /// the walk; `check` tells it apart.
  mutating func next(in bytes: RawSpan) -> (code: OptionCode, value: Range<Int>)? {
    guard end - position >= Self.headerLength else { return nil }
    let code = OptionCode(rawValue: bytes.load16(at: position, order))
    let length = Int(bytes.load16(at: position + 2, order))
    let start = position + Self.headerLength
    guard code != .endOfOptions, length <= end - start else { return nil }
    position = min(start + padded(length), end)
    return (code, start..<start + length)
  }

  /// Throws if an option goes past the end of its block.
  static func check(
    _ range: Range<Int>, in bytes: RawSpan, order: ByteOrder, block: BlockType, blockOffset: Int
  ) throws(CaptureFileError) {
    var cursor = OptionCursor(range, order: order)
    while cursor.next(in: bytes) != nil {}
    let left = range.upperBound - cursor.position
    guard left >= headerLength else { return }
    let code = OptionCode(rawValue: bytes.load16(at: cursor.position, order))
    guard code != .endOfOptions else { return }
    throw .truncated(
      part: .option(code, in: block),
      needed: headerLength + Int(bytes.load16(at: cursor.position + 2, order)), available: left,
      lengthField: .optionLength, offset: blockOffset + cursor.position)
  }
}

/// The length with the bytes that fill it up to a multiple of 4.
func padded(_ length: Int) -> Int {
  (length + 3) & ~3
}
