/// Writes a pcap file, version 2.4: bytes are appended to an array, which the caller puts into a file.
///
///     let writer = PcapWriter(linkType: .ethernet)
///     writer.appendHeader(to: &bytes)
///     try writer.append(frame.span.bytes, at: now, to: &bytes)
///
/// Every call appends a whole header or record: a file cut between two calls is valid.
public struct PcapWriter: Hashable, Sendable {
  /// What the frames begin with.
  public let linkType: LinkType
  /// The most bytes of a frame that are written; 0 is no limit.
  public let snapLength: UInt32
  /// How long every frame's check sequence is, in bytes; nil does not say. Only even lengths up to
  /// 30 can be said.
  public let frameCheckSequenceLength: Int?
  /// Whether the fraction of a second is in nanoseconds rather than microseconds.
  public let hasNanoseconds: Bool
  /// The order of the bytes of a number.
  public let byteOrder: ByteOrder

  /// A writer of one file.
  public init(
    linkType: LinkType, snapLength: UInt32 = 262_144, frameCheckSequenceLength: Int? = nil,
    hasNanoseconds: Bool = true, byteOrder: ByteOrder = .native
  ) {
    self.linkType = linkType
    self.snapLength = snapLength
    self.frameCheckSequenceLength = frameCheckSequenceLength
    self.hasNanoseconds = hasNanoseconds
    self.byteOrder = byteOrder
  }

  /// Appends the header of the file, 24 bytes; ``PcapFileHeader`` has the diagram.
  public func appendHeader(to output: inout [UInt8]) {
    let magic = hasNanoseconds ? PcapVariant.nanoseconds : PcapVariant.microseconds
    output.append32(magic, byteOrder)
    output.append16(2, byteOrder)
    output.append16(4, byteOrder)
    output.append32(0, byteOrder)
    output.append32(0, byteOrder)
    output.append32(snapLength, byteOrder)
    output.append32(linkWord, byteOrder)
  }

  private var linkWord: UInt32 {
    guard let length = frameCheckSequenceLength, (0...30).contains(length), length % 2 == 0 else {
      return UInt32(linkType.rawValue)
    }
    return UInt32(linkType.rawValue) | 0x0400_0000 | UInt32(length / 2) << 28
  }

  /// Appends a frame.
  ///
  /// - Parameters:
  ///   - frame: its bytes; those after the snap length are left out.
  ///   - timestamp: when it was seen; below the file's resolution it is cut.
  ///   - originalLength: how long it was on the link, if it has been cut already.
  ///   - output: what the record is appended to.
  public func append(
    _ frame: RawSpan, at timestamp: CaptureTimestamp, originalLength: Int? = nil,
    to output: inout [UInt8]
  ) throws(CaptureWriteError) {
    let lengths = try FrameLengths(frame, original: originalLength, snapLength: snapLength)
    guard let seconds = UInt32(exactly: timestamp.seconds) else { throw .timestampOutOfRange }
    let nanoseconds = timestamp.nanoseconds
    let fraction = hasNanoseconds ? nanoseconds : nanoseconds / 1000
    let order = byteOrder
    let kept = frame.extracting(first: lengths.captured)
    unsafe output.appendPiece(16 + kept.byteCount) { piece in
      unsafe piece.store(seconds, at: 0, order)
      unsafe piece.store(fraction, at: 4, order)
      unsafe piece.store(UInt32(truncatingIfNeeded: kept.byteCount), at: 8, order)
      unsafe piece.store(lengths.original, at: 12, order)
      unsafe piece.store(kept, at: 16)
    }
  }
}

/// The two lengths of a frame, fit to be written.
struct FrameLengths {
  let captured: Int
  let original: UInt32

  init(_ frame: RawSpan, original: Int?, snapLength: UInt32) throws(CaptureWriteError) {
    let limit = snapLength == 0 ? Int.max : Int(snapLength)
    captured = min(frame.byteCount, limit)
    guard captured <= CaptureParser.lengthLimit else { throw .frameTooLong(captured) }
    guard let original = UInt32(exactly: original ?? frame.byteCount) else {
      throw .frameTooLong(original ?? frame.byteCount)
    }
    self.original = original
  }
}

extension [UInt8] {
  /// Makes room for as many bytes more; doubles, so that many small appends stay cheap.
  mutating func reserveRoom(_ more: Int) {
    guard capacity - count < more else { return }
    reserveCapacity(Swift.max(count + more, capacity * 2))
  }
}
