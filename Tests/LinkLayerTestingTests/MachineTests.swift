import LinkLayer
import LinkLayerTesting
import Machines
import MonotonicTime
import Support
import Testing

/// Each machine against an exchange of its own: as it was, and with one byte changed.
@Suite("A machine in the place of the host under test") struct MachineTests {
  /// A machine's protocol, and how an exchange of it is made.
  enum Engine: CaseIterable, Sendable {
    case probe, probeInUse, detection, announcement, defense, pingARP, pingNDP, pingEcho, scan
    case allNodes, waking

    func system() throws -> AnySystem {
      let identity = Rehearsal.identity
      let random = MachineRandom(seed: 7)
      var options = PingOptions()
      options.count = 3
      options.interval = .milliseconds(100)
      switch self {
      case .probe:
        return AnySystem(
          AddressProbe(address: Rehearsal.address, identity: identity, random: random))
      case .probeInUse:
        return AnySystem(
          AddressProbe(
            address: Rehearsal.neighbor, identity: identity, attempts: 2, random: random))
      case .detection:
        return AnySystem(
          DuplicateAddressDetection(
            address: Rehearsal.address6, identity: identity,
            linkLocalSource: IPv6Address(high: 0xfe80_0000_0000_0000, low: 1), random: random))
      case .announcement:
        let plan = AnnouncementPlan(
          addresses: [.v4(Rehearsal.address), .v6(Rehearsal.address6)],
          neighbors: [NeighborTarget(address: .v4(Rehearsal.neighbor))])
        return AnySystem(AddressAnnouncement(plan, identity: identity))
      case .defense:
        return AnySystem(
          AddressDefense(
            addresses: [.v4(Rehearsal.address)], policy: .always, identity: identity))
      case .pingARP:
        return AnySystem(
          NeighborPing(
            target: Rehearsal.neighbor, source: Rehearsal.address, identity: identity,
            options: options))
      case .pingNDP:
        return AnySystem(
          NeighborPing(
            target: Rehearsal.neighbor6, source: Rehearsal.address6, identity: identity,
            options: options))
      case .pingEcho:
        return AnySystem(
          EchoPing(
            target: Rehearsal.other, source: Rehearsal.address, identity: identity,
            options: options, random: random))
      case .scan:
        let network = try IPPrefix.of(Rehearsal.neighbor, 29)
        return AnySystem(
          AddressScan(
            try ScanTargets([AddressRange(network)]),
            request: .resolution(from: [try .of(Rehearsal.address, 24)]),
            identity: identity))
      case .allNodes:
        return AnySystem(
          AllNodesScan(
            from: [IPv6Address(high: 0xfe80_0000_0000_0000, low: 1)], identifier: 9,
            identity: identity))
      case .waking:
        let station = MACAddress(2, 0, 0, 0, 0, 10)
        let frame = LinkFrame(
          destination: HardwareAddress(.broadcast), source: Rehearsal.own,
          payload: .magicPacket(MagicPacket(target: station)))
        return AnySystem(
          Waking(
            [Sleeper(station: station, frames: [frame])], identity: identity,
            options: WakingOptions()))
      }
    }

    func exchange() throws -> RecordedExchange {
      let opening = self == .defense ? [Rehearsal.claim(of: Rehearsal.address)] : []
      return Rehearsal.exchange(of: try system(), opening: opening, answer: Rehearsal.owner)
    }
  }

  @Test("says as it said then", arguments: Engine.allCases)
  func saysTheSame(_ machine: Engine) throws {
    let exchange = try machine.exchange()
    let speaks = exchange.frames.contains { $0.isTested }
    try #require(speaks)
    var system = try machine.system()
    let result = ReplayTestResult(testing: &system, with: exchange)
    #expect(result.passes, "\(result)")
    #expect(result.testedCount == exchange.frames.count(where: \.isTested))
  }

  /// Every byte of every frame that the machine says, one by one: what it was recorded as is not what it
  /// says, and the frame is named, with a field or a byte.
  @Test("is told to differ where one byte of the capture was changed", arguments: Engine.allCases)
  func changedBytes(_ machine: Engine) throws {
    let exchange = try machine.exchange()
    for (index, frame) in exchange.frames.enumerated() where frame.isTested {
      for offset in frame.bytes.indices {
        var changed = exchange
        changed.frames[index].bytes[offset] ^= 0x15
        var system = try machine.system()
        let result = ReplayTestResult(testing: &system, with: changed)
        let finding = try #require(
          result.findings.first { $0.frame == frame.number }, "\(machine), byte \(offset)")
        guard case .differs(let fields) = finding.kind else {
          Issue.record("\(machine), frame \(frame.number), byte \(offset): \(result)")
          continue
        }
        #expect(!fields.isEmpty)
      }
    }
  }

  @Test("of whom nobody hears the answer, says it otherwise") func changedAnswer() throws {
    var exchange = try Engine.pingARP.exchange()
    let answer = try #require(exchange.frames.firstIndex { !$0.isTested })
    // Another owner's answer: the ping goes on to ask all, as it would not have done.
    exchange.frames[answer].bytes[31] ^= 1
    var system = try Engine.pingARP.system()
    let result = ReplayTestResult(testing: &system, with: exchange)
    #expect(result.findings.contains { $0.description.contains("eth.dst") }, "\(result)")
  }
}

/// Any machine, as a system under test.
struct AnySystem: TestedSystem {
  private var system: any TestedSystem

  init(_ machine: some Machine) {
    system = TestedMachine(machine)
  }

  var deadline: Instant? { system.deadline }
  mutating func start(at now: Instant) -> [[UInt8]] { system.start(at: now) }
  mutating func receive(_ frame: [UInt8], at now: Instant) -> [[UInt8]] {
    system.receive(frame, at: now)
  }
  mutating func fire(at now: Instant) -> [[UInt8]] { system.fire(at: now) }
}

extension IPPrefix {
  /// The network of an address.
  fileprivate static func of(_ address: IPv4Address, _ length: Int) throws -> IPPrefix {
    try #require(IPPrefix(address: .v4(address), length: length))
  }
}
