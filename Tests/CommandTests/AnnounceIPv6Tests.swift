import Glibc
import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// What `crimp announce` says of IPv6 addresses. Needs root.
@Suite("crimp announce, IPv6", .serialized)
struct AnnounceIPv6Tests {
  @Test("IPv6: to all nodes, with override, and the router flag that forwarding gives")
  func advertises() throws {
    try withNetwork(usesIPv6: true) { network in
      try network.ownerB.add(Place.service6, length: 64)
      let own = try network.ownerB.interface().hardwareAddress
      let wire = try Wire(at: network.client)
      for (forwarding, round) in [("0", 1), ("1", 2)] {
        try network.ownerB.setParameter("ipv6/conf/eth0/forwarding", forwarding)
        #expect(try network.ownerB.crimp("announce", "-c", "1", "\(Place.service6)").status == 0)
        #expect(try wire.awaits { $0.advertisements(of: Place.service6).count == round })
        let (packet, message) = try #require(wire.seen.advertisements(of: Place.service6).last)
        #expect(packet.destination == .allNodes)
        #expect(packet.hopLimit == 255)
        #expect(.v6(packet.source) == Place.service6)
        #expect(message.overrides)
        #expect(message.isRouter == (forwarding == "1"))
        #expect(message.targetLinkLayerAddress == own)
      }
    }
  }

  @Test("IPv6: --new goes to all routers and does not override; --router and --no-router decide")
  func advertisesNew() throws {
    try withNetwork(usesIPv6: true) { network in
      try network.ownerB.add(Place.service6, length: 64)
      let wire = try Wire(at: network.client)
      let result = try network.ownerB.crimp(
        "announce", "-c", "1", "--new", "--router", "\(Place.service6)")
      #expect(result.status == 0)
      #expect(try wire.awaits { $0.advertisements(of: Place.service6).count == 1 })
      let (packet, message) = try #require(wire.seen.advertisements(of: Place.service6).last)
      #expect(packet.destination == .allRouters)
      #expect(!message.overrides)
      #expect(message.isRouter)
    }
  }

  @Test("IPv6: a count that is asked for is kept by advertisements too; the default is three")
  func advertisementCount() throws {
    try withNetwork(usesIPv6: true) { network in
      try network.ownerB.add(Place.service6, length: 64)
      let wire = try Wire(at: network.client)
      let result = try network.ownerB.crimp(
        "announce", "--foreground", "-c", "5", "--interval", "0.05", "\(Place.service6)")
      #expect(result.status == 0)
      #expect(try wire.collect().advertisements(of: Place.service6).count == 5)
    }
  }

  @Test("IPv6: an address is waited for while duplicate address detection goes on")
  func awaitsDetection() throws {
    try withNetwork(usesIPv6: true) { network in
      try network.ownerB.setParameter("ipv6/conf/eth0/accept_dad", "1")
      try network.ownerB.tool("ip", "address", "add", "\(Place.service6)/64", "dev", "eth0")
      let wire = try Wire(at: network.client)
      #expect(try network.ownerB.crimp("announce", "-c", "1", "\(Place.service6)").status == 0)
      #expect(try wire.awaits { $0.advertisements(of: Place.service6).count == 1 })
      let probes = wire.seen.indices.filter { index in
        guard let packet = wire.seen[index].ndp,
          case .neighborSolicitation(let message) = packet.message
        else { return false }
        return packet.source == .unspecified && .v6(message.targetAddress) == Place.service6
      }
      let announced = wire.seen.firstIndex { seen in
        guard let packet = seen.ndp, case .neighborAdvertisement = packet.message else {
          return false
        }
        return .v6(packet.source) == Place.service6
      }
      // The kernel's own probe comes first.
      #expect(try #require(announced) > (probes.last ?? -1))
    }
  }
}
