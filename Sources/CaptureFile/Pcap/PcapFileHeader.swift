/// The kinds of pcap file, told apart by the first four bytes.
struct PcapVariant {
  var order: ByteOrder
  var resolution: TimestampResolution
  /// Alexey Kuznetzov's variant of 1999 has 8 bytes more in every record.
  var isKuznetzov = false

  static let microseconds: UInt32 = 0xa1b2_c3d4
  static let nanoseconds: UInt32 = 0xa1b2_3c4d
  static let kuznetzov: UInt32 = 0xa1b2_cd34
  /// Navtel's: microseconds' layout with nanoseconds in it.
  static let navtel: UInt32 = 0xa12b_3c4d

  /// The variant of a file whose first bytes, as a big-endian number, are `magic`.
  init?(magic: UInt32) {
    for (order, value) in [(ByteOrder.big, magic), (.little, magic.byteSwapped)] {
      self.order = order
      switch value {
      case Self.microseconds: resolution = .microseconds
      case Self.nanoseconds, Self.navtel: resolution = .nanoseconds
      case Self.kuznetzov: (resolution, isKuznetzov) = (.microseconds, true)
      default: continue
      }
      return
    }
    return nil
  }
}

/// The header of a pcap file and what it says of the records, draft-ietf-opsawg-pcap section 4.
///
/// ```text
///  0                   1                   2                   3
/// +---------------------------------------------------------------+
/// |                             magic                             |  0
/// +-------------------------------+-------------------------------+
/// |         major version         |         minor version         |  4
/// +-------------------------------+-------------------------------+
/// |              time zone correction, always zero                |  8
/// +---------------------------------------------------------------+
/// |               accuracy of timestamps, always zero             | 12
/// +---------------------------------------------------------------+
/// |                          snap length                          | 16
/// +-------+-+---------------------+-------------------------------+
/// |FCS len|f|       reserved      |           link type           | 20
/// +-------+-+---------------------+-------------------------------+
/// ```
/// The last word is drawn as its number: FCS length is its highest four bits.
struct PcapFileHeader {
  static let length = 24

  let order: ByteOrder
  let resolution: TimestampResolution
  private let linkType: LinkType
  let recordHeaderLength: Int
  private let lengthOrder: LengthOrder
  private let lengthLimit: Int

  /// Before version 2.3 the original length came before the captured length; writers of 2.3 did
  /// either. libpcap reads them so too.
  private enum LengthOrder {
    case capturedFirst
    case originalFirst
    case smallerIsCaptured
  }

  init(_ bytes: RawSpan, variant: PcapVariant, offset: Int) throws(CaptureFileError) {
    order = variant.order
    resolution = variant.resolution
    recordHeaderLength = variant.isKuznetzov ? 24 : 16
    let version = (bytes.load16(at: 4, order), bytes.load16(at: 6, order))
    switch version {
    // DG/UX's tcpdump says 543.0.
    case (2, ..<3), (543, 0): lengthOrder = .originalFirst
    case (2, 3): lengthOrder = .smallerIsCaptured
    case (2, 4): lengthOrder = .capturedFirst
    default:
      throw .malformed(
        part: .fileHeader, field: .version, value: UInt64(version.0) << 16 | UInt64(version.1),
        offset: offset)
    }

    let snapLength = bytes.load32(at: 16, order)
    linkType = LinkType(rawValue: UInt16(truncatingIfNeeded: bytes.load32(at: 20, order)))
    // What libpcap believes at least; a snap length of 0 is no limit.
    let believable = snapLength == 0 ? Int.max : max(Int(snapLength), 262_144)
    lengthLimit = min(believable, CaptureParser.lengthLimit)
  }

  /// The one interface of the file, of which the header says little.
  func interface(_ bytes: RawSpan) -> CaptureInterface {
    var interface = CaptureInterface(
      linkType: linkType, snapLength: bytes.load32(at: 16, order), timestampResolution: resolution)
    let linkWord = bytes.load32(at: 20, order)
    if linkWord & 0x0400_0000 != 0 {
      // Counted in units of 16 bits.
      interface.frameCheckSequenceLength = UInt8(linkWord >> 28) * 2
    }
    return interface
  }

  /// The record that the bytes begin with.
  ///
  /// ```text
  /// +---------------------------------------------------------------+
  /// |                 seconds since 1970, unsigned                  |  0
  /// +---------------------------------------------------------------+
  /// |              microseconds or nanoseconds after it             |  4
  /// +---------------------------------------------------------------+
  /// |                        captured length                        |  8
  /// +---------------------------------------------------------------+
  /// |                        original length                        | 12
  /// +---------------------------------------------------------------+
  /// |  Kuznetzov's only: interface index                            | 16
  /// +-------------------------------+---------------+---------------+
  /// |            protocol           |  packet type  |    unused     | 20
  /// +-------------------------------+---------------+---------------+
  /// ```
  func record(_ bytes: RawSpan, offset: Int) throws(CaptureFileError) -> CaptureParser.Step {
    guard bytes.byteCount >= recordHeaderLength else {
      return .incomplete(
        .init(part: .record, needed: recordHeaderLength, lengthField: .fixedSize))
    }
    let (captured, original) = lengths(bytes.load32(at: 8, order), bytes.load32(at: 12, order))
    guard captured <= lengthLimit else {
      throw .malformed(
        part: .record, field: .capturedLength, value: UInt64(captured), offset: offset)
    }
    let length = recordHeaderLength + Int(captured)
    guard bytes.byteCount >= length else {
      return .incomplete(.init(part: .record, needed: length, lengthField: .capturedLength))
    }
    let frame = FrameLayout(
      data: recordHeaderLength..<length, timestamp: timestamp(bytes), originalLength: Int(original),
      interfaceIndex: 0, linkType: linkType, flags: flags(bytes), order: order)
    return .frame(frame, length: length)
  }

  private func lengths(_ first: UInt32, _ second: UInt32) -> (captured: UInt32, original: UInt32) {
    switch lengthOrder {
    case .capturedFirst: (first, second)
    case .originalFirst: (second, first)
    case .smallerIsCaptured: (min(first, second), max(first, second))
    }
  }

  private func timestamp(_ bytes: RawSpan) -> CaptureTimestamp {
    let seconds = Int64(bytes.load32(at: 0, order))
    let fraction = bytes.load32(at: 4, order)
    guard resolution == .microseconds else {
      return CaptureTimestamp(seconds: seconds, nanoseconds: fraction)
    }
    // A damaged file may have more microseconds than a second has.
    return CaptureTimestamp(
      seconds: seconds + Int64(fraction / 1_000_000), nanoseconds: fraction % 1_000_000 * 1000)
  }

  private func flags(_ bytes: RawSpan) -> FrameFlags {
    guard recordHeaderLength == 24 else { return FrameFlags() }
    var flags = FrameFlags(.inbound)
    switch bytes.load8(at: 22) {
    // Linux's packet types, PACKET_HOST to PACKET_OUTGOING.
    case 0: flags.reception = .unicast
    case 1: flags.reception = .broadcast
    case 2: flags.reception = .multicast
    case 3: flags.reception = .promiscuous
    case 4: flags.direction = .outbound
    default: flags.direction = .unknown
    }
    return flags
  }
}
