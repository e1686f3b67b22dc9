public import CaptureFile
public import EventLoop
public import LinkLayer

/// A link around a link that writes down every frame sent and received, as pcapng.
///
/// The recording names the interface and its address, marks each frame with its direction, and
/// bears the kernel's receive timestamps: all that ``ReplayLink`` needs to play it. It must not
/// come in the way of what it records: when it cannot be written, frames go on, `failure` tells at
/// once, and `close` throws; nothing half-written is left.
public final class RecordingLink: Link {
  private let inner: any Link
  private let sink: any CaptureSink
  private let form: CapturedForm
  private var writer = PcapngWriter()
  private var statistics: InterfaceStatistics
  private var isClosed = false

  /// Why the recording was given up, if it was.
  public private(set) var failure: LinkError?

  /// Records what goes through `link` to `sink`.
  ///
  /// - Parameters:
  ///   - application: the program's name and version, for the file's header.
  ///   - addresses: the interface's own, which whoever plays the recording may want to speak from.
  ///   - comments: what else is to be known of the interface.
  public init(
    wrapping link: any Link, to sink: any CaptureSink, application: String = "crimp",
    addresses: [IPPrefix] = [], comments: [String] = []
  ) throws(LinkError) {
    inner = link
    self.sink = sink
    statistics = InterfaceStatistics(timestamp: link.timestamp)
    statistics.startTime = link.timestamp
    let properties = link.properties
    form = CapturedForm(properties.linkType)
    var interface = CaptureInterface(
      linkType: properties.linkType, name: properties.name,
      hardwareAddress: properties.hardwareAddress.macAddress?.bytes)
    interface.comments = comments
    interface.add(addresses)
    write { (writer, output) throws(CaptureWriteError) in
      try writer.appendSection(SectionInformation(application: application), to: &output)
      try writer.appendInterface(interface, to: &output)
    }
    if let failure { throw failure }
  }

  /// Records what goes through `link` to the file `path`, which appears when the link is closed.
  public convenience init(
    wrapping link: any Link, path: String, application: String = "crimp",
    addresses: [IPPrefix] = [], comments: [String] = []
  ) throws(LinkError) {
    let sink: FileSink
    do throws(SystemError) {
      sink = try FileSink(path: path)
    } catch {
      throw .recording(error)
    }
    try self.init(
      wrapping: link, to: sink, application: application, addresses: addresses,
      comments: comments)
  }

  deinit {
    if !isClosed { sink.discard() }
  }

  /// The properties of the link inside.
  public var properties: LinkProperties { inner.properties }

  /// The clock of the link inside.
  public var timestamp: CaptureTimestamp { inner.timestamp }

  /// Starts the link inside.
  public func start(
    on loop: EventLoop, _ onReadable: @escaping () -> Void
  ) throws(LinkError) {
    try inner.start(on: loop, onReadable)
  }

  /// Joins by the link inside.
  public func join(_ address: HardwareAddress) throws(LinkError) {
    try inner.join(address)
  }

  /// Lends and writes down what the link inside received.
  public func receive(
    limit: Int, _ body: (RawSpan, FrameInformation) -> Void
  ) throws(LinkError) -> Int {
    try inner.receive(limit: limit) { frame, information in
      record(frame, information)
      body(frame, information)
    }
  }

  /// Lends and writes down the last of what the link inside received.
  public func drain(_ body: (RawSpan, FrameInformation) -> Void) throws(LinkError) -> Int {
    try inner.drain { frame, information in
      record(frame, information)
      body(frame, information)
    }
  }

  /// Sends by the link inside, and writes the frame down when it took it.
  public func send(_ frame: RawSpan) throws(LinkError) {
    // Before the frame leaves: an answer must never bear an earlier time than its question.
    let sentAt = inner.timestamp
    try inner.send(frame)
    recordSent(frame, sentAt)
  }

  /// Sends by the link inside, and writes down the frames that it took.
  public func send(_ batch: FrameBatch) throws(LinkError) -> Int {
    let sentAt = inner.timestamp
    let count = try inner.send(batch)
    for index in 0..<count { batch.withFrame(at: index) { recordSent($0, sentAt) } }
    return count
  }

  /// Closes the link inside and finishes the recording.
  ///
  /// - Throws: why the recording could not be written; there is no file then.
  public func close() throws(LinkError) {
    guard !isClosed else { return }
    isClosed = true
    statistics.timestamp = inner.timestamp
    statistics.endTime = statistics.timestamp
    let result = Result { () throws(LinkError) in try inner.close() }
    finishRecording()
    if let failure { throw failure }
    try result.get()
  }

  private func finishRecording() {
    let statistics = statistics
    write { (writer, output) throws(CaptureWriteError) in
      try writer.append(statistics, to: &output)
    }
    guard failure == nil else { return }
    do throws(SystemError) {
      try sink.finish()
    } catch {
      giveUp(.recording(error))
    }
  }

  private func record(_ frame: RawSpan, _ information: FrameInformation) {
    statistics.delivered = (statistics.delivered ?? 0) + 1
    let flags = FrameFlags(of: information)
    let form = form
    let length = information.originalLength + form.extraByteCount
    write { (writer, output) throws(CaptureWriteError) in
      try form.withBytes(of: frame) { bytes throws(CaptureWriteError) in
        try writer.append(
          bytes, at: information.timestamp, originalLength: length, flags: flags, to: &output)
      }
    }
  }

  private func recordSent(_ frame: RawSpan, _ sentAt: CaptureTimestamp) {
    let form = form
    write { (writer, output) throws(CaptureWriteError) in
      try form.withBytes(of: frame) { bytes throws(CaptureWriteError) in
        try writer.append(bytes, at: sentAt, flags: FrameFlags(.outbound), to: &output)
      }
    }
  }

  private func write(
    _ body: (inout PcapngWriter, inout [UInt8]) throws(CaptureWriteError) -> Void
  ) {
    guard failure == nil else { return }
    var output: [UInt8] = []
    do throws(CaptureWriteError) {
      try body(&writer, &output)
    } catch {
      return giveUp(.unrecordable(error))
    }
    do throws(SystemError) {
      try sink.write(output)
    } catch {
      giveUp(.recording(error))
    }
  }

  private func giveUp(_ error: LinkError) {
    failure = error
    sink.discard()
  }
}
