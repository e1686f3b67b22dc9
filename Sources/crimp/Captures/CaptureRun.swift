import CaptureFile
import Decoding
import Drivers
import EventLoop
import Glibc
import LinkLayer
import Links
import Synchronization

/// Captures live: to files, to the terminal, or for a summary.
final class CaptureRun: CaptureSession.Receiver {
  private let request: CaptureRequest
  private let report: CaptureReport
  private var sources: [CaptureSource] = []
  private var session: CaptureSession?
  private var files: CaptureFileSeries?
  private var teller: FrameTeller?
  private var summary: CaptureSummary?
  private var number = 0
  /// Why nothing more is written.
  private var failure: CommandFailure?
  /// Whether the reader at the other end of standard output went away.
  private var hasLostReader = false

  init(_ request: CaptureRequest) {
    self.request = request
    report = CaptureReport(request)
    teller = request.display.map { FrameTeller($0) }
    summary = request.showsSummary ? CaptureSummary() : nil
  }

  /// Captures until a limit or a signal ends it.
  func perform() throws(CommandFailure) -> ExitStatus {
    sources = try CapturePlace.open(request)
    let loop = try worded { () throws(SystemError) in try EventLoop() }
    // Before the first write: a full disk and a lost reader are told by errors, not by signals, nor by one
    // that waits until the others are heard no more.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    let signals = try worded { () throws(SystemError) in
      try loop.onSignal([SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2]) { [unowned self] in hear($0) }
    }
    defer { signals.cancel() }
    try openFiles()
    try dropPrivileges()
    let session = try worded { () throws(LinkError) in
      try CaptureSession(sources, on: loop, frameLimit: request.frameLimit, self)
    }
    self.session = session
    report.start(on: loop, sources)
    schedule(on: loop)
    let end = loop.run { await session.run() }
    return try finish(end)
  }

  private func openFiles() throws(CommandFailure) {
    guard let output = request.output else { return }
    let interfaces = sources.map(\.description)
    if case .pcap = output.format,
      let other = interfaces.first(where: { $0.linkType != interfaces.first?.linkType })
    {
      throw CommandFailure(
        .usage,
        "--format pcap: expected interfaces of one link type, and \(other.name ?? "") is of another"
      )
    }
    do throws(CaptureFileFailure) {
      let series = try CaptureFileSeries(output, interfaces: interfaces)
      files = series
      report.began(series)
    } catch {
      throw CommandFailure(error)
    }
  }

  /// Later files are made without privileges: that this will go is better known now.
  private func dropPrivileges() throws(CommandFailure) {
    try worded { () throws(SystemError) in try Privileges.dropAll() }
    guard let output = request.output, output.rotation.isActive else { return }
    let slash = output.path.lastIndex(of: "/")
    let directory = slash.map { $0 == output.path.startIndex ? "/" : String(output.path[..<$0]) }
    guard unsafe faccessat(AT_FDCWD, directory ?? ".", W_OK, AT_EACCESS) == 0 else {
      throw CommandFailure(
        .inputOutput,
        "\(directory ?? "."): expected a directory in which user \(geteuid()) may make files: "
          + "privileges are dropped before the second one")
    }
  }

  private func schedule(on loop: EventLoop) {
    if let duration = request.duration {
      loop.schedule(after: duration) { [weak self] in self?.session?.end() }
    }
    if let interval = request.output?.rotation.interval { rotate(each: interval, on: loop) }
  }

  private func rotate(each interval: Duration, on loop: EventLoop) {
    loop.schedule(after: interval) { [weak self] in
      guard let self, failure == nil else { return }
      rotate(each: interval, on: loop)
      beginNextFile()
    }
  }

  private func hear(_ signal: Int32) {
    switch signal {
    case SIGUSR1: report.tellFigures(sources)
    case SIGUSR2: beginNextFile()
    case SIGINT, SIGTERM, SIGHUP: session?.end()
    default: break
    }
  }

  // MARK: Frames

  func receive(_ frame: RawSpan, _ information: FrameInformation, from source: Int) {
    guard failure == nil, !hasLostReader else { return }
    number += 1
    if let files { write(frame, information, from: source, to: files) }
    guard teller != nil || summary != nil else { return }
    show(frame, information, sources[source])
  }

  private func write(
    _ frame: RawSpan, _ information: FrameInformation, from source: Int,
    to files: CaptureFileSeries
  ) {
    let fileCount = files.fileCount
    do throws(CaptureFileFailure) {
      try files.append(frame, information, interface: source) { sources.map(\.statistics) }
    } catch {
      return give(up: error)
    }
    if files.fileCount != fileCount { report.began(files) }
    if let limit = request.byteLimit, files.totalByteCount >= limit { session?.stop() }
  }

  private func show(_ frame: RawSpan, _ information: FrameInformation, _ source: CaptureSource) {
    let linkType = source.description.linkType
    summary?.add(
      frame, at: information.timestamp, originalLength: information.originalLength,
      linkType: linkType)
    let facts = FrameFacts(
      timestamp: information.timestamp, originalLength: information.originalLength,
      linkType: linkType, direction: information.direction)
    guard let display = request.display else { return }
    if display.isJSON {
      let record = teller?.record(frame, facts, number: number, interface: source.name)
      if let record { JSONLine.write(record) }
    } else {
      teller?.write(frame, facts, from: sources.count > 1 ? source.name : nil)
    }
  }

  func pause() {
    teller?.flush()
    if StandardStream.hasLostReader.load(ordering: .relaxed)
      || StandardStream.hasLostOutput.load(ordering: .relaxed)
    {
      // Nobody sees what is decoded any more. What is captured until here is kept.
      session?.stop()
    }
    guard failure == nil, !hasLostReader, let files else { return }
    do throws(CaptureFileFailure) {
      try files.flush()
    } catch {
      give(up: error)
    }
  }

  func lost(_ source: Int, _ error: LinkError) {
    report.tell(CommandFailure(error).message)
  }

  private func beginNextFile() {
    guard failure == nil, !hasLostReader, let files else { return }
    let count = files.fileCount
    do throws(CaptureFileFailure) {
      try files.beginNextFile(sources.map(\.statistics))
    } catch {
      return give(up: error)
    }
    if files.fileCount != count { report.began(files) }
  }

  private func give(up error: CaptureFileFailure) {
    if case .system(let reason) = error.reason, reason.errno == EPIPE {
      hasLostReader = true
    } else {
      failure = CommandFailure(error)
    }
    session?.stop()
  }

  // MARK: The end

  private func finish(_ end: CaptureSession.End) throws(CommandFailure) -> ExitStatus {
    if failure == nil, !hasLostReader, let files {
      do throws(CaptureFileFailure) {
        try files.finish(sources.map(\.statistics))
      } catch {
        give(up: error)
      }
    }
    report.end(sources, files)
    session?.close()
    teller?.flush()
    if let summary { SummaryReport(summary).write(isJSON: request.isJSON) }
    if let failure { throw failure }
    switch end {
    case .done: return .success
    case .interfacesGone(let error), .failed(let error): throw CommandFailure(error)
    }
  }
}

extension CommandFailure {
  /// Why a capture could not be written on, and what there is of it.
  init(_ failure: CaptureFileFailure) {
    let path = failure.path == "-" ? "standard output" : failure.path
    switch failure.reason {
    case .system(let error):
      self.init(
        .inputOutput,
        "\(path): \(error.reason); it holds what was written before, up to a whole frame")
    case .format: self.init(.inputOutput, "\(path): a frame or its time does not fit the format")
    case .closed: self.init(.inputOutput, "\(path): it was closed before")
    }
  }
}
