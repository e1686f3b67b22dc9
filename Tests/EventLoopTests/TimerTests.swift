import EventLoop
import MonotonicTime
import Testing

@testable import class EventLoop.TimerHeap

@Suite struct Timers {
  @Test func `virtual time jumps and does not sleep`() throws {
    let loop = try EventLoop(clock: .virtual)
    #expect(loop.now == .origin)
    try loop.run { try await loop.sleep(for: .seconds(86_400 * 365)) }
    #expect(loop.now == .origin + .seconds(86_400 * 365))
  }

  @Test func `timers fire by deadline, those of one instant by age`() throws {
    let loop = try EventLoop(clock: .virtual)
    var order: [String] = []
    for (name, seconds) in [("c", 3), ("a", 1), ("d", 3), ("b", 2), ("e", 3)] {
      loop.schedule(at: .origin + .seconds(seconds)) { order.append(name) }
    }
    try loop.run { try await loop.sleep(for: .seconds(4)) }
    #expect(order == ["a", "b", "c", "d", "e"])
  }

  @Test func `a timer never fires before its deadline`() throws {
    let loop = try EventLoop()
    for microseconds in [1, 10, 300, 999, 1001, 2500] {
      let delay = Duration.microseconds(microseconds)
      let start = ContinuousClock.now
      try loop.run { try await loop.sleep(for: delay) }
      #expect(ContinuousClock.now - start >= delay)
    }
  }

  @Test func `a deadline in the past is met, not lost`() throws {
    let loop = try EventLoop()
    loop.run {
      try? await loop.sleep(until: .origin)
      try? await loop.sleep(for: .seconds(-5))
      try? await loop.sleep(until: Instant(nanoseconds: .min))
    }
  }

  @Test func `a deadline in the distant future is not an overflow`() throws {
    let loop = try EventLoop()
    loop.schedule(at: .distantFuture) { Issue.record("the future came") }
    loop.schedule(after: .seconds(Int64.max)) { Issue.record("the future came") }
    try loop.run { try await loop.sleep(for: .milliseconds(1)) }
  }

  @Test func `timers without delay leave descriptors their turn`() throws {
    let loop = try EventLoop()
    let pair = try SocketPair()
    var rounds = 0
    var isDone = false
    func again() {
      rounds += 1
      if !isDone { loop.schedule(after: .zero) { again() } }
    }
    try loop.watch(pair.near.rawValue, .readable) { _ in
      drain(pair.near.rawValue)
      isDone = true
      loop.stop()
    }
    again()
    loop.schedule(after: .microseconds(100)) { poke(pair.far.rawValue) }
    loop.runUntilStopped()
    #expect(isDone)
  }

  @Test func `what a timer schedules for now waits for the next turn`() throws {
    let loop = try EventLoop(clock: .virtual)
    var order: [String] = []
    loop.schedule(at: .origin) {
      order.append("first")
      loop.schedule(at: .origin) { order.append("scheduled by first") }
    }
    loop.schedule(at: .origin) { order.append("second") }
    try loop.run { try await loop.sleep(for: .seconds(1)) }
    #expect(order == ["first", "second", "scheduled by first"])
  }

  @Test func `a timer that another cancels in the same turn does not fire`() throws {
    let loop = try EventLoop(clock: .virtual)
    var later: Timer?
    loop.schedule(at: .origin + .seconds(1)) { #expect(later?.cancel() == true) }
    later = loop.schedule(at: .origin + .seconds(1)) { Issue.record("was cancelled") }
    try loop.run { try await loop.sleep(for: .seconds(2)) }
    #expect(later?.isPending == false)
  }

  @Test func `cancelling a timer that fired does not hit its successor`() throws {
    let loop = try EventLoop(clock: .virtual)
    var fired = 0
    let first = loop.schedule(after: .seconds(1)) { fired += 1 }
    try loop.run {
      try await loop.sleep(for: .seconds(2))
      let second = loop.schedule(after: .seconds(1)) { fired += 1 }
      #expect(!first.cancel())
      #expect(second.isPending)
      try await loop.sleep(for: .seconds(2))
    }
    #expect(fired == 2)
  }

  @Test func `an alarm follows its deadline`() throws {
    let loop = try EventLoop(clock: .virtual)
    var rings: [Instant] = []
    let alarm = Alarm(on: loop) { rings.append(loop.now) }
    alarm.deadline = .origin + .seconds(5)
    alarm.deadline = .origin + .seconds(2)
    try loop.run {
      try await loop.sleep(until: .origin + .seconds(10))
      #expect(rings == [.origin + .seconds(2)])
      #expect(alarm.deadline == nil)
      alarm.deadline = .origin + .seconds(11)
      alarm.deadline = nil
      try await loop.sleep(until: .origin + .seconds(20))
    }
    #expect(rings.count == 1)
  }

  @Test func `an alarm may be set from its own handler`() throws {
    let loop = try EventLoop(clock: .virtual)
    var rings = 0
    var alarm: Alarm?
    alarm = Alarm(on: loop) {
      rings += 1
      if rings < 5 { alarm?.deadline = loop.now + .seconds(1) }
    }
    alarm?.deadline = .origin + .seconds(1)
    try loop.run { try await loop.sleep(for: .seconds(100)) }
    #expect(rings == 5)
    alarm = nil
  }

  @Test func `alarms of one instant ring in the order in which they were set, round after round`()
    throws
  {
    let loop = try EventLoop(clock: .virtual)
    var order: [Int] = []
    var alarms: [Alarm] = []
    for number in 0..<5 {
      let alarm = Alarm(on: loop) {
        order.append(number)
        let round = (order.count - 1) / 5 + 1
        if round < 4 { alarms[number].deadline = .origin + .seconds(round) }
      }
      alarms.append(alarm)
    }
    for alarm in alarms { alarm.deadline = .origin }
    // Set anew, it stands behind those that were set before.
    alarms[1].deadline = nil
    alarms[1].deadline = .origin
    try loop.run { try await loop.sleep(for: .seconds(10)) }
    #expect(order == Array(repeating: [0, 2, 3, 4, 1], count: 4).flatMap { $0 })
    alarms = []
  }

  @Test func `an alarm that is dropped does not ring`() throws {
    let loop = try EventLoop(clock: .virtual)
    var alarm: Alarm? = Alarm(on: loop) { Issue.record("was dropped") }
    alarm?.deadline = .origin + .seconds(1)
    alarm = nil
    try loop.run { try await loop.sleep(for: .seconds(2)) }
  }

  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
  func `the heap agrees with a sorted list`(seed: UInt64) {
    var generator = SplitMix(state: seed)
    let heap = TimerHeap()
    var model: [(deadline: Instant, number: Int, key: TimerHeap.Key)] = []
    var fired: [Int] = []
    for number in 0..<3000 {
      switch generator.next() % 4 {
      case 0, 1:
        let deadline = Instant(nanoseconds: Int64(generator.next() % 50))
        let key = heap.insert(deadline) { fired.append(number) }
        model.append((deadline, number, key))
      case 2:
        guard !model.isEmpty else { continue }
        let victim = model.remove(at: Int(generator.next() % UInt64(model.count)))
        let removals = [heap.remove(victim.key), heap.remove(victim.key)]
        #expect(removals == [true, false])
      default:
        let now = Instant(nanoseconds: Int64(generator.next() % 50))
        let due = model.filter { $0.deadline <= now }
          .sorted { ($0.deadline, $0.number) < ($1.deadline, $1.number) }
        model.removeAll { $0.deadline <= now }
        fired = []
        while let action = heap.popDue(at: now, madeBefore: .max) { action() }
        #expect(fired == due.map(\.number))
      }
      #expect(heap.count == model.count)
      #expect(heap.first == model.map(\.deadline).min())
    }
  }
}

/// Sebastiano Vigna's splitmix64.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }
}
