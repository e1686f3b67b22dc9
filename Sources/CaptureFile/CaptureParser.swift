/// What both readers share: it is given the bytes from where it stands, says what the next unit (a
/// header, record or block) is and how long it is, and remembers what later units depend on.
struct CaptureParser {
  /// What the bytes begin with.
  enum Step {
    /// A frame; its layout is counted from the unit's first byte.
    case frame(FrameLayout, length: Int)
    /// A unit that holds no frame.
    case other(length: Int)
    /// A unit that has not come whole.
    case incomplete(Shortfall)
  }

  /// What is missing when a unit has not come whole.
  struct Shortfall {
    var part: CaptureFilePart
    var needed: Int
    var lengthField: LengthField
  }

  private enum State {
    case start
    case pcap(PcapFileHeader)
    case pcapng(PcapngSection)
  }

  private var state = State.start
  private(set) var interfaces: [CaptureInterface] = []
  private(set) var statistics: [InterfaceStatistics?] = []
  /// Of every interface, what its packets need.
  private var packetInterfaces: [PacketInterface] = []
  private(set) var sections: [SectionInformation] = []

  /// The longest frame and the longest block that are believed.
  static let lengthLimit = 16 << 20

  var format: CaptureFormat? {
    switch state {
    case .start: nil
    case .pcap(let header): .pcap(byteOrder: header.order, resolution: header.resolution)
    case .pcapng(let section): .pcapng(byteOrder: section.order)
    }
  }

  /// Looks at the bytes of the next unit.
  ///
  /// - Parameters:
  ///   - bytes: from the unit's first byte on, to the last byte that is there.
  ///   - offset: where that is in the file, for errors.
  mutating func step(_ bytes: RawSpan, offset: Int) throws(CaptureFileError) -> Step {
    switch state {
    case .start: try start(bytes, offset: offset)
    case .pcap(let header): try header.record(bytes, offset: offset)
    case .pcapng(let section): try block(bytes, in: section, offset: offset)
    }
  }

  /// The error when the bytes end with nothing more to come, or nil if this is a good place to end.
  func endError(_ shortfall: Shortfall, available: Int, offset: Int) -> CaptureFileError? {
    if available == 0, format != nil { return nil }
    return .truncated(
      part: shortfall.part, needed: shortfall.needed, available: available,
      lengthField: shortfall.lengthField, offset: offset)
  }

  private mutating func start(
    _ bytes: RawSpan, offset: Int
  ) throws(CaptureFileError) -> Step {
    guard bytes.byteCount >= 4 else {
      return .incomplete(Shortfall(part: .magic, needed: 4, lengthField: .fixedSize))
    }
    let magic = bytes.load32(at: 0, .big)
    if BlockType(rawValue: magic) == .sectionHeader {
      return try section(bytes, offset: offset)
    }
    guard let variant = PcapVariant(magic: magic) else {
      throw .unrecognizedFormat(magic: magic)
    }
    guard bytes.byteCount >= PcapFileHeader.length else {
      return .incomplete(
        Shortfall(part: .fileHeader, needed: PcapFileHeader.length, lengthField: .fixedSize))
    }
    let header = try PcapFileHeader(bytes, variant: variant, offset: offset)
    append(header.interface(bytes))
    state = .pcap(header)
    return .other(length: PcapFileHeader.length)
  }

  private mutating func append(_ interface: CaptureInterface) {
    interfaces.append(interface)
    statistics.append(nil)
    packetInterfaces.append(PacketInterface(interface))
  }

  private mutating func block(
    _ bytes: RawSpan, in section: PcapngSection, offset: Int
  ) throws(CaptureFileError) -> Step {
    guard bytes.byteCount >= PcapngBlock.minimumLength else {
      return incompleteBlock(bytes, order: section.order)
    }
    if BlockType(rawValue: bytes.load32(at: 0, .big)) == .sectionHeader {
      return try self.section(bytes, offset: offset)
    }
    let (length, type) = try PcapngBlock.length(bytes, order: section.order, offset: offset)
    guard bytes.byteCount >= length else {
      return .incomplete(
        Shortfall(part: .block(type), needed: length, lengthField: .blockTotalLength))
    }
    let block = PcapngBlock(type: type, length: length, order: section.order, offset: offset)
    try block.checkTrailer(bytes)
    switch type {
    case .enhancedPacket:
      return .frame(try block.enhancedPacket(bytes, packetInterfaces, section), length: length)
    case .simplePacket:
      return .frame(try block.simplePacket(bytes, packetInterfaces, section), length: length)
    case .packet:
      return .frame(try block.obsoletePacket(bytes, packetInterfaces, section), length: length)
    case .interfaceDescription:
      append(try block.interface(bytes))
    case .interfaceStatistics:
      let (index, figures) = try block.statistics(bytes, packetInterfaces, section)
      statistics[index] = figures
    default: break
    }
    return .other(length: length)
  }

  /// A section header: its byte order is its own, and interface numbers begin anew.
  private mutating func section(
    _ bytes: RawSpan, offset: Int
  ) throws(CaptureFileError) -> Step {
    let minimum = PcapngBlock.sectionHeaderMinimumLength
    guard bytes.byteCount >= minimum else {
      return .incomplete(
        Shortfall(part: .block(.sectionHeader), needed: minimum, lengthField: .fixedSize))
    }
    let order = try PcapngBlock.sectionByteOrder(bytes, offset: offset)
    let (length, type) = try PcapngBlock.length(bytes, order: order, offset: offset)
    guard bytes.byteCount >= length else {
      return .incomplete(
        Shortfall(part: .block(type), needed: length, lengthField: .blockTotalLength))
    }
    let block = PcapngBlock(type: type, length: length, order: order, offset: offset)
    try block.checkTrailer(bytes)
    sections.append(try block.section(bytes))
    state = .pcapng(PcapngSection(order: order, firstInterface: interfaces.count))
    return .other(length: length)
  }

  private func incompleteBlock(_ bytes: RawSpan, order: ByteOrder) -> Step {
    let type = bytes.byteCount >= 4 ? bytes.load32(at: 0, order) : 0
    return .incomplete(
      Shortfall(
        part: .block(BlockType(rawValue: type)), needed: PcapngBlock.minimumLength,
        lengthField: .fixedSize))
  }
}
