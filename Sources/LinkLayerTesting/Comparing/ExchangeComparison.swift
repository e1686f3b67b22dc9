public import MonotonicTime

/// Holds what a host says against what it said when the exchange was recorded.
///
/// A value that knows no link: it is told what passes, in its order. A frame that is said stands for the
/// first recorded one that it equals among the next few; one that equals none, for the one that it is
/// most like, which is then told to differ; or it is additional.
public struct ExchangeComparison: Sendable {
  /// What has become of a frame of the exchange.
  enum Passage {
    case waiting
    case told(Instant)
    case said(Instant, differences: [FieldDifference])
    /// It was waited for, and others were told without it.
    case missed
  }

  struct Additional {
    var bytes: [UInt8]
    var instant: Instant
    var behind: Int?
    var repeated: Int?
  }

  /// How many recorded frames are looked through for one that is said.
  private static let reach = 64
  /// How many bytes differ at most in a frame that is surely the one, but for them.
  private static let slightDistance = 8
  /// How far apart two frames may have been said then, to be said in the other order now: of two of a
  /// host's timers that run out together, either may be the first.
  private static let tick = Duration.milliseconds(100)

  /// What was recorded.
  public let exchange: RecordedExchange
  /// What may differ.
  public let options: ReplayTestOptions
  var comparer: FrameComparer
  var passages: [Passage]
  var additional: [Additional] = []
  /// When the exchange began again.
  var start: Instant?
  private var firstWaiting = 0
  private var recent: [(bytes: [UInt8], index: Int)] = []

  /// Nothing has passed yet.
  public init(_ exchange: RecordedExchange, options: ReplayTestOptions = ReplayTestOptions()) {
    self.exchange = exchange
    self.options = options
    comparer = FrameComparer(mask: options.mask, linkType: exchange.linkType)
    passages = Array(repeating: .waiting, count: exchange.frames.count)
  }

  /// Says when the exchange begins again.
  public mutating func begin(at now: Instant) {
    start = start ?? now
  }

  /// Takes note that the host was told the frame at `index` of the exchange, and returns what it is told
  /// in fact: numbers of its own choice stand in the place of the recorded ones.
  @discardableResult
  public mutating func tell(_ index: Int, at now: Instant) -> [UInt8] {
    begin(at: now)
    passages[index] = .told(now)
    return comparer.told(exchange.frames[index].bytes)
  }

  /// Takes note that the frame at `index` is not waited for any more.
  mutating func miss(_ index: Int) {
    passages[index] = .missed
  }

  /// Takes a frame that the host said.
  public mutating func take(_ said: [UInt8], at now: Instant) {
    begin(at: now)
    while firstWaiting < passages.count, !isOpen(firstWaiting) { firstWaiting += 1 }
    var nearest: (index: Int, verdict: FrameComparer.Verdict)?
    for index in openFrames() {
      let verdict = comparer.compare(exchange.frames[index], said)
      if verdict.isEqual {
        if let nearest, nearest.verdict.distance <= Self.slightDistance,
          isTurn(of: nearest.index, ratherThan: index, at: now)
        {
          break
        }
        return assign(index, said, verdict, at: now)
      }
      if isNear(index, verdict), verdict.distance < nearest?.verdict.distance ?? .max {
        nearest = (index, verdict)
      }
    }
    if let index = mistaken(for: said, at: now) { return displace(index, said, at: now) }
    var repeated = recent.last { $0.bytes == said }?.index
    if let nearest, let due = due(nearest.index), abs(now - due) <= options.tolerance {
      repeated = nil
    }
    guard repeated == nil, let nearest else {
      let behind = passages.indices.last { !isOpen($0) }
      additional.append(
        Additional(bytes: said, instant: now, behind: behind, repeated: repeated))
      return
    }
    assign(nearest.index, said, nearest.verdict, at: now)
  }

  /// The next frames that the host has yet to say.
  private func openFrames() -> [Int] {
    var found: [Int] = []
    for index in exchange.frames.indices[firstWaiting...] where isOpen(index) {
      found.append(index)
      if found.count == Self.reach { break }
    }
    return found
  }

  /// Whether the frame is one that the host has yet to say.
  private func isOpen(_ index: Int) -> Bool {
    guard exchange.frames[index].isTested else { return false }
    switch passages[index] {
    case .waiting, .missed: return true
    case .told, .said: return false
    }
  }

  /// Whether a frame may stand for another one although it differs: it is its turn, and they are alike.
  private func isNear(_ index: Int, _ verdict: FrameComparer.Verdict) -> Bool {
    let frames = exchange.frames
    let first = frames.indices[firstWaiting...].first { isWaiting($0) } ?? firstWaiting
    guard isWaiting(index) || index == first,
      frames[index].time - frames[first].time <= Self.tick
    else { return false }
    return verdict.distance * 2 <= frames[index].bytes.count
  }

  /// Whether a frame that is equal to a later one is an earlier one that has changed: its time is nearer.
  /// Probes and requests are said again and again.
  private func isTurn(of first: Int, ratherThan other: Int, at now: Instant) -> Bool {
    guard exchange.frames[other].time - exchange.frames[first].time > Self.tick / 2,
      let sooner = due(first), let later = due(other)
    else { return false }
    return abs(now - sooner) <= abs(now - later)
  }

  private func isWaiting(_ index: Int) -> Bool {
    guard exchange.frames[index].isTested, case .waiting = passages[index] else { return false }
    return true
  }

  private mutating func assign(
    _ index: Int, _ said: [UInt8], _ verdict: FrameComparer.Verdict, at now: Instant
  ) {
    passages[index] = .said(now, differences: verdict.differences)
    // A frame that differs in little has the host's own numbers even so.
    if verdict.distance <= Self.slightDistance {
      comparer.keep(verdict, exchange.frames[index], said)
    }
    recent.append((said, index))
    if recent.count > 2 * Self.reach { recent.removeFirst(Self.reach) }
  }

  /// The recorded frame that `said` equals, and that another one was taken for before.
  private func mistaken(for said: [UInt8], at now: Instant) -> Int? {
    recent.last { _, index in
      guard case .said(_, let differences) = passages[index], !differences.isEmpty else {
        return false
      }
      return comparer.compare(exchange.frames[index], said).isEqual
    }?.index
  }

  private mutating func displace(_ index: Int, _ said: [UInt8], at now: Instant) {
    guard let place = recent.lastIndex(where: { $0.index == index }),
      case .said(let then, _) = passages[index]
    else { return }
    let former = recent.remove(at: place).bytes
    assign(index, said, comparer.compare(exchange.frames[index], said), at: now)
    for other in openFrames() {
      let verdict = comparer.compare(exchange.frames[other], former)
      if verdict.isEqual { return assign(other, former, verdict, at: then) }
    }
    let behind = exchange.frames.indices[..<index].last
    additional.append(Additional(bytes: former, instant: then, behind: behind, repeated: nil))
  }
}

private func abs(_ duration: Duration) -> Duration {
  max(duration, .zero - duration)
}

extension ExchangeComparison {
  /// When the frame at `index` passed; nil when it has not.
  func instant(of index: Int) -> Instant? {
    switch passages[index] {
    case .told(let instant), .said(let instant, _): instant
    case .waiting, .missed: nil
    }
  }

  /// Whether the host has said all that it is to say.
  var isComplete: Bool {
    !exchange.frames.indices.contains { exchange.frames[$0].isTested && instant(of: $0) == nil }
  }

  /// When the frame at `index` is due: as long after what passed before it as then.
  func due(_ index: Int) -> Instant? {
    guard let start else { return nil }
    for earlier in exchange.frames.indices[..<index].reversed() {
      guard let instant = instant(of: earlier) else { continue }
      return instant + (exchange.frames[index].time - exchange.frames[earlier].time)
    }
    return start + exchange.frames[index].time
  }
}
