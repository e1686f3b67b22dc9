// The blocks that say what the frames come from: section header (draft section 4.1), interface
// description (4.2), interface statistics (4.6).

extension PcapngBlock {
  /// ```text
  /// +---------------------------------------------------------------+
  /// |                       byte-order magic                        |  8
  /// +-------------------------------+-------------------------------+
  /// |         major version         |         minor version         | 12
  /// +-------------------------------+-------------------------------+
  /// |     section length, 64 bits; all ones when not known          | 16
  /// +---------------------------------------------------------------+
  /// |                           options                             | 24
  /// ```
  /// The section length is not used: it only lets a reader skip the section.
  func section(_ bytes: RawSpan) throws(CaptureFileError) -> SectionInformation {
    try require(16)
    // A higher minor version is read by readers of a lower; some writers say 1.2.
    let (major, minor) = (bytes.load16(at: 12, order), bytes.load16(at: 14, order))
    guard major == 1 else {
      throw .malformed(
        part: .block(type), field: .version, value: UInt64(major) << 16 | UInt64(minor),
        offset: offset)
    }
    var section = SectionInformation()
    var cursor = OptionCursor(try options(bytes, from: 24), order: order)
    while let option = cursor.next(in: bytes) {
      switch option.code {
      case .comment: section.comments.append(bytes.text(option.value))
      case .sectionHardware: section.hardware = bytes.text(option.value)
      case .sectionOperatingSystem: section.operatingSystem = bytes.text(option.value)
      case .sectionApplication: section.application = bytes.text(option.value)
      default: break
      }
    }
    return section
  }

  /// ```text
  /// +-------------------------------+-------------------------------+
  /// |           link type           |           reserved            |  8
  /// +-------------------------------+-------------------------------+
  /// |                          snap length                          | 12
  /// +---------------------------------------------------------------+
  /// |                            options                            | 16
  /// ```
  func interface(_ bytes: RawSpan) throws(CaptureFileError) -> CaptureInterface {
    try require(8)
    var interface = CaptureInterface(
      linkType: LinkType(rawValue: bytes.load16(at: 8, order)),
      snapLength: bytes.load32(at: 12, order), timestampResolution: .microseconds)
    var cursor = OptionCursor(try options(bytes, from: 16), order: order)
    while let option = cursor.next(in: bytes) {
      apply(option.code, option.value, bytes, to: &interface)
    }
    return interface
  }

  /// Sets what an option says. An option whose length is not that of its type says nothing.
  private func apply(
    _ code: OptionCode, _ value: Range<Int>, _ bytes: RawSpan, to interface: inout CaptureInterface
  ) {
    switch (code, value.count) {
    case (.comment, _): interface.comments.append(bytes.text(value))
    case (.interfaceName, _): interface.name = bytes.text(value)
    case (.interfaceDescription, _): interface.description = bytes.text(value)
    case (.interfaceIPv4Address, 8): interface.ipv4Addresses.append(bytes.copy(value))
    case (.interfaceIPv6Address, 17): interface.ipv6Addresses.append(bytes.copy(value))
    case (.interfaceHardwareAddress, 6): interface.hardwareAddress = bytes.copy(value)
    case (.interfaceSpeed, 8): interface.speed = bytes.load64(at: value.lowerBound, order)
    case (.interfaceTimestampResolution, 1):
      interface.timestampResolution.rawValue = bytes.load8(at: value.lowerBound)
    case (.interfaceFilter, 1...) where bytes.load8(at: value.lowerBound) == 0:
      interface.filter = bytes.text(value.dropFirst())
    case (.interfaceOperatingSystem, _): interface.operatingSystem = bytes.text(value)
    case (.interfaceFrameCheckSequenceLength, 1):
      interface.frameCheckSequenceLength = bytes.load8(at: value.lowerBound)
    case (.interfaceTimestampOffset, 8):
      interface.timestampOffset = Int64(bitPattern: bytes.load64(at: value.lowerBound, order))
    case (.interfaceHardware, _): interface.hardware = bytes.text(value)
    default: break
    }
  }

  /// ```text
  /// +---------------------------------------------------------------+
  /// |                         interface                             |  8
  /// +---------------------------------------------------------------+
  /// |                 timestamp, upper 32 of 64 bits                | 12
  /// +---------------------------------------------------------------+
  /// |                 timestamp, lower 32 of 64 bits                | 16
  /// +---------------------------------------------------------------+
  /// |                            options                            | 20
  /// ```
  func statistics(
    _ bytes: RawSpan, _ interfaces: [PacketInterface], _ section: PcapngSection
  ) throws(CaptureFileError) -> (index: Int, InterfaceStatistics) {
    try require(12)
    let index = try interfaceIndex(bytes.load32(at: 8, order), interfaces, section)
    let interface = interfaces[index]
    var figures = InterfaceStatistics(timestamp: timestamp(bytes, at: 12, interface))
    var cursor = OptionCursor(try options(bytes, from: 20), order: order)
    while let option = cursor.next(in: bytes) {
      guard option.value.count == 8 else { continue }
      let position = option.value.lowerBound
      let number = bytes.load64(at: position, order)
      switch option.code {
      case .statisticsStartTime: figures.startTime = timestamp(bytes, at: position, interface)
      case .statisticsEndTime: figures.endTime = timestamp(bytes, at: position, interface)
      case .statisticsReceived: figures.received = number
      case .statisticsDropped: figures.dropped = number
      case .statisticsAccepted: figures.accepted = number
      case .statisticsDroppedBySystem: figures.droppedBySystem = number
      case .statisticsDelivered: figures.delivered = number
      default: break
      }
    }
    return (index, figures)
  }
}
