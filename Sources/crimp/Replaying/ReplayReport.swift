import CaptureFile
import Drivers
import LinkLayer
import Machines

/// What a replay has come to.
struct ReplayFigures {
  /// What went by each interface.
  var amounts: [ReplayedAmount]
  var elapsed: Duration = .zero
  var lateness = LatenessHistogram()
  var stepsBack = 0
  var refusals = 0
  var misfits = 0

  init(linkCount: Int) {
    amounts = Array(repeating: ReplayedAmount(), count: linkCount)
  }

  /// All interfaces together.
  var total: ReplayedAmount {
    amounts.reduce(into: ReplayedAmount()) { sum, count in
      sum.frames += count.frames
      sum.bytes += count.bytes
    }
  }
}

/// Tells what a replay has come to, for people or as one JSON object.
struct ReplayReport {
  private let request: ReplayRequest
  private let tape: ReplayTape

  init(_ request: ReplayRequest, _ tape: ReplayTape) {
    (self.request, self.tape) = (request, tape)
  }

  /// Tells the figures: the last ones, or those so far.
  func tell(_ figures: ReplayFigures, isFinal: Bool) {
    guard !request.isQuiet || !isFinal else { return }
    guard !request.isJSON else {
      return JSONLine.write(ReplayRecord(figures, request, leftOut, isFinal: isFinal))
    }
    var lines = [Self.sum(of: figures.total, in: figures.elapsed)]
    if request.isTwoSided { lines.append(sidesLine(figures)) }
    lines += latenessLines(figures)
    lines += leftOut.map { "left out: \($0)" }
    if figures.misfits > 0 {
      lines.append(
        "left out: \(Self.frames(figures.misfits)) of a length that the interface does not take")
    }
    if tape.cutFrames > 0, request.cutPolicy != .skip {
      let how = request.cutPolicy == .pad ? "filled up with zeros" : "sent as cut"
      lines.append("\(Self.frames(tape.cutFrames)) cut by the capture: \(how)")
    }
    if figures.stepsBack > 0 {
      lines.append(
        "\(Self.frames(figures.stepsBack)) older than the one before: sent without a wait")
    }
    for line in lines { StandardStream.output.writeLine(line) }
  }

  /// Success when every frame of the capture went.
  func status(_ figures: ReplayFigures) throws(CommandFailure) -> ExitStatus {
    if let fault = tape.fault { throw fault }
    let isWhole = tape.obstacles.isEmpty && figures.misfits == 0
    let isCut = tape.cutFrames > 0 && request.cutPolicy == .skip
    if figures.total.frames == 0, tape.hasEnded {
      throw CommandFailure(
        .noInput,
        "\(request.file): no frame of it can be played: \(leftOut.first ?? emptiness(isWhole))")
    }
    return isWhole && !isCut ? .success : .negative
  }

  private func emptiness(_ isWhole: Bool) -> String {
    guard isWhole else { return "none fits the interface" }
    return request.filter.isEmpty ? "it holds none" : "none is of '\(request.filter)'"
  }

  // MARK: Lines

  /// How much went in how long, and how fast that is; `goal` follows the number of frames.
  static func sum(of total: ReplayedAmount, in elapsed: Duration, goal: String = "") -> String {
    let seconds = elapsed.milliseconds / 1000
    let count = goal.isEmpty ? frames(total.frames) : "\(total.frames)\(goal) frames"
    var line = "\(count), \(total.bytes) bytes in \(seconds.rounded(to: 3)) s"
    if seconds > 0, total.frames > 0 {
      let rate = (Double(total.frames) / seconds).rounded(to: 0)
      let bits = (Double(total.bytes) * 8 / seconds / 1e6).rounded(to: 2)
      line += ": \(rate) frames/s, \(bits) Mbit/s"
    }
    return line
  }

  private func sidesLine(_ figures: ReplayFigures) -> String {
    zip(zip(["clients", "servers"], request.interfaces), figures.amounts).map { side, count in
      "\(side.0) by \(side.1): \(Self.frames(count.frames))"
    }.joined(separator: ", ")
  }

  private func latenessLines(_ figures: ReplayFigures) -> [String] {
    var lines: [String] = []
    if let half = figures.lateness.percentile(0.5), let most = figures.lateness.percentile(0.99) {
      lines.append(
        "late by \(Self.microseconds(half)) µs for half of them, \(Self.microseconds(most)) µs for "
          + "99 %, \(Self.microseconds(figures.lateness.greatest)) µs at most")
    }
    if figures.refusals > 0 {
      lines.append(
        "the transmit queue was full \(figures.refusals) time\(figures.refusals == 1 ? "" : "s")")
    }
    return lines
  }

  /// What could not be played, and why, the most frequent first.
  private var leftOut: [String] {
    var lines = tape.obstacles.sorted { $0.value > $1.value }.map { obstacle, count in
      "\(Self.frames(count)) \(obstacle.words)"
    }
    if tape.cutFrames > 0, request.cutPolicy == .skip {
      lines.append("\(Self.frames(tape.cutFrames)) cut by the capture")
    }
    return lines
  }

  private static func frames(_ count: Int) -> String { count == 1 ? "1 frame" : "\(count) frames" }

  private static func microseconds(_ duration: Duration) -> String {
    (duration.milliseconds * 1000).rounded(to: 1)
  }
}

extension EthernetForm.Obstacle {
  fileprivate var words: String {
    switch self {
    case .linkType(let type):
      "of link type \(type.rawValue), which cannot stand on Ethernet"
    case .noDestination(let type):
      "of link type \(type.rawValue), which name no station: --destination-mac says whose they are"
    case .short(let type): "shorter than the header of link type \(type.rawValue)"
    case .noEtherType(let type):
      "of link type \(type.rawValue) with something that has no EtherType"
    }
  }
}

private struct ReplayRecord: Encodable {
  struct Interface: Encodable {
    var name: String
    var frames: Int
    var bytes: Int
  }

  struct Lateness: Encodable {
    var p50_us: Double
    var p90_us: Double
    var p99_us: Double
    var max_us: Double

    init?(_ lateness: LatenessHistogram) {
      guard let half = lateness.percentile(0.5), let tenth = lateness.percentile(0.9),
        let most = lateness.percentile(0.99)
      else { return nil }
      (p50_us, p90_us) = (half.milliseconds * 1000, tenth.milliseconds * 1000)
      (p99_us, max_us) = (most.milliseconds * 1000, lateness.greatest.milliseconds * 1000)
    }
  }

  var event: String
  var frames: Int
  var bytes: Int
  var seconds: Double
  var frames_per_second: Double?
  var bits_per_second: Double?
  var interfaces: [Interface]
  var lateness: Lateness?
  var left_out: [String]
  var misfits: Int
  var queue_full: Int
  var steps_back: Int

  init(
    _ figures: ReplayFigures, _ request: ReplayRequest, _ leftOut: [String], isFinal: Bool
  ) {
    let total = figures.total
    event = isFinal ? "summary" : "progress"
    (frames, bytes) = (total.frames, total.bytes)
    seconds = figures.elapsed.milliseconds / 1000
    if seconds > 0 {
      frames_per_second = Double(frames) / seconds
      bits_per_second = Double(bytes) * 8 / seconds
    }
    interfaces = zip(request.interfaces, figures.amounts).map {
      Interface(name: $0, frames: $1.frames, bytes: $1.bytes)
    }
    lateness = Lateness(figures.lateness)
    left_out = leftOut
    misfits = figures.misfits
    queue_full = figures.refusals
    steps_back = figures.stepsBack
  }
}
