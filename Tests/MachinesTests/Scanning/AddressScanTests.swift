import LinkLayer
import Machines
import MonotonicTime
import Support
import Testing

@Suite struct AddressScanTests {
  private static let own = IPPrefix(host: .v4(IPv4Address(192, 0, 2, 1)))

  private func scan(
    _ text: String, _ change: (inout ScanOptions) -> Void = { _ in }
  ) throws -> AddressScan {
    let prefix = try #require(IPPrefix(text))
    var options = ScanOptions()
    change(&options)
    return AddressScan(
      try ScanTargets([AddressRange(prefix)]), request: .resolution(from: [Self.own]),
      identity: Stations.identity, options: options)
  }

  /// The answer of the host of a question, when `owner` names its station.
  private func answer(
    to frame: LinkFrame, _ owner: (IPv4Address) -> HardwareAddress?
  ) -> LinkFrame? {
    guard case .arp(let packet) = frame.payload,
      let station = owner(packet.targetProtocolAddress)
    else { return nil }
    return Stations.arpReply(
      packet.targetProtocolAddress, by: station, to: packet.senderProtocolAddress)
  }

  private func targets(_ transcript: Transcript) -> [IPv4Address] {
    transcript.frames.compactMap { entry in
      guard case .arp(let packet) = entry.frame.payload else { return nil }
      return packet.targetProtocolAddress
    }
  }

  @Test func asksAgainWhoIsSilentAndFlagsTwoStations() throws {
    var machine = try scan("192.0.2.0/30") { $0.pace = .every(.milliseconds(2)) }
    let transcript = Transcript(of: &machine) { frame in
      guard let reply = answer(to: frame, { $0.rawValue & 3 == 2 ? Stations.other : nil }) else {
        return []
      }
      guard let second = answer(to: frame, { _ in Stations.third }) else { return [] }
      return [(.milliseconds(1), reply), (.milliseconds(3), second), (.milliseconds(4), reply)]
    }
    try transcript.expectGolden("scan-sweep")
  }

  /// Whoever answers is found, whoever does not is asked as often as was said and not sooner, and no
  /// other address at all.
  @Test(arguments: 0..<60 as Range<UInt64>)
  func findsWhoAnswersWhateverTheOrder(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let length = Int.random(in: 22...32, using: &random)
    let interval = Duration.microseconds([0, 10, 700, 3000].randomElement(using: &random) ?? 0)
    let attempts = Int.random(in: 1...3, using: &random)
    var machine = try scan("10.1.0.0/\(length)") {
      $0.pace = .every(interval)
      $0.attempts = attempts
      $0.random = seed % 2 == 0 ? MachineRandom(seed: seed) : nil
    }
    let isThere = { (address: IPv4Address) in (address.rawValue &* 2_654_435_761) >> 30 == 0 }
    var deaf: Set<IPv4Address> = []
    let transcript = Transcript(of: &machine, limit: .seconds(600)) { frame in
      guard let reply = answer(to: frame, { isThere($0) ? Stations.other : nil }),
        case .arp(let packet) = reply.payload
      else { return [] }
      // Every third host misses the first question.
      let address = packet.senderProtocolAddress
      if attempts > 1, address.rawValue % 3 == 0, deaf.insert(address).inserted { return [] }
      return [(.milliseconds(1), reply)]
    }
    let hosts = (0..<machine.targets.count).filter { index in
      guard case .v4(let address) = machine.targets[index] else { return false }
      return isThere(address)
    }
    #expect(machine.progress.hosts == hosts.count)
    #expect(machine.deadline == nil && machine.fraction == 1)
    #expect(transcript.text.contains("# ScanOutcome"))
    var times: [IPv4Address: [Instant]] = [:]
    for (entry, target) in zip(transcript.frames, targets(transcript)) {
      times[target, default: []].append(entry.at)
    }
    #expect(times.count == machine.targets.count)
    for (target, sent) in times {
      if !isThere(target) { #expect(sent.count == attempts, "\(target)") }
      for (number, pair) in zip(sent, sent.dropFirst()).enumerated() {
        #expect(pair.1 - pair.0 >= (number == 0 ? .milliseconds(500) : .milliseconds(750)))
      }
    }
  }

  @Test func keepsThePace() throws {
    var machine = try scan("10.0.0.0/22") {
      $0.pace = .framesPerSecond(10_000)
      $0.attempts = 1
    }
    let transcript = Transcript(of: &machine)
    let times = transcript.frames.map { $0.at - .origin }
    #expect(times.count == 1024)
    for (index, time) in times.enumerated() {
      // As many as the pace allows, and the lateness that may be made good.
      #expect(index <= 1 + Int((time + .milliseconds(10)).wholeNanoseconds / 100_000))
    }
    let end = try #require(times.last)
    #expect(end >= .milliseconds(90) && end <= .milliseconds(115))
  }

  /// A scan that a hundred hosts' answers end waits for nobody else.
  @Test func endsWhenAllHaveAnsweredOrEnoughHave() throws {
    var machine = try scan("192.0.2.0/25")
    _ = Transcript(of: &machine, limit: .milliseconds(100)) { frame in
      answer(to: frame) { _ in Stations.other }.map { [(.milliseconds(1), $0)] } ?? []
    }
    #expect(machine.deadline == nil && machine.progress.hosts == 128)
    #expect(machine.progress.questions == 128)

    var limited = try scan("192.0.2.0/25") { $0.hostLimit = 3 }
    let transcript = Transcript(of: &limited) { frame in
      answer(to: frame) { _ in Stations.other }.map { [(.zero, $0)] } ?? []
    }
    #expect(limited.progress.hosts == 3 && transcript.text.contains("hosts: 3"))
  }

  @Test func tellsRoundTripsAndWhoSpokeUnasked() throws {
    var machine = try scan("192.0.2.8/29") { $0.pace = .every(.milliseconds(10)) }
    _ = machine.start(at: .origin)
    let now = Instant.origin + .milliseconds(7)
    let first = machine.receive(
      Stations.arpReply(IPv4Address(192, 0, 2, 8), by: Stations.other, to: Stations.gateway4),
      at: now)
    let unasked = machine.receive(
      Stations.announcement(of: IPv4Address(192, 0, 2, 15), by: Stations.third), at: now)
    let reports: [ScanReport] = first.reports() + unasked.reports()
    #expect(
      reports == [
        .host(
          ScannedHost(
            address: .v4(IPv4Address(192, 0, 2, 8)), station: Stations.other,
            roundTrip: .milliseconds(7))),
        .host(
          ScannedHost(address: .v4(IPv4Address(192, 0, 2, 15)), station: Stations.third)),
      ])
  }

  /// Probes claim nothing, this host is nobody's neighbour, and other addresses were not asked for.
  @Test(arguments: [
    Stations.arpProbe(for: IPv4Address(192, 0, 2, 9), by: Stations.other),
    Stations.announcement(of: IPv4Address(192, 0, 2, 9), by: Stations.second),
    Stations.announcement(of: IPv4Address(192, 0, 3, 9), by: Stations.other),
  ])
  func passesOverWhatIsNoHost(frame: LinkFrame) throws {
    var machine = try scan("192.0.2.0/28")
    _ = machine.start(at: .origin)
    #expect(machine.receive(frame, at: .origin).isEmpty)
  }

  @Test func staysFinished() throws {
    var machine = try scan("192.0.2.0/28")
    _ = machine.start(at: .origin)
    let outcome: ScanOutcome? = machine.stop(at: .origin).outcome()
    #expect(outcome?.wasStopped == true && outcome?.questions == 16)
    #expect(machine.stop(at: .origin).isEmpty && machine.fire(at: .distantFuture).isEmpty)
    #expect(
      machine.receive(
        Stations.announcement(of: IPv4Address(192, 0, 2, 9), by: Stations.other), at: .origin
      ).isEmpty)
  }

  /// An answer from everywhere costs a bounded memory for second stations.
  @Test func remembersAFewStationsOfAnAddress() throws {
    var machine = try scan("192.0.2.9/32") { $0.linger = .seconds(1) }
    _ = machine.start(at: .origin)
    var reports: [ScanReport] = []
    for number in 0..<200 as Range<UInt8> {
      let frame = Stations.announcement(
        of: IPv4Address(192, 0, 2, 9), by: HardwareAddress(MACAddress(2, 1, 1, 1, 1, number)))
      reports += machine.receive(frame, at: .origin).reports()
    }
    #expect(reports.count == 9 && machine.progress.duplicates == 1)
  }

  @Test func solicitsAddressesOfIPv6() throws {
    let target = try #require(IPv6Address("2001:db8::42"))
    let asker = try #require(IPv6Address("2001:db8::1"))
    let own = IPPrefix(host: .v6(asker))
    var machine = AddressScan(
      try ScanTargets([AddressRange(.v6(target))]), request: .resolution(from: [Self.own, own]),
      identity: Stations.identity)
    let transcript = Transcript(of: &machine) { _ in
      [
        (
          .milliseconds(1),
          Stations.advertisement(
            of: target, by: Stations.other, to: asker, at: Stations.own,
            isSolicited: true)
        )
      ]
    }
    try transcript.expectGolden("scan-solicitation")
  }
}
