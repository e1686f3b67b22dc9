import LinkLayer
import Machines
import MonotonicTime
import Support
import Testing

/// A sweep against a network that is described by a function, in virtual time.
struct SweptNetwork {
  /// What a port does, and after how long; nil for nothing.
  var answer: (_ target: Int, _ attempt: Int) -> (ConnectionSweep.Event, Duration)?
  var verdicts: [Int: PortVerdict] = [:]
  var now = Instant.origin
  var mostAtOnce = 0
  var connections: [Int: Int] = [:]

  init(_ answer: @escaping (_ target: Int, _ attempt: Int) -> (ConnectionSweep.Event, Duration)?) {
    self.answer = answer
  }

  /// Runs the sweep to its end, which must come.
  mutating func run(_ sweep: inout ConnectionSweep) {
    var events: [(due: Instant, slot: Int, event: ConnectionSweep.Event)] = []
    while true {
      while let action = sweep.next(at: now) {
        switch action {
        case .connect(let slot, let target):
          let attempt = connections[target, default: 0]
          connections[target] = attempt + 1
          events.removeAll { $0.slot == slot }
          guard let (event, delay) = answer(target, attempt) else {
            sweep.receive(.underway, slot: slot, at: now)
            break
          }
          if delay > .zero {
            sweep.receive(.underway, slot: slot, at: now)
            events.append((now + delay, slot, event))
          } else {
            sweep.receive(event, slot: slot, at: now)
          }
        case .release(let slot): events.removeAll { $0.slot == slot }
        case .verdict(let target, let verdict):
          #expect(verdicts.updateValue(verdict, forKey: target) == nil, "a second verdict")
        case .finish: return
        }
        mostAtOnce = max(mostAtOnce, sweep.connectionCount)
      }
      let earliest = events.indices.min { events[$0].due < events[$1].due }
      let deadline = sweep.deadline(at: now) ?? .distantFuture
      if let earliest, events[earliest].due <= deadline {
        let event = events.remove(at: earliest)
        now = max(now, event.due)
        sweep.receive(event.event, slot: event.slot, at: now)
      } else {
        guard deadline < .distantFuture else {
          Issue.record("the sweep waits for nothing")
          return
        }
        now = max(now, deadline)
      }
    }
  }
}

@Suite struct `A sweep of TCP ports` {
  private func swept(
    hosts: Int = 1, ports: Int, options: SweepOptions = .tcp,
    _ answer: @escaping (Int, Int) -> (ConnectionSweep.Event, Duration)?
  ) -> SweptNetwork {
    var network = SweptNetwork(answer)
    var sweep = ConnectionSweep(hosts: hosts, portsPerHost: ports, options: options)
    network.run(&sweep)
    return network
  }

  @Test func `tells open, closed and filtered apart, with the time it took`() {
    let report = UnreachableReport(
      type: 3, code: 13, isVersion6: false, reporter: .v4(IPv4Address(192, 0, 2, 1)))
    let network = swept(ports: 3) { target, _ in
      [
        (.accepted, .milliseconds(5)), (.refused, .milliseconds(7)),
        (.unreachable(report), .milliseconds(9)),
      ][target]
    }
    #expect(network.verdicts[0] == PortVerdict(.open, .accepted, roundTrip: .milliseconds(5)))
    #expect(network.verdicts[1] == PortVerdict(.closed, .refused, roundTrip: .milliseconds(7)))
    #expect(
      network.verdicts[2] == PortVerdict(.filtered, .icmp(report), roundTrip: .milliseconds(9)))
  }

  @Test func `sixty silent ports take the time of one, and each is asked twice`() {
    let one = swept(ports: 1) { _, _ in nil }
    let sixty = swept(ports: 60) { _, _ in nil }
    #expect(one.now - .origin == .milliseconds(3300))
    #expect(sixty.now - one.now < .milliseconds(20))
    #expect(sixty.verdicts.values.allSatisfy { $0 == PortVerdict(.silent, .silence, attempts: 2) })
    #expect(sixty.verdicts.count == 60)
  }

  @Test func `a host that answers fast is waited for less`() {
    let network = swept(ports: 2) { target, _ in target == 0 ? (.refused, .milliseconds(1)) : nil }
    // The second was asked before the first answered; its second attempt knows better.
    #expect(network.now - .origin < .milliseconds(1400))
  }

  @Test func `a host whose filter speaks has time to speak again`() {
    let report = UnreachableReport(type: 3, code: 10, isVersion6: false, reporter: nil)
    let network = swept(ports: 2) { target, attempt in
      if target == 0 { return (.unreachable(report), .milliseconds(1)) }
      return attempt == 1 ? (.unreachable(report), .milliseconds(1900)) : nil
    }
    #expect(network.verdicts[1]?.state == .filtered)
  }

  @Test func `an answer to the second question counts`() {
    let network = swept(ports: 1) { _, attempt in
      attempt == 1 ? (.accepted, .milliseconds(1500)) : nil
    }
    #expect(
      network.verdicts[0]
        == PortVerdict(.open, .accepted, roundTrip: .milliseconds(1500), attempts: 2))
  }

  @Test func `no more are under way than the window allows, and no faster than the pace`() {
    var options = SweepOptions.tcp
    options.window = 10
    options.pace = .framesPerSecond(100)
    let network = swept(ports: 300, options: options) { _, _ in (.refused, .milliseconds(1)) }
    #expect(network.mostAtOnce <= 10)
    #expect(network.now - .origin >= .seconds(2.9) && network.now - .origin < .seconds(3.2))
  }

  @Test func `what is answered within this host is not paced`() {
    var options = SweepOptions.tcp
    options.pace = .framesPerSecond(1)
    let network = swept(ports: 1000, options: options) { _, _ in (.refused, .zero) }
    #expect(network.now == .origin && network.verdicts.count == 1000)
  }

  @Test func `makes do with the sockets that there are`() {
    var open = 0
    let network = swept(ports: 200) { _, attempt in
      open += 1
      return open > 20 && attempt == 0 && open % 3 == 0
        ? (.exhausted(errno: 24), .zero) : (.refused, .milliseconds(5))
    }
    #expect(network.verdicts.values.allSatisfy { $0.state == .closed })
    #expect(network.verdicts.count == 200)
  }

  @Test func `says so when no socket can be had at all`() {
    let network = swept(ports: 3) { _, _ in (.exhausted(errno: 24), .zero) }
    #expect(
      network.verdicts.values.allSatisfy {
        $0.reason == .local(errno: 24) && $0.state == .unreachable
      })
    #expect(network.verdicts.count == 3)
  }

  @Test func `listens to what an open port says first`() {
    var options = SweepOptions.tcp
    options.greetingWait = .seconds(1)
    var sweep = ConnectionSweep(hosts: 1, portsPerHost: 2, options: options)
    #expect(sweep.next(at: .origin) == .connect(slot: 0, target: 0))
    #expect(sweep.next(at: .origin) == .connect(slot: 1, target: 1))
    sweep.receive(.accepted, slot: 0, at: .origin)
    sweep.receive(.accepted, slot: 1, at: .origin)
    #expect(sweep.next(at: .origin) == nil)
    sweep.receive(.greeting([0x68, 0x69]), slot: 1, at: .origin + .milliseconds(2))
    #expect(sweep.next(at: .origin + .milliseconds(2)) == .release(slot: 1))
    #expect(
      sweep.next(at: .origin + .milliseconds(2))
        == .verdict(
          target: 1, PortVerdict(.open, .accepted, roundTrip: .zero, answer: [0x68, 0x69])))
    #expect(sweep.deadline(at: .origin) == .origin + .seconds(1))
    let end = Instant.origin + .seconds(1)
    #expect(sweep.next(at: end) == .release(slot: 0))
    #expect(
      sweep.next(at: end) == .verdict(target: 0, PortVerdict(.open, .accepted, roundTrip: .zero)))
    #expect(sweep.next(at: end) == .finish)
    #expect(sweep.next(at: end) == nil && sweep.deadline(at: end) == nil)
  }

  @Test func `what comes too late, or for nobody, changes nothing`() {
    var sweep = ConnectionSweep(hosts: 1, portsPerHost: 1)
    sweep.receive(.accepted, slot: 7, at: .origin)
    #expect(sweep.next(at: .origin) == .connect(slot: 0, target: 0))
    sweep.receive(.refused, slot: 0, at: .origin)
    sweep.receive(.accepted, slot: 0, at: .origin)
    #expect(
      sweep.next(at: .origin)
        == .verdict(target: 0, PortVerdict(.closed, .refused, roundTrip: .zero)))
    #expect(sweep.next(at: .origin) == .finish)
  }

  @Test(arguments: [1, 2, 3, 4, 5])
  func `every port gets one verdict whatever happens`(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var options = SweepOptions.tcp
    options.window = Int.random(in: 1...50, using: &random)
    let network = swept(hosts: 7, ports: 90, options: options) { _, _ in
      let delay = Duration.microseconds(Int.random(in: 0...3_000_000, using: &random))
      switch Int.random(in: 0...5, using: &random) {
      case 0: return (.accepted, delay)
      case 1: return (.refused, .zero)
      case 2: return (.failed(errno: 101), .zero)
      case 3: return (.exhausted(errno: 99), .zero)
      case 4:
        return (
          .unreachable(UnreachableReport(type: 3, code: 1, isVersion6: false, reporter: nil)), delay
        )
      default: return nil
      }
    }
    #expect(network.verdicts.count == 630 && network.mostAtOnce <= options.window)
  }
}
