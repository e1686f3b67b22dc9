public import CaptureFile
internal import EventLoop
internal import Glibc
internal import LinkLayer

/// Writes what is captured to a file, or to one file after the other.
///
/// Frames are laid into one buffer as the file has them, which goes to the file in large pieces: a frame is
/// copied once between the ring and the kernel. What `flush()` has written is whole; a process that is
/// killed leaves a capture that ends with its last frame.
public final class CaptureFileSeries {
  /// What a series is to be.
  public struct Options: Sendable {
    /// The file's name; `-` is standard output. With rotation, number and time stand before its suffix.
    public var path: String
    /// How frames are written.
    public var format = LiveCaptureFormat.pcapng
    /// When the next file begins.
    public var rotation = CaptureRotation()
    /// What the header of each file says, where the format has room for it.
    public var section = SectionInformation()

    /// One pcapng file.
    public init(path: String) {
      self.path = path
    }
  }

  private let options: Options
  private let interfaces: [CaptureInterface]
  private let forms: [CapturedForm]
  private var encoder: CaptureEncoder
  private var file: GrowingFile?
  private var buffer: [UInt8] = []
  private var names: [String] = []

  /// The name of the file that is being written.
  public private(set) var path: String
  /// How many files were begun.
  public private(set) var fileCount = 0
  /// How many frames this file has.
  public private(set) var frameCount = 0
  /// How many bytes all files got, those included that wait in the buffer.
  public private(set) var totalByteCount = 0

  /// How many bytes are collected before they are written.
  private static let bufferLimit = 1 << 19

  /// Begins the first file.
  ///
  /// - Parameter interfaces: where frames come from; pcap takes the first one's link type for all.
  public init(
    _ options: Options, interfaces: [CaptureInterface]
  ) throws(CaptureFileFailure) {
    self.options = options
    self.interfaces = interfaces
    forms = interfaces.map { CapturedForm($0.linkType) }
    path = options.path
    encoder = CaptureEncoder(options.format, interfaces)
    buffer.reserveCapacity(2 * Self.bufferLimit)
    try beginFile()
  }

  /// How many bytes this file will have with what waits in the buffer.
  public var byteCount: Int { (file?.byteCount ?? 0) + buffer.count }

  /// Appends a frame of the interface with this number among those that `init` was given.
  ///
  /// - Parameter statistics: asked for when the frame begins another file, for the end of this one.
  public func append(
    _ frame: RawSpan, _ information: FrameInformation, interface: Int,
    statistics: () -> [InterfaceStatistics]
  ) throws(CaptureFileFailure) {
    guard interface < forms.count else {
      throw failure(.format(.unknownInterface(interface)))
    }
    if isFull(with: frame.byteCount) { try beginNextFile(statistics()) }
    let start = buffer.count
    let form = forms[interface]
    do throws(CaptureWriteError) {
      try form.withBytes(of: frame) { bytes throws(CaptureWriteError) in
        try encoder.append(
          bytes, information, originalLength: information.originalLength + form.extraByteCount,
          interface: interface, to: &buffer)
      }
    } catch {
      throw failure(.format(error))
    }
    frameCount += 1
    totalByteCount += buffer.count - start
    if buffer.count >= Self.bufferLimit { try flush() }
  }

  private func isFull(with more: Int) -> Bool {
    guard frameCount > 0 else { return false }
    if let limit = options.rotation.frameLimit, frameCount >= limit { return true }
    guard let limit = options.rotation.byteLimit else { return false }
    // With its header, its options and the statistics at the end, no frame takes more.
    return byteCount + more + 64 + 128 * interfaces.count > limit
  }

  /// Writes what waits: the file is whole afterwards.
  public func flush() throws(CaptureFileFailure) {
    guard !buffer.isEmpty else { return }
    guard let file else { throw failure(.closed) }
    let start = file.byteCount
    do throws(SystemError) {
      try file.write(buffer)
    } catch {
      let whole = encoder.wholeByteCount(
        of: buffer, within: file.byteCount - start, isStart: start == 0)
      file.truncate(to: start + whole)
      close()
      throw failure(.system(error))
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Ends this file with `statistics`, and begins the next one if there is rotation.
  public func beginNextFile(
    _ statistics: [InterfaceStatistics]
  ) throws(CaptureFileFailure) {
    guard options.rotation.isActive else { return try flush() }
    try endFile(statistics)
    try beginFile()
    guard let limit = options.rotation.fileLimit, names.count > max(limit, 1) else { return }
    unsafe unlink(names.removeFirst())
  }

  /// Ends the last file. Nothing can be appended afterwards.
  public func finish(_ statistics: [InterfaceStatistics]) throws(CaptureFileFailure) {
    guard let file else { return }
    try endFile(statistics)
    do throws(SystemError) {
      try file.synchronize()
    } catch {
      throw failure(.system(error))
    }
  }

  private func beginFile() throws(CaptureFileFailure) {
    fileCount += 1
    frameCount = 0
    if options.rotation.isActive {
      path = CaptureFileName(options.path).numbered(fileCount, at: .now)
    }
    do throws(SystemError) {
      file = try GrowingFile(path)
    } catch {
      throw failure(.system(error))
    }
    names.append(path)
    do throws(CaptureWriteError) {
      try encoder.appendHeader(options.section, to: &buffer)
    } catch {
      throw failure(.format(error))
    }
    totalByteCount += buffer.count
    // A reader at the other end of a pipe waits for this.
    try flush()
  }

  private func endFile(_ statistics: [InterfaceStatistics]) throws(CaptureFileFailure) {
    let start = buffer.count
    do throws(CaptureWriteError) {
      try encoder.appendEnd(statistics, to: &buffer)
    } catch {
      throw failure(.format(error))
    }
    totalByteCount += buffer.count - start
    try flush()
    close()
  }

  private func close() {
    file = nil
    buffer = []
  }

  private func failure(_ reason: CaptureFileFailure.Reason) -> CaptureFileFailure {
    CaptureFileFailure(path: path, reason: reason)
  }
}
