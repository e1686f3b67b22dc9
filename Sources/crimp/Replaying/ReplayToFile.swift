import CaptureFile
import Drivers
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
    let tape = try ReplayTape(request, station: .zero)
    let report = ReplayReport(request, tape)
    let series = try written { () throws(CaptureFileFailure) in
      try CaptureFileSeries(options, interfaces: interfaces)
    }
    let figures = try write(tape, to: series)
    try written { () throws(CaptureFileFailure) in try series.finish([]) }
    report.tell(figures, isFinal: true)
    return try report.status(figures)
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

  /// Takes the replay's steps, and lets its time pass at once.
  private func write(
    _ tape: ReplayTape, to series: CaptureFileSeries
  ) throws(CommandFailure) -> ReplayFigures {
    var figures = ReplayFigures(linkCount: request.interfaces.count)
    var replay = FrameReplay(request.options)
    var frame: [UInt8] = []
    var clock: WatchClock?
    var now = Instant.origin
    replay.start(at: now)
    while true {
      switch replay.step(at: now) {
      case .read:
        if let next = try tape.next(into: &frame) {
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
        try written { () throws(CaptureFileFailure) in
          try series.append(frame.rawBytes, information, interface: link) { [] }
        }
        figures.amounts[link].frames += 1
        figures.amounts[link].bytes += frame.count
      case .send: replay.noteSent(.max, at: now)
      case .wait(let instant): now = instant
      case .rewind: tape.rewind()
      case .finish:
        figures.elapsed = now - .origin
        figures.stepsBack = replay.stepsBack
        return figures
      }
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
