import LinkLayer
import Machines
import MonotonicTime
import Support
import Testing

/// A host that sends ICMP messages as kernels do: a bucket of tokens that fills with time.
private struct LimitedHost {
  var burst: Int
  var interval: Duration
  private var tokens: Double
  private var last = Instant.origin

  init(burst: Int, interval: Duration) {
    self.burst = burst
    self.interval = interval
    tokens = Double(burst)
  }

  mutating func maySpeak(at now: Instant) -> Bool {
    let elapsed = Double((now - last).wholeNanoseconds) / Double(interval.wholeNanoseconds)
    tokens = min(Double(burst), tokens + elapsed)
    last = now
    guard tokens >= 1 else { return false }
    tokens -= 1
    return true
  }
}

@Suite struct `A sweep of UDP ports` {
  private let host = IPAddress.v4(IPv4Address(192, 0, 2, 1))

  private func unreachable(code: UInt8 = 3) -> UnreachableReport {
    UnreachableReport(type: 3, code: code, isVersion6: false, reporter: host)
  }

  /// Runs a sweep of one host to its end; answers come after `delay`.
  private func swept(
    ports: Int, options: SweepOptions = .udp, delay: Duration = .milliseconds(1),
    _ answer: (_ port: Int, _ attempt: Int, _ now: Instant) -> DatagramSweep.Event?
  ) -> (verdicts: [Int: PortVerdict], elapsed: Duration, sent: Int) {
    var sweep = DatagramSweep(hosts: [host], portsPerHost: ports, options: options)
    var verdicts: [Int: PortVerdict] = [:]
    var events: [(due: Instant, target: Int, event: DatagramSweep.Event)] = []
    var now = Instant.origin
    var sent = 0
    while true {
      while let action = sweep.next(at: now) {
        switch action {
        case .send(let target, let attempt):
          sent += 1
          if let event = answer(target, attempt, now) {
            events.append((now + delay, target, event))
          }
        case .verdict(let target, let verdict):
          #expect(verdicts.updateValue(verdict, forKey: target) == nil, "a second verdict")
        case .finish: return (verdicts, now - .origin, sent)
        }
      }
      let deadline = sweep.deadline(at: now) ?? .distantFuture
      let earliest = events.indices.min { events[$0].due < events[$1].due }
      if let earliest, events[earliest].due <= deadline {
        let event = events.remove(at: earliest)
        now = max(now, event.due)
        sweep.receive(event.event, target: event.target, at: now)
      } else {
        guard deadline < .distantFuture else {
          Issue.record("the sweep waits for nothing")
          return (verdicts, now - .origin, sent)
        }
        now = max(now, deadline)
      }
    }
  }

  @Test func `tells open, closed, filtered and silent apart`() {
    let router = UnreachableReport(
      type: 3, code: 3, isVersion6: false, reporter: .v4(IPv4Address(192, 0, 2, 254)))
    let run = swept(ports: 5) { port, _, _ in
      [
        .answered([1]), .unreachable(unreachable()), .unreachable(unreachable(code: 13)),
        .unreachable(router), nil,
      ][port]
    }
    #expect(run.verdicts[0]?.state == .open && run.verdicts[0]?.answer == [1])
    #expect(run.verdicts[1]?.state == .closed)
    #expect(run.verdicts[2]?.state == .filtered)
    #expect(run.verdicts[3]?.state == .filtered, "only the host itself knows its sockets")
    #expect(
      run.verdicts[4] == PortVerdict(.silent, .silence, attempts: run.verdicts[4]?.attempts ?? 0))
  }

  @Test func `a silent host is asked three times, within the patience`() {
    let run = swept(ports: 40) { _, _, _ in nil }
    #expect(run.verdicts.values.allSatisfy { $0 == PortVerdict(.silent, .silence, attempts: 3) })
    #expect(run.sent == 120 && run.elapsed < .seconds(3.4))
  }

  @Test func `closed ports of a Linux host are not taken for silent ones`() {
    var kernel = LimitedHost(burst: 6, interval: .seconds(1))
    let run = swept(ports: 40) { port, _, now in
      if port == 11 || port == 29 { return nil }
      return kernel.maySpeak(at: now) ? .unreachable(unreachable()) : nil
    }
    let silent = run.verdicts.filter { $0.value.state == .silent }.keys.sorted()
    #expect(silent == [11, 29])
    #expect(run.verdicts.values.filter { $0.state == .closed }.count == 38)
    // 32 messages a second apart are the least that the host needs.
    #expect(run.elapsed > .seconds(31) && run.elapsed < .seconds(60))
  }

  @Test func `a host with a larger allowance is asked faster`() {
    var kernel = LimitedHost(burst: 200, interval: .milliseconds(5))
    let run = swept(ports: 1000) { port, _, now in
      kernel.maySpeak(at: now) ? .unreachable(unreachable()) : nil
    }
    #expect(run.verdicts.values.allSatisfy { $0.state == .closed } && run.verdicts.count == 1000)
    #expect(run.elapsed < .seconds(60))
  }

  @Test func `a lost question is made good`() {
    var random = SeededGenerator(seed: 7)
    let run = swept(ports: 100) { _, _, _ in
      Int.random(in: 0..<5, using: &random) == 0 ? nil : .answered([])
    }
    #expect(run.verdicts.values.filter { $0.state == .open }.count >= 97)
  }

  @Test func `one attempt means one question`() {
    var options = SweepOptions.udp
    options.attempts = 1
    let run = swept(ports: 10, options: options) { port, _, _ in
      port == 0 ? .unreachable(unreachable()) : nil
    }
    #expect(run.sent == 10 && run.verdicts.count == 10)
  }

  @Test func `an answer in the last moment, and one too late`() {
    var sweep = DatagramSweep(hosts: [host], portsPerHost: 1)
    #expect(sweep.next(at: .origin) == .send(target: 0, attempt: 0))
    sweep.receive(.answered([7]), target: 0, at: .origin + .seconds(2))
    sweep.receive(.unreachable(unreachable()), target: 0, at: .origin + .seconds(2))
    let verdict = PortVerdict(.open, .answered, roundTrip: .seconds(2), answer: [7])
    #expect(sweep.next(at: .origin + .seconds(2)) == .verdict(target: 0, verdict))
    #expect(sweep.next(at: .origin + .seconds(2)) == .finish)
    sweep.receive(.answered([8]), target: 0, at: .origin + .seconds(3))
    #expect(sweep.next(at: .origin + .seconds(3)) == nil)
  }
}
