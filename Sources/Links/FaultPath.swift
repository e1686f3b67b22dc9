internal import LinkLayer

/// One way through a ``FaultyLink``: takes frames, does the rules' harm, and hands on what is left.
struct FaultPath {
  /// A frame under way, with what is known of it when it was received.
  struct Frame {
    var bytes: [UInt8]
    var information: FrameInformation?
  }

  /// What becomes of a frame: handed on at once, or after a time.
  enum Outcome {
    case now(Frame)
    case later(Frame, Duration)
    /// Held until `release(ticket)` or until enough frames went by.
    case held(ticket: Int)
  }

  private struct Rule {
    let rule: FaultRule
    var seen = 0
    var happened = 0
  }

  private struct Held {
    let ticket: Int
    let frame: Frame
    var framesToPass: Int
  }

  private var rules: [Rule]
  private var generator: SplitMix64
  private var held: [Held] = []
  private var lastTicket = 0
  private(set) var counts = FaultCounts()

  init(_ rules: [FaultRule], _ course: FaultRule.Course, seed: UInt64) {
    self.rules = rules.filter { $0.course == course || $0.course == .both }.map { Rule(rule: $0) }
    generator = SplitMix64(state: seed)
  }

  /// Passes `frame` through the rules in order. Each may act on what the former ones left.
  mutating func pass(_ frame: Frame) -> [Outcome] {
    var frames = [frame]
    var delay = Duration.zero
    var past = 0
    for index in rules.indices {
      guard happens(index, frame) else { continue }
      switch rules[index].rule.fault {
      case .drop:
        counts.dropped += frames.count
        frames = []
      case .duplicate:
        counts.duplicated += frames.count
        frames += frames
      case .delay(let duration):
        counts.delayed += frames.count
        delay += duration
      case .reorder(let count):
        counts.reordered += frames.count
        past = max(past, count)
      case .corrupt:
        counts.corrupted += frames.count
        for position in frames.indices { corrupt(&frames[position].bytes) }
      }
    }
    let elder = lastTicket
    let own = frames.map { outcome(of: $0, delay, past) }
    return own + overtaken(upTo: elder)
  }

  /// Gives up holding the frame of `ticket`, if it is still held.
  mutating func release(_ ticket: Int) -> Frame? {
    guard let index = held.firstIndex(where: { $0.ticket == ticket }) else { return nil }
    return held.remove(at: index).frame
  }

  /// Gives up holding anything.
  mutating func releaseAll() -> [Frame] {
    defer { held = [] }
    return held.map(\.frame)
  }

  private mutating func happens(_ index: Int, _ frame: Frame) -> Bool {
    let rule = rules[index].rule
    guard rule.filter.accepts(frame.bytes.rawBytes) else { return false }
    rules[index].seen += 1
    guard rules[index].seen > rule.skip, rules[index].happened < rule.limit else { return false }
    // Drawn for certain rules too, so that a rule's probability does not change others' luck.
    let draw = Double.random(in: 0..<1, using: &generator)
    guard draw < rule.probability else { return false }
    rules[index].happened += 1
    return true
  }

  private mutating func outcome(of frame: Frame, _ delay: Duration, _ past: Int) -> Outcome {
    guard past > 0 else { return delay > .zero ? .later(frame, delay) : .now(frame) }
    lastTicket += 1
    held.append(Held(ticket: lastTicket, frame: frame, framesToPass: past))
    return .held(ticket: lastTicket)
  }

  /// The frames with tickets up to `elder` that enough frames, the newest included, went by.
  private mutating func overtaken(upTo elder: Int) -> [Outcome] {
    for index in held.indices where held[index].ticket <= elder {
      held[index].framesToPass -= 1
    }
    let due = held.filter { $0.framesToPass <= 0 }
    held.removeAll { $0.framesToPass <= 0 }
    return due.map { .now($0.frame) }
  }

  /// Turns one bit behind the addresses, so that the frame still finds its way.
  private mutating func corrupt(_ bytes: inout [UInt8]) {
    guard bytes.count > 12 else { return }
    let position = Int.random(in: 12..<bytes.count, using: &generator)
    bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
  }
}

/// Random numbers that follow from the seed alone (Steele, Lea, Flood 2014).
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
