public import MonotonicTime

/// What is put to a replay test in memory: frames and instants go in, frames come out.
public protocol TestedSystem {
  /// Begins; returns what it says at once.
  mutating func start(at now: Instant) -> [[UInt8]]
  /// Takes a frame, and returns what it says to it.
  mutating func receive(_ frame: [UInt8], at now: Instant) -> [[UInt8]]
  /// Does what is due.
  mutating func fire(at now: Instant) -> [[UInt8]]
  /// When to call `fire`; nil when only a frame can move it.
  var deadline: Instant? { get }
}

extension ReplayTestResult {
  /// How often something may happen at one instant until it counts as going round in circles.
  private static let limit = 100_000

  /// Puts `system` to the test in virtual time: no clock is read, nothing is waited for.
  public init(
    testing system: inout some TestedSystem, with exchange: RecordedExchange,
    options: ReplayTestOptions = ReplayTestOptions()
  ) {
    var director = ReplayDirector(exchange, options: options)
    var now = Instant.origin
    var said = system.start(at: now)[...]
    var told = director.start(at: now)[...]
    var turns = 0
    while turns < Self.limit {
      turns += 1
      if let frame = said.popFirst() {
        told += director.hear(frame, at: now)
      } else if let frame = told.popFirst() {
        said += system.receive(frame, at: now)
      } else {
        guard let end = director.deadline else { break }
        let next = max(now, min(system.deadline ?? end, end))
        if next > now { turns = 0 }
        now = next
        // A timer of the system's own is first: what it says may be what the answer waits for.
        if let due = system.deadline, due <= now {
          said += system.fire(at: now)
        } else {
          told += director.fire(at: now)
        }
      }
    }
    self.init(director.comparison)
  }
}
