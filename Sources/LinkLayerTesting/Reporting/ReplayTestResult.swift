internal import Decoding
internal import LinkLayer
internal import MonotonicTime

/// What a host said otherwise than it did when its exchange was recorded.
public struct ReplayTestResult: Hashable, Sendable {
  /// One thing that is otherwise.
  public struct Finding: Hashable, Sendable {
    /// What is.
    public enum Kind: Hashable, Sendable {
      /// Fields hold something else.
      case differs([FieldDifference])
      /// The frame was not said.
      case missing
      /// The frame was said so much later after the one before it than then.
      case late(Duration)
      /// The frame was said so much sooner.
      case early(Duration)
      /// A frame was said that was not said then, or not once more. `repeats` is the recorded frame that it
      /// equals, if it does.
      case additional(repeats: Int?)
    }

    /// What is otherwise.
    public var kind: Kind
    /// The recorded frame's place in its capture, from 1; of an additional one, that of the frame before
    /// it, 0 where there is none.
    public var frame: Int
    /// When the recorded frame passed then, and an additional one now, from the beginning.
    public var time: Duration
    /// The frame in a line: the recorded one, or the additional one.
    public var line: String

    /// A finding.
    public init(kind: Kind, frame: Int, time: Duration, line: String) {
      self.kind = kind
      self.frame = frame
      self.time = time
      self.line = line
    }
  }

  /// All that is otherwise, in the order of the exchange.
  public var findings: [Finding] = []
  /// How many frames the host was to say.
  public var testedCount = 0
  /// How many frames it was told.
  public var toldCount = 0

  /// Whether nothing is otherwise.
  public var passes: Bool { findings.isEmpty }

  /// What a comparison has found, now that it is over.
  public init(_ comparison: ExchangeComparison) {
    let exchange = comparison.exchange
    var lines = FrameLines(exchange)
    var additional = comparison.additional.sorted {
      ($0.behind ?? -1, $0.instant) < ($1.behind ?? -1, $1.instant)
    }[...]
    let start = comparison.start ?? .origin
    func takeAdditional(upTo index: Int?, _ lines: inout FrameLines) {
      while let next = additional.first, next.behind ?? -1 <= index ?? .max {
        additional.removeFirst()
        findings.append(
          Finding(
            kind: .additional(repeats: next.repeated.map { exchange.frames[$0].number }),
            frame: next.behind.map { exchange.frames[$0].number } ?? 0,
            time: next.instant - start, line: lines.line(of: next.bytes)))
      }
    }
    takeAdditional(upTo: -1, &lines)
    for (index, frame) in exchange.frames.enumerated() {
      let line = lines.line(of: frame.bytes)
      if frame.isTested { testedCount += 1 } else { toldCount += 1 }
      for kind in comparison.findings(at: index) {
        findings.append(Finding(kind: kind, frame: frame.number, time: frame.time, line: line))
      }
      takeAdditional(upTo: index, &lines)
    }
    takeAdditional(upTo: nil, &lines)
  }
}

extension ExchangeComparison {
  /// What is otherwise with the frame at `index`.
  fileprivate func findings(at index: Int) -> [ReplayTestResult.Finding.Kind] {
    guard exchange.frames[index].isTested else { return [] }
    guard case .said(let instant, let differences) = passages[index] else { return [.missing] }
    var kinds: [ReplayTestResult.Finding.Kind] = []
    if !differences.isEmpty { kinds.append(.differs(differences)) }
    // When the host began is not in the capture: its first word is never late.
    guard hasBeginning(before: index),
      let due = options.pace == .times ? dueByTime(index) : due(index)
    else { return kinds }
    if instant - due > options.tolerance { kinds.append(.late(instant - due)) }
    if due - instant > options.tolerance { kinds.append(.early(due - instant)) }
    return kinds
  }

  private func hasBeginning(before index: Int) -> Bool {
    exchange.frames.indices[..<index].contains { instant(of: $0) != nil }
  }

  private func dueByTime(_ index: Int) -> Instant? {
    start.map { $0 + exchange.frames[index].time }
  }
}

/// Tells frames in lines, as `crimp decode` does.
private struct FrameLines {
  private var decoder = FrameDecoder()
  private let exchange: RecordedExchange

  init(_ exchange: RecordedExchange) {
    self.exchange = exchange
  }

  mutating func line(of bytes: [UInt8]) -> String {
    var text = LineText(capacity: 128)
    decoder.writeLine(
      of: bytes.rawBytes, originalLength: bytes.count, linkType: exchange.linkType, into: &text)
    return text.string
  }
}
