/// Collects the options of a block; those with a value of nil are left out. ``OptionCursor`` has the
/// diagram.
struct OptionWriter {
  private(set) var bytes: [UInt8] = []
  let order: ByteOrder

  init(order: ByteOrder) {
    self.order = order
  }

  mutating func append(_ code: OptionCode, _ value: [UInt8]) throws(CaptureWriteError) {
    guard let length = UInt16(exactly: value.count) else { throw .optionTooLong(value.count) }
    bytes.append16(code.rawValue, order)
    bytes.append16(length, order)
    bytes += value
    bytes.appendPadding(after: value.count)
  }

  mutating func append(_ code: OptionCode, _ text: String?) throws(CaptureWriteError) {
    guard let text else { return }
    try append(code, Array(text.utf8))
  }

  mutating func append(_ code: OptionCode, _ texts: [String]) throws(CaptureWriteError) {
    for text in texts { try append(code, Array(text.utf8)) }
  }

  mutating func append(_ code: OptionCode, _ number: UInt32) {
    bytes.append16(code.rawValue, order)
    bytes.append16(4, order)
    bytes.append32(number, order)
  }

  mutating func append(_ code: OptionCode, _ number: UInt64?) {
    guard let number else { return }
    bytes.append16(code.rawValue, order)
    bytes.append16(8, order)
    bytes.append64(number, order)
  }

  mutating func appendTicks(_ code: OptionCode, _ ticks: UInt64) {
    bytes.append16(code.rawValue, order)
    bytes.append16(8, order)
    bytes.appendTicks(ticks, order)
  }
}

extension OptionWriter {
  /// The options of an interface description block.
  init(
    describing interface: CaptureInterface, order: ByteOrder
  ) throws(CaptureWriteError) {
    self.init(order: order)
    try append(.comment, interface.comments)
    try append(.interfaceName, interface.name)
    try append(.interfaceDescription, interface.description)
    for address in interface.ipv4Addresses { try append(.interfaceIPv4Address, address) }
    for address in interface.ipv6Addresses { try append(.interfaceIPv6Address, address) }
    if let address = interface.hardwareAddress { try append(.interfaceHardwareAddress, address) }
    append(.interfaceSpeed, interface.speed)
    if interface.timestampResolution != .microseconds {
      try append(.interfaceTimestampResolution, [interface.timestampResolution.rawValue])
    }
    // The first byte says that the filter is text.
    if let filter = interface.filter { try append(.interfaceFilter, [0] + Array(filter.utf8)) }
    try append(.interfaceOperatingSystem, interface.operatingSystem)
    if let length = interface.frameCheckSequenceLength {
      try append(.interfaceFrameCheckSequenceLength, [length])
    }
    if interface.timestampOffset != 0 {
      append(.interfaceTimestampOffset, UInt64(bitPattern: interface.timestampOffset))
    }
    try append(.interfaceHardware, interface.hardware)
  }
}
