// The three blocks that hold frames: enhanced (draft section 4.3), simple (4.4), and the older
// packet block (appendix A).

extension PcapngBlock {
  /// ```text
  /// +---------------------------------------------------------------+
  /// |                         interface                             |  8
  /// +---------------------------------------------------------------+
  /// |                 timestamp, upper 32 of 64 bits                | 12
  /// +---------------------------------------------------------------+
  /// |                 timestamp, lower 32 of 64 bits                | 16
  /// +---------------------------------------------------------------+
  /// |                       captured length                         | 20
  /// +---------------------------------------------------------------+
  /// |                       original length                         | 24
  /// +---------------------------------------------------------------+
  /// |        frame, padded to a multiple of 4 bytes; options        | 28
  /// ```
  func enhancedPacket(
    _ bytes: RawSpan, _ interfaces: [PacketInterface], _ section: PcapngSection
  ) throws(CaptureFileError) -> FrameLayout {
    try require(20)
    let index = try interfaceIndex(bytes.load32(at: 8, order), interfaces, section)
    return try packet(bytes, interfaces, index: index, dropCount: nil)
  }

  /// As an enhanced packet, but for the first word:
  /// ```text
  /// +-------------------------------+-------------------------------+
  /// |           interface           |          drop count           |  8
  /// +-------------------------------+-------------------------------+
  /// ```
  func obsoletePacket(
    _ bytes: RawSpan, _ interfaces: [PacketInterface], _ section: PcapngSection
  ) throws(CaptureFileError) -> FrameLayout {
    try require(20)
    let identifier = UInt32(bytes.load16(at: 8, order))
    let index = try interfaceIndex(identifier, interfaces, section)
    let dropCount = bytes.load16(at: 10, order)
    let isKnown = dropCount != .max
    return try packet(
      bytes, interfaces, index: index, dropCount: isKnown ? UInt64(dropCount) : nil)
  }

  /// ```text
  /// +---------------------------------------------------------------+
  /// |                       original length                         |  8
  /// +---------------------------------------------------------------+
  /// |     frame, cut at the snap length of interface 0, padded      | 12
  /// ```
  func simplePacket(
    _ bytes: RawSpan, _ interfaces: [PacketInterface], _ section: PcapngSection
  ) throws(CaptureFileError) -> FrameLayout {
    try require(4)
    let interface = interfaces[try interfaceIndex(0, interfaces, section)]
    let original = bytes.load32(at: 8, order)
    let limit = interface.snapLength == 0 ? .max : interface.snapLength
    let captured = Int(min(original, limit))
    try require(4 + captured, .originalLength)
    return FrameLayout(
      data: 12..<12 + captured, timestamp: nil, originalLength: Int(original),
      interfaceIndex: section.firstInterface, linkType: interface.linkType, order: order)
  }

  private func packet(
    _ bytes: RawSpan, _ interfaces: [PacketInterface], index: Int, dropCount: UInt64?
  ) throws(CaptureFileError) -> FrameLayout {
    let interface = interfaces[index]
    let captured = Int(bytes.load32(at: 20, order))
    try require(20 + captured, .capturedLength)
    let options = try options(bytes, from: 28 + padded(captured))
    var layout = FrameLayout(
      data: 28..<28 + captured, options: options, timestamp: timestamp(bytes, at: 12, interface),
      originalLength: Int(bytes.load32(at: 24, order)), interfaceIndex: index,
      linkType: interface.linkType, dropCount: dropCount, order: order)
    var cursor = OptionCursor(options, order: order)
    while let option = cursor.next(in: bytes) {
      switch (option.code, option.value.count) {
      case (.packetFlags, 4):
        layout.flags.rawValue = bytes.load32(at: option.value.lowerBound, order)
      case (.packetDropCount, 8) where type == .enhancedPacket:
        layout.dropCount = bytes.load64(at: option.value.lowerBound, order)
      default: break
      }
    }
    return layout
  }

  /// The time of 64 bits that are stored as two words, the upper first in either byte order.
  func timestamp(
    _ bytes: RawSpan, at position: Int, _ interface: PacketInterface
  ) -> CaptureTimestamp {
    let high = UInt64(bytes.load32(at: position, order))
    let low = UInt64(bytes.load32(at: position + 4, order))
    return interface.clock.timestamp(ticks: high << 32 | low)
  }
}
