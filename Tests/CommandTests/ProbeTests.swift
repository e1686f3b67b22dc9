import Glibc
import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// `crimp probe` by its exit status and by what it puts on the wire. Needs root.
@Suite("crimp probe", .serialized)
struct ProbeTests {
  private static let free = "192.0.2.200"
  private static let free6 = "2001:db8::200"

  @Test("three probes as RFC 5227 has them, and an address that nobody has is free")
  func free() throws {
    try withNetwork { network in
      let own = try network.ownerB.interface().hardwareAddress
      let wire = try Wire(at: network.client)
      let result = try network.ownerB.crimp("probe", "-i", "eth0", "--within", "1", Self.free)
      #expect(result.status == 0)
      #expect(result.outputText == "\(Self.free) is free\n")
      let packets = try wire.collect().compactMap(\.arp)
      #expect(packets.count == 3)
      for packet in packets {
        #expect(packet.operation == .request)
        #expect(packet.senderHardwareAddress == own)
        #expect(packet.senderProtocolAddress.isUnspecified)
        #expect(packet.targetHardwareAddress == HardwareAddress(MACAddress.zero))
        #expect(packet.targetProtocolAddress.description == Self.free)
      }
      #expect(
        wire.seen.allSatisfy { $0.frame.destination == HardwareAddress(MACAddress.broadcast) })
    }
  }

  @Test("an address in use: status 1, with the owner")
  func inUse() throws {
    try withNetwork(usesIPv6: true) { network in
      let owner = try network.client.interface().hardwareAddress
      for address in [Place.client, Place.client6] {
        let result = try network.ownerB.crimp("probe", "--fast", "-i", "eth0", "\(address)")
        #expect(result.status == 1)
        #expect(result.outputText == "\(address) is in use by \(owner)\n")
      }
      let mixed = try network.ownerB.crimp(
        "probe", "--fast", "--json", "-i", "eth0", "\(Place.client)", Self.free)
      #expect(mixed.status == 1)
      #expect(mixed.outputLines.count == 2)
    }
  }

  @Test("an address that is given twice is probed for once")
  func givenTwice() throws {
    try withNetwork { network in
      let wire = try Wire(at: network.client)
      let result = try network.ownerB.crimp("probe", "--fast", "-i", "eth0", Self.free, Self.free)
      #expect(result.status == 0)
      #expect(result.outputText == "\(Self.free) is free\n")
      #expect(try wire.collect().compactMap(\.arp).count == 3)
    }
  }

  @Test("of two hosts that probe for one address at the same time, at most one finds it free")
  func simultaneous() throws {
    try withNetwork { network in
      let probes = try [network.ownerA, network.ownerB].map { host in
        try host.startCrimp("probe", "--within", "4", "-i", "eth0", Self.free)
      }
      let results = try probes.map { try $0.end() }
      // Who hears the other first says nothing more, and the other may have it.
      let yielding = results.filter { $0.status == 1 }
      #expect(!yielding.isEmpty)
      for result in yielding {
        #expect(result.outputText.contains("\(Self.free) is probed for at this moment by"))
      }
    }
  }

  @Test("IPv6: a solicitation from the unspecified address, and a free address")
  func freeIPv6() throws {
    try withNetwork(usesIPv6: true) { network in
      let wire = try Wire(at: network.client)
      let result = try network.ownerB.crimp("probe", "--fast", "-i", "eth0", Self.free6)
      #expect(result.status == 0)
      let wanted = try #require(IPv6Address(Self.free6))
      let probes = try wire.collect().compactMap { seen -> NDPPacket? in
        guard let packet = seen.ndp, case .neighborSolicitation(let message) = packet.message,
          message.targetAddress == wanted
        else { return nil }
        return packet
      }
      #expect(!probes.isEmpty)
      for probe in probes {
        #expect(probe.source == .unspecified)
        #expect(probe.destination == wanted.solicitedNodeMulticast)
        #expect(probe.hopLimit == 255)
      }
    }
  }

  @Test("--claim announces what is free, twice")
  func claims() throws {
    try withNetwork { network in
      let wire = try Wire(at: network.client)
      let result = try network.ownerB.crimp(
        "probe", "--fast", "--claim", "-i", "eth0", Self.free, "\(Place.client)")
      #expect(result.status == 1)
      let address = try #require(IPAddress(Self.free))
      #expect(try wire.collect().requests(for: address).count == 2)
      #expect(wire.seen.requests(for: Place.client).isEmpty)
    }
  }

  @Test(
    "--defend answers another claim by its policy",
    arguments: [("never", 0, false), ("once", 1, false), ("always", 1, true)])
  func defends(policy: String, defences: Int, keeps: Bool) throws {
    try withNetwork { network in
      let address = try #require(IPv4Address(Self.free))
      let wire = try Wire(at: network.client)
      let running = try network.ownerB.startCrimp(
        "probe", "--fast", "--claim", "--defend", policy, "-i", "eth0", Self.free)
      // Both announcements of the claim, before the disturbance.
      #expect(try wire.awaits { $0.requests(for: .v4(address)).count == 2 })
      try wire.send(Self.claim(address))
      #expect(try eventually { try running.outputSoFar().contains("in use by") })
      #expect(try wire.awaits { $0.requests(for: .v4(address)).count == 2 + defences })
      try wire.send(Self.claim(address))
      if keeps {
        // The same again is not told again; another claimant is.
        try wire.send(Self.claim(address, by: 0x0200_0000_0067))
        #expect(try eventually { try running.outputSoFar().contains("02:00:00:00:00:67") })
        #expect(try running.outputSoFar().split(separator: "in use by").count == 3)
        running.send(signal: SIGTERM)
      }
      let result = try running.end()
      #expect(result.status == (keeps ? 0 : 1))
      #expect(result.outputText.contains("gave up \(Self.free)") == !keeps)
      #expect(try wire.collect().requests(for: .v4(address)).count == 2 + defences)
    }
  }

  /// A gratuitous request of a station that is not there.
  private static func claim(
    _ address: IPv4Address, by claimant: UInt64 = 0x0200_0000_0066
  ) -> LinkFrame {
    let station = HardwareAddress(MACAddress(rawValue: claimant))
    return LinkFrame(
      destination: HardwareAddress(MACAddress.broadcast), source: station,
      payload: .arp(
        ARPPacket(
          operation: .request, senderHardwareAddress: station, senderProtocolAddress: address,
          targetHardwareAddress: HardwareAddress(MACAddress.zero), targetProtocolAddress: address)))
  }
}
