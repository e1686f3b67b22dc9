/// Reads a capture, pcap or pcapng, from bytes that come piece by piece.
///
///     var reader = CaptureReader()
///     while let chunk = readSome() {
///       reader.append(chunk.span.bytes)
///       while let frame = try reader.next() { use(frame) }
///     }
///     reader.finish()
///     while let frame = try reader.next() { use(frame) }
///
/// It opens no file and keeps no more than the bytes that were not read yet. For a file that is in
/// memory as a whole, ``CaptureFileView`` copies nothing.
public struct CaptureReader: Sendable {
  private var parser = CaptureParser()
  private var buffer: [UInt8] = []
  /// Where the next unit begins in the buffer.
  private var head = 0
  /// Where the buffer begins in the file.
  private var base = 0
  private var isFinished = false
  private var failure: CaptureFileError?

  /// A reader that has no bytes yet.
  public init() {}

  /// The format; nil until its header has been read.
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

  /// Takes the bytes that follow the ones it has.
  public mutating func append(_ bytes: RawSpan) {
    if head > buffer.count / 2 {
      buffer.removeFirst(head)
      base += head
      head = 0
    }
    buffer.append(bytes)
  }

  /// Says that no bytes follow: what is incomplete from here on is truncated.
  public mutating func finish() {
    isFinished = true
  }

  /// The next frame; nil when more bytes are needed or, after ``finish()``, at the end.
  ///
  /// - Throws: ``CaptureFileError``, after all frames before the fault; and again at each call.
  @_lifetime(&self)
  public mutating func next() throws(CaptureFileError) -> CapturedFrameView? {
    if let failure { throw failure }
    guard let (layout, start) = try advance() else { return nil }
    return CapturedFrameView(layout, in: unsafe buffer.span.bytes.extracting(start...))
  }

  /// Steps to after the next frame and says where that began.
  private mutating func advance() throws(CaptureFileError) -> (FrameLayout, start: Int)? {
    // A second reference, so that the bytes can be looked at while the parser changes.
    let buffer = buffer
    let bytes = unsafe buffer.span.bytes
    do throws(CaptureFileError) {
      while true {
        let rest = bytes.extracting(head...)
        let start = head
        switch try parser.step(rest, offset: base + head) {
        case .frame(let layout, let length):
          head += length
          return (layout, start)
        case .other(let length):
          head += length
        case .incomplete(let shortfall):
          let available = buffer.count - head
          if isFinished,
            let error = parser.endError(shortfall, available: available, offset: base + head)
          {
            throw error
          }
          return nil
        }
      }
    } catch {
      failure = error
      throw error
    }
  }
}
