/// Reads a capture, pcap or pcapng, that is in memory as a whole. Nothing is copied: the frames are
/// lent from the bytes.
///
///     var capture = CaptureFileView(bytes)
///     while let frame = try capture.next() { use(frame) }
public struct CaptureFileView: ~Escapable {
  private var parser = CaptureParser()
  private let bytes: RawSpan
  private var head = 0

  /// A reader at the first byte of the file.
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan) {
    self.bytes = bytes
  }

  /// The format; nil until the first frame was asked for.
  public var format: CaptureFormat? { parser.format }
  /// All interfaces that were described so far, those of earlier sections included. A pcap file
  /// has one.
  public var interfaces: [CaptureInterface] { parser.interfaces }
  /// What the section headers read so far say; a pcap file has none.
  public var sections: [SectionInformation] { parser.sections }

  /// The last figures of an interface that were read, if any.
  public func statistics(ofInterface index: Int) -> InterfaceStatistics? {
    parser.statistics.indices.contains(index) ? parser.statistics[index] : nil
  }

  /// The next frame, or nil at the end.
  ///
  /// - Throws: ``CaptureFileError``, after all frames before the fault; and again at each call.
  @_lifetime(copy self)
  public mutating func next() throws(CaptureFileError) -> CapturedFrameView? {
    while true {
      let rest = bytes.extracting(head...)
      switch try parser.step(rest, offset: head) {
      case .frame(let layout, let length):
        head += length
        return CapturedFrameView(layout, in: rest)
      case .other(let length):
        head += length
      case .incomplete(let shortfall):
        let available = bytes.byteCount - head
        guard let error = parser.endError(shortfall, available: available, offset: head) else {
          return nil
        }
        throw error
      }
    }
  }
}
