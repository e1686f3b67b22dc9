internal import CaptureFile

/// A frame of a link as either format has it.
struct CaptureEncoder {
  private let interfaces: [CaptureInterface]
  private var writer: Writer

  private enum Writer {
    case pcap(PcapWriter)
    case pcapng(PcapngWriter)
  }

  init(_ format: LiveCaptureFormat, _ interfaces: [CaptureInterface]) {
    self.interfaces = interfaces
    writer =
      switch format {
      case .pcapng: .pcapng(PcapngWriter())
      case .pcap(let hasNanoseconds):
        .pcap(
          PcapWriter(
            linkType: interfaces.first?.linkType ?? .ethernet,
            snapLength: interfaces.first?.snapLength ?? 262_144, hasNanoseconds: hasNanoseconds))
      }
  }

  /// Appends what a file begins with.
  mutating func appendHeader(
    _ section: SectionInformation, to output: inout [UInt8]
  ) throws(CaptureWriteError) {
    switch writer {
    case .pcap(let pcap): pcap.appendHeader(to: &output)
    case .pcapng:
      var fresh = PcapngWriter()
      try fresh.appendSection(section, to: &output)
      for interface in interfaces { try fresh.appendInterface(interface, to: &output) }
      writer = .pcapng(fresh)
    }
  }

  func append(
    _ frame: RawSpan, _ information: FrameInformation, originalLength: Int, interface: Int,
    to output: inout [UInt8]
  ) throws(CaptureWriteError) {
    switch writer {
    case .pcap(let pcap):
      try pcap.append(
        frame, at: information.timestamp, originalLength: originalLength, to: &output)
    case .pcapng(let pcapng):
      try pcapng.append(
        frame, at: information.timestamp, interface: interface, originalLength: originalLength,
        flags: FrameFlags(of: information), to: &output)
    }
  }

  /// Appends what a file ends with.
  func appendEnd(
    _ statistics: [InterfaceStatistics], to output: inout [UInt8]
  ) throws(CaptureWriteError) {
    guard case .pcapng(let pcapng) = writer else { return }
    for (index, figures) in statistics.enumerated() where index < interfaces.count {
      try pcapng.append(figures, interface: index, to: &output)
    }
  }

  /// How many of the first `limit` bytes of `bytes` end with a whole block or record. The bytes are our
  /// own, and begin a file or with a block or record.
  func wholeByteCount(of bytes: [UInt8], within limit: Int, isStart: Bool) -> Int {
    // A file's header is written by itself.
    if isStart, case .pcap = writer { return 0 }
    var whole = 0
    while let length = unitLength(bytes, at: whole), whole + length <= limit { whole += length }
    return whole
  }

  private func unitLength(_ bytes: [UInt8], at offset: Int) -> Int? {
    switch writer {
    case .pcapng:
      guard let length = number(bytes, at: offset + 4), length >= 12 else { return nil }
      return length
    case .pcap:
      guard let captured = number(bytes, at: offset + 8) else { return nil }
      return 16 + captured
    }
  }

  private func number(_ bytes: [UInt8], at offset: Int) -> Int? {
    guard offset + 4 <= bytes.count else { return nil }
    let word = unsafe bytes.span.bytes.unsafeLoadUnaligned(
      fromByteOffset: offset, as: UInt32.self)
    return Int(word)
  }
}

extension FrameFlags {
  /// What a link knows of a frame's way and address, as pcapng has it.
  init(of information: FrameInformation) {
    self.init(information.direction)
    reception =
      switch information.packetType {
      case .host: .unicast
      case .broadcast: .broadcast
      case .multicast: .multicast
      case .otherHost: .promiscuous
      default: .unspecified
      }
  }
}
