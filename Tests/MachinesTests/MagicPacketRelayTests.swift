import LinkLayer
import Machines
import MonotonicTime
import Testing

@Suite struct MagicPacketRelayTests {
  private let station = MACAddress(2, 0, 0, 0, 0, 0xfe)
  private let port = RelayPort(
    identity: LinkIdentity(hardwareAddress: Stations.second), address: Stations.service,
    linkLocalAddress: Stations.linkLocal)

  private func raw(
    _ station: MACAddress? = nil, from source: HardwareAddress = Stations.other
  ) throws -> MagicPacketSighting {
    try sighting(
      .magicPacket(MagicPacket(target: station ?? self.station)), from: source)
  }

  private func datagram(_ hosts: UDPPacket.Hosts, hopLimit: UInt8 = 64) throws
    -> MagicPacketSighting
  {
    let packet = UDPPacket(
      hosts: hosts, sourcePort: 4000, destinationPort: 7, hopLimit: hopLimit,
      payload: [1, 2, 3] + MagicPacket(target: station).bytes)
    return try sighting(.other(packet.etherType, packet.bytes), from: Stations.other)
  }

  private func sighting(
    _ payload: LinkPayload, from source: HardwareAddress
  ) throws -> MagicPacketSighting {
    let frame = LinkFrame(destination: Stations.broadcast, source: source, payload: payload)
    let bytes = frame.bytes(framing: .ethernet)
    let sighting = MagicPacketSighting(in: bytes.rawBytes, framing: .ethernet)
    return try #require(sighting)
  }

  private var relay: MagicPacketRelay {
    MagicPacketRelay(ownAddresses: [Stations.own, Stations.second])
  }

  @Test func passesOnWhatItHearsAndNothingOfItsOwn() throws {
    var relay = relay
    #expect(relay.judge(try raw(), at: .origin) == .passed)
    #expect(relay.judge(try raw(from: Stations.own), at: .origin) == .own)
    #expect(relay.judge(try raw(from: Stations.second), at: .origin) == .own)
  }

  @Test func countsHops() throws {
    var relay = relay
    let hosts = UDPPacket.Hosts.v4(source: Stations.gateway4, destination: .broadcast)
    for hopLimit in [0, 1] as [UInt8] {
      #expect(relay.judge(try datagram(hosts, hopLimit: hopLimit), at: .origin) == .hopLimit)
    }
    #expect(relay.judge(try datagram(hosts, hopLimit: 2), at: .origin) == .passed)
  }

  @Test func letsASenderRepeatItself() throws {
    var relay = relay
    for time in [0, 100, 200, 5000, 5100, 5200] {
      #expect(relay.judge(try raw(), at: .origin + .milliseconds(time)) == .passed)
    }
  }

  /// Two relays of two hosts, one each way: what one passes on the other hears, without end.
  @Test func starvesACircle() throws {
    var there = MagicPacketRelay(ownAddresses: [Stations.own])
    var back = MagicPacketRelay(ownAddresses: [Stations.second])
    var now = Instant.origin
    var inFlight = [try raw(from: Stations.other)]
    var passed = 0
    for _ in 0..<10_000 {
      guard let heard = inFlight.popLast() else { break }
      now = now + .microseconds(50)
      let source = heard.source == Stations.own ? Stations.second : Stations.own
      let verdict =
        source == Stations.own ? there.judge(heard, at: now) : back.judge(heard, at: now)
      if verdict == .passed {
        passed += 1
        inFlight.append(try raw(from: source))
      }
    }
    #expect(inFlight.isEmpty)
    #expect(passed == 10)
  }

  @Test func isBoundedOverAllStations() throws {
    var relay = relay
    var passed = 0
    for index in 0..<20_000 {
      let target = MACAddress(rawValue: 0x0200_0000_0000 + UInt64(index))
      let now = Instant.origin + .microseconds(Int64(index) * 50)
      if relay.judge(try raw(target), at: now) == .passed { passed += 1 }
    }
    #expect(
      (1000...1010).contains(passed - 200), "\(passed) in a second: 1000 at once, 200 a second")
  }

  @Test func forgetsStationsThatAreQuiet() throws {
    var options = MagicPacketRelay.Options()
    options.stationLimit = 2
    options.pace = .unlimited
    var relay = MagicPacketRelay(ownAddresses: [], options: options)
    for last in 1...2 as ClosedRange<UInt8> {
      #expect(relay.judge(try raw(MACAddress(2, 0, 0, 0, 1, last)), at: .origin) == .passed)
    }
    #expect(relay.judge(try raw(), at: .origin + .seconds(1)) == .tooMany)
    #expect(relay.judge(try raw(), at: .origin + .seconds(3)) == .passed)
  }

  @Test func passesOnAsItCame() throws {
    let raw = port.frame(passingOn: try raw())
    #expect(raw.source == Stations.second && raw.destination == Stations.broadcast)
    #expect(raw.payload == .magicPacket(MagicPacket(target: station)))

    let four = port.frame(
      passingOn: try datagram(.v4(source: Stations.gateway4, destination: .broadcast)))
    let six = port.frame(
      passingOn: try datagram(.v6(source: Stations.gateway6, destination: .allNodes)))
    for (frame, hosts) in [
      (four, UDPPacket.Hosts.v4(source: Stations.service, destination: .broadcast)),
      (six, .v6(source: Stations.linkLocal, destination: .allNodes)),
    ] {
      guard case .other(_, let bytes) = frame.payload else {
        Issue.record("no datagram: \(frame)")
        return
      }
      let packet = try UDPPacket(parsing: bytes.rawBytes)
      #expect(packet.hosts == hosts)
      #expect(packet.destinationPort == 7 && packet.hopLimit == 63)
      #expect(packet.payload == MagicPacket(target: station).bytes, "nothing but the packet")
      #expect(frame.source == Stations.second)
    }
    #expect(six.destination == HardwareAddress(MACAddress(0x33, 0x33, 0, 0, 0, 1)))
  }

  @Test func needsNoAddress() throws {
    let port = RelayPort(identity: LinkIdentity(hardwareAddress: Stations.second))
    let frame = port.frame(
      passingOn: try datagram(.v4(source: Stations.gateway4, destination: .broadcast)))
    #expect(frame.payload == .magicPacket(MagicPacket(target: station)))
  }
}
