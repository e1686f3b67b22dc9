/// Writes a pcapng file: bytes are appended to an array, which the caller puts into a file.
///
///     var writer = PcapngWriter()
///     writer.appendSection(SectionInformation(application: "crimp"), to: &bytes)
///     let eth0 = writer.appendInterface(CaptureInterface(linkType: .ethernet), to: &bytes)
///     try writer.append(frame.span.bytes, at: now, interface: eth0, to: &bytes)
///
/// Every call appends a whole block: a file cut between two calls is valid.
public struct PcapngWriter: Sendable {
  /// The order of the bytes of a number.
  public let byteOrder: ByteOrder
  private var interfaces: [WrittenInterface] = []

  /// A writer of one file.
  public init(byteOrder: ByteOrder = .native) {
    self.byteOrder = byteOrder
  }

  /// Appends a section header block. A file begins with one; a second begins a section whose
  /// interfaces are numbered from 0 again.
  public mutating func appendSection(
    _ section: SectionInformation = SectionInformation(), to output: inout [UInt8]
  ) throws(CaptureWriteError) {
    var options = OptionWriter(order: byteOrder)
    try options.append(.comment, section.comments)
    try options.append(.sectionHardware, section.hardware)
    try options.append(.sectionOperatingSystem, section.operatingSystem)
    try options.append(.sectionApplication, section.application)
    try appendBlock(.sectionHeader, bodyLength: 16, options, to: &output) { output in
      output.append32(PcapngBlock.byteOrderMagic, byteOrder)
      output.append16(1, byteOrder)
      output.append16(0, byteOrder)
      // The length of the section is not known.
      output.append64(.max, byteOrder)
    }
    interfaces = []
  }

  /// Appends an interface description block.
  ///
  /// - Returns: the number that frames and statistics of this section say it by.
  @discardableResult
  public mutating func appendInterface(
    _ interface: CaptureInterface, to output: inout [UInt8]
  ) throws(CaptureWriteError) -> Int {
    let options = try OptionWriter(describing: interface, order: byteOrder)
    try appendBlock(.interfaceDescription, bodyLength: 8, options, to: &output) { output in
      output.append16(interface.linkType.rawValue, byteOrder)
      output.append16(0, byteOrder)
      output.append32(interface.snapLength, byteOrder)
    }
    interfaces.append(WrittenInterface(interface))
    return interfaces.count - 1
  }

  /// Appends an enhanced packet block.
  ///
  /// - Parameters:
  ///   - frame: its bytes; those after the interface's snap length are left out.
  ///   - timestamp: when it was seen; below the interface's resolution it is cut.
  ///   - interface: what ``appendInterface(_:to:)`` returned.
  ///   - originalLength: how long it was on the link, if it has been cut already.
  ///   - flags: direction and the like; no option is written when they are 0.
  ///   - dropCount: how many frames were lost just before it; nil does not say.
  ///   - comments: notes on it.
  ///   - output: what the block is appended to.
  public func append(
    _ frame: RawSpan, at timestamp: CaptureTimestamp, interface: Int = 0,
    originalLength: Int? = nil, flags: FrameFlags = FrameFlags(), dropCount: UInt64? = nil,
    comments: [String] = [], to output: inout [UInt8]
  ) throws(CaptureWriteError) {
    let description = try self.interface(interface)
    let lengths = try FrameLengths(
      frame, original: originalLength, snapLength: description.snapLength)
    let ticks = try ticks(timestamp, description)
    guard !comments.isEmpty || dropCount != nil else {
      return try appendPlain(
        frame.extracting(first: lengths.captured), ticks, UInt32(interface), lengths.original,
        flags, to: &output)
    }
    var options = OptionWriter(order: byteOrder)
    try options.append(.comment, comments)
    if flags.rawValue != 0 { options.append(.packetFlags, flags.rawValue) }
    options.append(.packetDropCount, dropCount)
    try appendBlock(
      .enhancedPacket, bodyLength: 20 + padded(lengths.captured), options, to: &output
    ) { output in
      output.append32(UInt32(interface), byteOrder)
      output.appendTicks(ticks, byteOrder)
      output.append32(UInt32(lengths.captured), byteOrder)
      output.append32(lengths.original, byteOrder)
      output.append(frame.extracting(first: lengths.captured))
      output.appendPadding(after: lengths.captured)
    }
  }

  /// Appends a frame as it was read, on the interface of the same number. One without a time
  /// becomes a simple packet block, which has no room for flags, drops or comments and belongs to
  /// interface 0.
  public func append(
    _ frame: CapturedFrame, to output: inout [UInt8]
  ) throws(CaptureWriteError) {
    guard let timestamp = frame.timestamp else {
      return try appendSimple(frame, to: &output)
    }
    try append(
      unsafe frame.bytes.span.bytes, at: timestamp, interface: frame.interfaceIndex,
      originalLength: frame.originalLength, flags: frame.flags, dropCount: frame.dropCount,
      comments: frame.comments, to: &output)
  }

  /// A simple packet block has no captured length: how many bytes are there follows from the
  /// original length and the snap length, so a frame that was cut elsewhere does not fit one.
  private func appendSimple(
    _ frame: CapturedFrame, to output: inout [UInt8]
  ) throws(CaptureWriteError) {
    let description = try interface(0)
    let bytes = unsafe frame.bytes.span.bytes
    let lengths = try FrameLengths(
      bytes, original: frame.originalLength, snapLength: description.snapLength)
    let limit = description.snapLength == 0 ? UInt32.max : description.snapLength
    guard frame.interfaceIndex == 0, lengths.captured == Int(min(lengths.original, limit)) else {
      throw .timestampOutOfRange
    }
    let options = OptionWriter(order: byteOrder)
    try appendBlock(
      .simplePacket, bodyLength: 4 + padded(lengths.captured), options, to: &output
    ) { output in
      output.append32(lengths.original, byteOrder)
      output.append(bytes.extracting(first: lengths.captured))
      output.appendPadding(after: lengths.captured)
    }
  }

  /// Appends an interface statistics block; usually at the end, one for every interface.
  public func append(
    _ statistics: InterfaceStatistics, interface: Int = 0, to output: inout [UInt8]
  ) throws(CaptureWriteError) {
    let description = try self.interface(interface)
    let ticks = try ticks(statistics.timestamp, description)
    var options = OptionWriter(order: byteOrder)
    let times: [(OptionCode, CaptureTimestamp?)] = [
      (.statisticsStartTime, statistics.startTime), (.statisticsEndTime, statistics.endTime),
    ]
    for case (let code, let time?) in times {
      options.appendTicks(code, try self.ticks(time, description))
    }
    options.append(.statisticsReceived, statistics.received)
    options.append(.statisticsDropped, statistics.dropped)
    options.append(.statisticsAccepted, statistics.accepted)
    options.append(.statisticsDroppedBySystem, statistics.droppedBySystem)
    options.append(.statisticsDelivered, statistics.delivered)
    try appendBlock(.interfaceStatistics, bodyLength: 12, options, to: &output) { output in
      output.append32(UInt32(interface), byteOrder)
      output.appendTicks(ticks, byteOrder)
    }
  }

  private func interface(_ index: Int) throws(CaptureWriteError) -> WrittenInterface {
    guard interfaces.indices.contains(index) else { throw .unknownInterface(index) }
    return interfaces[index]
  }

  private func ticks(
    _ timestamp: CaptureTimestamp, _ interface: WrittenInterface
  ) throws(CaptureWriteError) -> UInt64 {
    guard let ticks = interface.ticks(timestamp) else { throw .timestampOutOfRange }
    return ticks
  }

  /// Appends an enhanced packet block with no option but its flags: what nearly all are, stored in one
  /// piece.
  private func appendPlain(
    _ frame: RawSpan, _ ticks: UInt64, _ interface: UInt32, _ original: UInt32,
    _ flags: FrameFlags, to output: inout [UInt8]
  ) throws(CaptureWriteError) {
    let order = byteOrder
    let captured = frame.byteCount
    let frameEnd = 28 + padded(captured)
    let length = frameEnd + (flags.rawValue == 0 ? 4 : 16)
    guard length <= CaptureParser.lengthLimit else { throw .blockTooLong(length) }
    unsafe output.appendPiece(length) { piece in
      unsafe piece.store(BlockType.enhancedPacket.rawValue, at: 0, order)
      unsafe piece.store(UInt32(truncatingIfNeeded: length), at: 4, order)
      unsafe piece.store(interface, at: 8, order)
      unsafe piece.store(UInt32(ticks >> 32), at: 12, order)
      unsafe piece.store(UInt32(truncatingIfNeeded: ticks), at: 16, order)
      unsafe piece.store(UInt32(truncatingIfNeeded: captured), at: 20, order)
      unsafe piece.store(original, at: 24, order)
      // The padding first: the frame overwrites what is its own of the last word.
      if frameEnd > 28 { unsafe piece.store(0 as UInt32, at: frameEnd - 4, order) }
      unsafe piece.store(frame, at: 28)
      if flags.rawValue != 0 {
        unsafe piece.store(OptionCode.packetFlags.rawValue, at: frameEnd, order)
        unsafe piece.store(4 as UInt16, at: frameEnd + 2, order)
        unsafe piece.store(flags.rawValue, at: frameEnd + 4, order)
        unsafe piece.store(0 as UInt32, at: frameEnd + 8, order)
      }
      unsafe piece.store(UInt32(truncatingIfNeeded: length), at: length - 4, order)
    }
  }

  /// Appends a block: its header, the body that the closure appends, the options, its trailer.
  private func appendBlock(
    _ type: BlockType, bodyLength: Int, _ options: OptionWriter, to output: inout [UInt8],
    _ body: (inout [UInt8]) -> Void
  ) throws(CaptureWriteError) {
    let end = options.bytes.isEmpty ? 0 : 4
    let length = PcapngBlock.minimumLength + bodyLength + options.bytes.count + end
    guard length <= CaptureParser.lengthLimit else { throw .blockTooLong(length) }
    output.reserveRoom(length)
    output.append32(type.rawValue, byteOrder)
    output.append32(UInt32(length), byteOrder)
    body(&output)
    output += options.bytes
    if end > 0 { output.append32(0, byteOrder) }
    output.append32(UInt32(length), byteOrder)
  }
}

extension [UInt8] {
  /// A timestamp: two words, the upper first in either byte order.
  mutating func appendTicks(_ ticks: UInt64, _ order: ByteOrder) {
    append32(UInt32(ticks >> 32), order)
    append32(UInt32(truncatingIfNeeded: ticks), order)
  }

  /// The zeros that fill `length` bytes up to a multiple of 4.
  mutating func appendPadding(after length: Int) {
    for _ in length..<padded(length) { append(0) }
  }
}
