import LinkLayer
import Machines
import MonotonicTime
import Support
import Testing

@Suite struct StationWatchTests {
  private let address = IPv4Address(192, 0, 2, 50)

  private func watch(
    remembering records: [StationRecord] = [], _ change: (inout WatchOptions) -> Void = { _ in }
  ) -> StationWatch {
    var options = WatchOptions()
    options.networks = [IPPrefix("192.0.2.0/24")].compactMap { $0 }
    change(&options)
    return StationWatch(identity: Stations.identity, options: options, remembering: records)
  }

  /// The events of `machine` when each frame is heard at its second.
  private func events(
    _ machine: inout StationWatch, _ heard: [(Int64, LinkFrame)]
  ) -> [WatchEvent] {
    var events: [WatchEvent] = []
    if let first = heard.first {
      _ = machine.start(at: Instant.origin + .seconds(first.0))
    }
    for (second, frame) in heard {
      let now = Instant.origin + .seconds(second)
      while let due = machine.deadline, due <= now { events += machine.fire(at: due).events }
      events += machine.receive(frame, at: now).events
    }
    return events
  }

  private func request(_ station: HardwareAddress, _ address: IPv4Address? = nil) -> LinkFrame {
    Stations.arp(
      .request, from: (station, address ?? self.address), to: (Stations.zero, Stations.gateway4))
  }

  /// arpwatch's five words for an address that moves.
  @Test func namesWhatBecomesOfAnAddress() throws {
    var machine = watch { $0.silence = .seconds(600) }
    let told = events(
      &machine,
      [
        (0, request(Stations.other)), (10, request(Stations.other)),
        (100, request(Stations.third)),
        (300, request(Stations.other)),
        (400, request(Stations.gateway)),
        (480, request(Stations.third)),
        (5000, request(Stations.third)),
      ])
    #expect(
      told.map { $0.kind.rawValue } == [
        "new station", "changed ethernet address", "flip flop", "changed ethernet address",
        "reused old ethernet address", "silent station", "new activity",
      ])
    #expect(told[2].station == Stations.other && told[2].other == Stations.third)
    #expect(told[5].at - .origin >= .seconds(1080) && told[5].at - .origin < .seconds(1160))
    let record = try #require(machine.records.first)
    #expect(record.station == Stations.third)
    #expect(record.former == [Stations.gateway, Stations.other])
  }

  /// Two stations that both speak change the address back and forth: one event says so, and the
  /// thousands of changes after it are not told.
  @Test func tellsADuplicateOnceAnHour() {
    var machine = watch()
    let heard = (0..<2000 as Range<Int64>).map { second in
      (second, request(second % 2 == 0 ? Stations.other : Stations.third))
    }
    let told = events(&machine, heard)
    #expect(told.map(\.kind) == [.newStation, .changed, .flipFlop, .duplicate])
    #expect(told.last?.at == Instant.origin + .seconds(2))
    var later = watch()
    let anew: [(Int64, LinkFrame)] = [(7200, heard[0].1), (7201, heard[1].1), (7202, heard[0].1)]
    let all = events(&later, heard + anew)
    #expect(all.count == 4 + 3)
  }

  /// A failover and one back an hour later are no duplicate.
  @Test func takesAFailoverForAChange() {
    var machine = watch()
    let told = events(
      &machine,
      [
        (0, request(Stations.other)), (100, Stations.announcement(of: address, by: Stations.third)),
        (3700, Stations.announcement(of: address, by: Stations.other)),
      ])
    #expect(told.map(\.kind) == [.newStation, .changed, .announcement, .flipFlop, .announcement])
  }

  @Test func knowsWhatCannotBeOnTheLink() {
    let cases: [(LinkFrame, WatchEvent.Kind?)] = [
      (request(Stations.other, IPv4Address(198, 51, 100, 1)), .bogon),
      (request(Stations.other, IPv4Address(127, 0, 0, 1)), .bogon),
      (request(Stations.other, .broadcast), .bogon),
      (request(Stations.broadcast), .broadcast),
      (request(Stations.zero), .broadcast),
      (Stations.arpProbe(for: address, by: Stations.other), nil),
      (request(Stations.other, IPv4Address(192, 0, 2, 1)), .duplicate),
      (request(Stations.second, IPv4Address(192, 0, 2, 1)), nil),
      (
        Stations.advertisement(of: .allNodes, by: Stations.other), nil
      ),
    ]
    for (frame, kind) in cases {
      var machine = watch { $0.ownAddresses = [.v4(IPv4Address(192, 0, 2, 1))] }
      // Said a hundred times, told once.
      let told = events(&machine, (0..<100 as Range<Int64>).map { ($0, frame) })
      #expect(told.map(\.kind) == [kind].compactMap { $0 }, "\(frame)")
      #expect(machine.count == 0)
    }
  }

  @Test func tellsWhoSpeaksForAnother() {
    var machine = watch()
    let frame = Stations.arp(
      .reply, from: (Stations.other, address), to: (Stations.own, Stations.gateway4),
      destination: Stations.own, source: Stations.third)
    let told = events(&machine, [(0, frame), (1, frame)])
    #expect(told.map(\.kind) == [.mismatch, .newStation])
    #expect(told.first?.other == Stations.third)
  }

  @Test func watchesNeighborDiscoveryToo() {
    var machine = watch()
    let target = Stations.service6
    let told = events(
      &machine,
      [
        (
          0,
          Stations.solicitation(
            for: Stations.gateway6, from: target, by: Stations.other,
            options: [.sourceLinkLayerAddress(Stations.other)])
        ),
        (100, Stations.advertisement(of: target, by: Stations.third)),
        // Not from this link, and a probe: neither counts.
        (200, Stations.advertisement(of: target, by: Stations.gateway, hopLimit: 64)),
        (201, Stations.solicitation(for: target, from: .unspecified, by: Stations.gateway)),
      ])
    #expect(told.map(\.kind) == [.newStation, .changed, .announcement])
  }

  @Test func goesOnFromWhatWasKnown() {
    var record = StationRecord(address: .v4(address), station: Stations.other, at: .origin)
    record.former = [Stations.third]
    var machine = watch(remembering: [record])
    let month = 30 * 86_400 as Int64
    let told = events(
      &machine,
      [(month, request(Stations.other)), (month + 500, request(Stations.third))])
    #expect(told.map(\.kind) == [.flipFlop])
    var year = watch(remembering: [record])
    let later = events(&year, [(12 * month, request(Stations.other))])
    #expect(later.map(\.kind) == [.newActivity])
  }

  /// A million forged stations take bounded memory and get bounded attention, and push out nobody who
  /// was there before.
  @Test func boundsWhatAFloodCosts() {
    var machine = watch {
      $0.memory = 1000
      $0.networks = []
    }
    var told: [WatchEvent] = events(
      &machine, [(0, request(Stations.other)), (70, request(Stations.other))])
    var random = SeededGenerator(seed: 7)
    for number in 0..<200_000 as Range<Int64> {
      let forged = IPv4Address(rawValue: UInt32.random(in: 1 << 24..<1 << 30, using: &random))
      let station = HardwareAddress(
        MACAddress(rawValue: 0x0200_0000_0000 | UInt64.random(in: 1..<1 << 32, using: &random)))
      let now = Instant.origin + .seconds(100) + .microseconds(number * 50)
      told += machine.receive(request(station, forged), at: now).events
    }
    #expect(machine.count == 1000)
    // Ten seconds of flood: 200 at first and 50 a second, and as many notes of what was left out.
    #expect(told.count < 2 * (200 + 500 + 10))
    #expect(told.contains { $0.kind == .tableFull })
    let suppressed = told.filter { $0.kind == .suppressed }.map(\.count).reduce(0, +)
    #expect(suppressed > 150_000)
    #expect(machine.records.contains { $0.address == .v4(address) })
  }

  /// What a watch gives away to be kept is what it knows, whatever happened.
  @Test(arguments: 0..<30 as Range<UInt64>)
  func givesAwayAllThatItKnows(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var machine = watch {
      $0.memory = 20
      $0.silence = .seconds(300)
    }
    _ = machine.start(at: .origin)
    var kept: [IPAddress: StationRecord] = [:]
    var now = Instant.origin
    for _ in 0..<2000 {
      now = now + .milliseconds(Int64.random(in: 1...20_000, using: &random))
      var actions: StationWatch.Actions = []
      while let due = machine.deadline, due <= now { actions += machine.fire(at: due) }
      let address = IPv4Address(192, 0, 2, UInt8.random(in: 1...40, using: &random))
      let station = Stations.mac(UInt8.random(in: 0x20...0x23, using: &random))
      actions += machine.receive(request(station, address), at: now)
      for case .report(let report) in actions {
        switch report {
        case .event: break
        case .remember(let record): kept[record.address] = record
        case .forget(let address): kept[address] = nil
        }
      }
    }
    #expect(Set(kept.keys) == Set(machine.records.map(\.address)))
    for record in machine.records {
      #expect(kept[record.address]?.station == record.station)
      #expect(kept[record.address]?.former == record.former)
      #expect(kept[record.address]?.isSilent == record.isSilent)
    }
  }
}

extension Array where Element == Action<WatchReport, [StationRecord]> {
  /// The events among reports.
  fileprivate var events: [WatchEvent] {
    compactMap { action in
      guard case .report(.event(let event)) = action else { return nil }
      return event
    }
  }
}
