internal import Decoding

/// The numbers that the host under test chose anew, and the recorded ones whose places they take.
struct Bindings {
  /// What a recorded value is known by: the field, and the flow where its numbers count.
  struct Key: Hashable {
    var name: String
    var flow: [UInt8] = []
    var value: [UInt8] = []
  }

  /// What a comparison has found, to be kept when the frame is taken for the recorded one.
  typealias Proposal = [Key: [UInt8]]

  private var values: [Key: [UInt8]] = [:]
  /// Numbers that others have named, recorded: the host under test had no choice then.
  private var given: Set<Key> = []

  /// Whether `said` may stand where `recorded` stood; notes it as proposed when it is the first.
  func allows(
    _ field: BoundField, recorded: [UInt8], said: [UInt8], flow: [UInt8],
    _ proposal: inout Proposal
  ) -> Bool {
    if field.counts {
      let key = Key(name: field.name, flow: flow)
      let distance = Self.difference(said, recorded)
      if let known = values[key] ?? proposal[key] { return known == distance }
      proposal[key] = distance
      return true
    }
    let key = Key(name: field.name, value: recorded)
    if let known = values[key] ?? proposal[key] { return known == said }
    // What it was given, or gives back, is no choice of its own.
    guard !given.contains(key), !given.contains(Key(name: field.name, value: said)) else {
      return false
    }
    proposal[key] = said
    return true
  }

  mutating func keep(_ proposal: Proposal) {
    values.merge(proposal) { _, new in new }
  }

  /// Notes that `said` stood where `recorded` stood, whatever was known before.
  mutating func note(_ name: String, recorded: [UInt8], said: [UInt8]) {
    values[Key(name: name, value: recorded)] = said
  }

  /// What takes the place of `recorded` in what the host under test is told; nil when it stays. A number
  /// that stays is one that the host was given.
  mutating func answer(_ field: BoundField, recorded: [UInt8], flow: [UInt8]) -> [UInt8]? {
    if field.counts {
      guard let distance = values[Key(name: field.name, flow: flow)] else { return nil }
      return Self.sum(recorded, distance)
    }
    let key = Key(name: field.name, value: recorded)
    if let known = values[key] { return known }
    given.insert(key)
    return nil
  }

  /// The value that was noted for `recorded`.
  func noted(_ name: String, recorded: [UInt8]) -> [UInt8]? {
    values[Key(name: name, value: recorded)]
  }

  private static func difference(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
    bytes(number(left) &- number(right), count: left.count)
  }

  private static func sum(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
    bytes(number(left) &+ number(right), count: left.count)
  }

  private static func number(_ bytes: [UInt8]) -> UInt64 {
    bytes.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func bytes(_ number: UInt64, count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * min(7, count - 1 - $0))) }
  }
}

/// What tells one connection's numbers from another's: addresses and ports, the sender's first.
enum Flow {
  static func key(of frame: DissectedFrame, isReversed: Bool) -> [UInt8] {
    func bytes(_ names: Set<String>) -> [UInt8] {
      guard let piece = frame.pieces.first(where: { names.contains($0.name) }) else { return [] }
      return Array(frame.bytes[piece.range])
    }
    let source = bytes(["ip.src", "ipv6.src"]) + bytes(["tcp.srcport"])
    let destination = bytes(["ip.dst", "ipv6.dst"]) + bytes(["tcp.dstport"])
    return isReversed ? destination + source : source + destination
  }
}
