import Drivers
import EventLoop
import Links
import MonotonicTime

/// What a live capture says of itself: progress where a person watches, figures at the end and at SIGUSR1.
final class CaptureReport {
  /// Whether files and figures are told as JSON.
  private let isJSON: Bool
  private let isQuiet: Bool
  /// Whether a line of progress is kept up to date: on a terminal, when nothing else is written there.
  private let showsProgress: Bool
  private var isProgressShown = false
  private var startTime = Instant.origin
  private weak var loop: EventLoop?

  init(_ request: CaptureRequest) {
    isJSON = request.isJSON && request.tellsEvents
    isQuiet = request.isQuiet
    showsProgress =
      !request.isQuiet && request.display == nil && StandardStream.error.isTerminal
  }

  /// Tells where it listens.
  func start(on loop: EventLoop, _ sources: [CaptureSource]) {
    self.loop = loop
    startTime = loop.now
    if !isQuiet, !isJSON {
      let names = sources.map { $0.usesLibpcap ? "\($0.name) (by libpcap)" : $0.name }
      tell("capturing on \(names.joined(separator: ", "))")
    }
    if showsProgress { updateProgress(sources) }
  }

  private func updateProgress(_ sources: [CaptureSource]) {
    loop?.schedule(after: .milliseconds(500)) { [weak self] in
      guard let self else { return }
      updateProgress(sources)
      for source in sources { source.refreshCounters() }
      let frames = sources.reduce(0) { $0 + $1.delivered }
      let bytes = sources.reduce(0) { $0 + $1.byteCount }
      let dropped = sources.reduce(0) { $0 + $1.counters.dropped }
      StandardStream.error.write(
        "\r\u{1b}[K\(frames) frames, \(bytes) bytes, \(dropped) dropped, \(elapsedText)")
      isProgressShown = true
    }
  }

  private func clearProgress() {
    guard isProgressShown else { return }
    isProgressShown = false
    StandardStream.error.write("\r\u{1b}[K")
  }

  private var elapsed: Double {
    guard let loop else { return 0 }
    return (loop.readClock() - startTime).milliseconds / 1000
  }

  private var elapsedText: String { "\(elapsed.rounded(to: 1)) s" }

  /// Says something that a person should know.
  func tell(_ text: String) {
    clearProgress()
    StandardStream.error.writeLine("crimp: \(text)")
  }

  /// Another file was begun.
  func began(_ files: CaptureFileSeries) {
    guard isJSON else { return }
    JSONLine.write(FileRecord(file: files.path, number: files.fileCount))
  }

  /// The figures so far.
  func tellFigures(_ sources: [CaptureSource]) {
    for source in sources { source.refreshCounters() }
    guard !isJSON else {
      return JSONLine.write(FiguresRecord("statistics", elapsed, sources, nil))
    }
    for source in sources { tell(source.figures) }
  }

  /// The figures at the end; the counters are as of the end.
  func end(_ sources: [CaptureSource], _ files: CaptureFileSeries?) {
    clearProgress()
    guard !isJSON else { return JSONLine.write(FiguresRecord("end", elapsed, sources, files)) }
    guard !isQuiet else { return }
    for source in sources { tell(source.figures) }
    guard let files else { return }
    let name = files.path == "-" ? "standard output" : files.path
    let place = files.fileCount == 1 ? name : "\(files.fileCount) files, the last of them \(name)"
    tell("\(files.totalByteCount) bytes in \(elapsedText) to \(place)")
  }
}

extension CaptureSource {
  /// What a person is told of it.
  fileprivate var figures: String {
    var text = "\(name): \(delivered) frames, \(byteCount) bytes, \(counters.dropped) dropped"
    let waiting = counters.received - delivered
    if waiting > 0 { text += ", \(waiting) more came" }
    return text
  }
}

private struct FileRecord: Encodable {
  var event = "file"
  var file: String
  var number: Int
}

private struct FiguresRecord: Encodable {
  struct Interface: Encodable {
    var name: String
    var frames: Int
    var bytes: Int
    var accepted: Int
    var dropped: Int
  }

  var event: String
  var seconds: Double
  var interfaces: [Interface]
  var files: Int?
  var file: String?
  var written: Int?

  init(
    _ event: String, _ seconds: Double, _ sources: [CaptureSource], _ files: CaptureFileSeries?
  ) {
    self.event = event
    self.seconds = seconds
    interfaces = sources.map { source in
      Interface(
        name: source.name, frames: source.delivered, bytes: source.byteCount,
        accepted: source.counters.received + source.counters.dropped,
        dropped: source.counters.dropped)
    }
    self.files = files?.fileCount
    file = files?.path
    written = files?.totalByteCount
  }
}
