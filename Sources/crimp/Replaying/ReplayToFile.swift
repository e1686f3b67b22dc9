import CaptureFile
import Drivers
import Glibc
import LinkLayer
import Links
import Machines
import MonotonicTime

/// Plays a capture into another one: the frames that would have been sent, with the times at which they
/// would have been.
struct ReplayToFile {
  private let request: ReplayRequest
  private let path: String

  init(_ request: ReplayRequest, _ path: String) {
    (self.request, self.path) = (request, path)
  }

  func perform() throws(CommandFailure) -> ExitStatus {
    guard !isSameFile(request.file, path) else {
      throw CommandFailure(.usage, "-w \(path): it is what is played: expected another file")
    }
    let tape = try ReplayTape(request, station: .zero)
    let report = ReplayReport(request, tape)
    let (figures, series) = try write(tape)
    if let series { try written { () throws(CaptureFileFailure) in try series.finish([]) } }
    report.tell(figures, isFinal: true)
    return try report.status(figures)
  }

  /// Whether both names lead to one regular file, whatever links there are.
  private func isSameFile(_ input: String, _ output: String) -> Bool {
    var (read, written) = (stat(), stat())
    let isThere = unsafe input == "-" ? fstat(0, &read) == 0 : stat(input, &read) == 0
    guard isThere, unsafe stat(output, &written) == 0 else { return false }
    return read.st_mode & S_IFMT == S_IFREG && read.st_dev == written.st_dev
      && read.st_ino == written.st_ino
  }

  private var options: CaptureFileSeries.Options {
    var options = CaptureFileSeries.Options(path: path)
    if path.hasSuffix(".pcap") { options.format = .pcap(hasNanoseconds: true) }
    options.section = SectionInformation(application: "crimp \(CrimpVersion.text)")
    return options
  }

  private var interfaces: [CaptureInterface] {
    request.interfaces.map { CaptureInterface(linkType: .ethernet, name: $0) }
  }

  /// Takes the replay's steps, and lets its time pass at once. The file is made for the first frame: one that
  /// was there stays when there is none.
  private func write(
    _ tape: ReplayTape
  ) throws(CommandFailure) -> (ReplayFigures, CaptureFileSeries?) {
    var series: CaptureFileSeries?
    var figures = ReplayFigures(linkCount: request.interfaces.count)
    var replay = FrameReplay(request.options)
    var frame: [UInt8] = []
    var clock: WatchClock?
    var now = Instant.origin
    replay.start(at: now)
    while true {
      switch replay.step(at: now) {
      case .read:
        if let next = try tape.nextWaiting(into: &frame) {
          replay.offer(link: next.link, recordedAt: next.time, byteCount: frame.count)
        } else {
          replay.endRound(at: now)
        }
      case .gather(let link):
        let start = clock ?? WatchClock(tape.firstTime ?? .now, at: .origin)
        clock = start
        let information = FrameInformation(
          timestamp: start.time(of: now), originalLength: frame.count, direction: .outbound,
          packetType: .outgoing)
        let file: CaptureFileSeries
        if let series { file = series } else { file = try opened() }
        series = file
        try written { () throws(CaptureFileFailure) in
          try file.append(frame.rawBytes, information, interface: link) { [] }
        }
        figures.amounts[link].frames += 1
        figures.amounts[link].bytes += frame.count
      case .send: replay.noteSent(.max, at: now)
      case .wait(let instant): now = instant
      case .rewind: tape.rewind()
      case .finish:
        figures.elapsed = now - .origin
        figures.stepsBack = replay.stepsBack
        return (figures, series)
      }
    }
  }

  private func opened() throws(CommandFailure) -> CaptureFileSeries {
    try written { () throws(CaptureFileFailure) in
      try CaptureFileSeries(options, interfaces: interfaces)
    }
  }

  private func written<Value>(
    _ body: () throws(CaptureFileFailure) -> Value
  ) throws(CommandFailure) -> Value {
    do throws(CaptureFileFailure) {
      return try body()
    } catch {
      throw CommandFailure(error)
    }
  }
}
