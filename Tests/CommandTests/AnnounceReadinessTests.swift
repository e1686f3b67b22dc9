import Glibc
import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// What can be announced is announced at once, whatever holds the rest up. Needs root.
@Suite("crimp announce, of addresses that are not alike", .serialized)
struct AnnounceReadinessTests {
  /// Adds the IPv6 service address to owner B, with detection that takes so many seconds.
  private func addTentative(_ network: LaboratoryNetwork, probes: Int) throws {
    try network.ownerB.setParameter("ipv6/conf/eth0/accept_dad", "1")
    try network.ownerB.setParameter("ipv6/conf/eth0/dad_transmits", "\(probes)")
    try network.ownerB.tool("ip", "address", "add", "\(Place.service6)/64", "dev", "eth0")
  }

  private func isTentative(_ network: LaboratoryNetwork) throws -> Bool {
    try network.ownerB.tables.addresses().contains {
      $0.address == Place.service6 && $0.isTentative
    }
  }

  /// Where the kernel's own probes for the IPv6 service address are.
  private func detections(_ seen: [Wire.Seen]) -> [Int] {
    seen.indices.filter { index in
      guard let packet = seen[index].ndp,
        case .neighborSolicitation(let message) = packet.message
      else { return false }
      return packet.source == .unspecified && .v6(message.targetAddress) == Place.service6
    }
  }

  @Test("IPv4 leaves at once while duplicate address detection holds IPv6 back, which follows")
  func tentative() throws {
    try withNetwork(usesIPv6: true) { network in
      try network.ownerB.add(Place.service, length: 24)
      let wire = try Wire(at: network.client)
      try addTentative(network, probes: 6)
      let result = try network.ownerB.crimp(
        "announce", "-i", "eth0", "-c", "1", "\(Place.service6)", "\(Place.service)")
      #expect(result.status == 0, "\(result.errorText)")
      #expect(
        result.outputLines == [
          "announced \(Place.service) on eth0, round 1",
          "announced \(Place.service6) on eth0, round 1",
        ])
      #expect(try wire.awaits { !$0.advertisements(of: Place.service6).isEmpty })
      let seen = wire.seen
      let first = try #require(seen.requests(for: Place.service).first)
      let announced = try #require(seen.firstIndex { $0.bytes == first.bytes })
      let last = try #require(detections(seen).last)
      #expect(announced < last)
      let advertised = try #require(
        seen.firstIndex { seen in
          guard let packet = seen.ndp, case .neighborAdvertisement = packet.message else {
            return false
          }
          return .v6(packet.source) == Place.service6
        })
      #expect(advertised > last)
    }
  }

  @Test("--background is back while detection goes on, and the address is announced after it")
  func backgroundTentative() throws {
    try withNetwork(usesIPv6: true) { network in
      let wire = try Wire(at: network.client)
      try addTentative(network, probes: 7)
      let result = try network.ownerB.crimp(
        "announce", "-i", "eth0", "-c", "1", "--background", "\(Place.service6)")
      #expect(result.status == 0, "\(result.errorText)")
      #expect(try isTentative(network))
      #expect(wire.seen.advertisements(of: Place.service6).isEmpty)
      #expect(try wire.awaits(within: 60) { !$0.advertisements(of: Place.service6).isEmpty })
    }
  }

  @Test("an address that detection refuses is told, 69, and the others are announced")
  func refused() throws {
    try withNetwork(usesIPv6: true) { network in
      try network.client.add(Place.service6, length: 64)
      try network.ownerB.add(Place.service, length: 24)
      let wire = try Wire(at: network.client)
      try addTentative(network, probes: 1)
      let command = [
        "announce", "-i", "eth0", "-c", "1", "\(Place.service6)", "\(Place.service)",
      ]
      // While it is tentative, and when it is refused.
      for round in 1...2 {
        let result = try network.ownerB.run { try runCrimp(command) }
        #expect(result.status == 69)
        #expect(
          result.errorText == "crimp: \(Place.service6) is not announced: it failed duplicate "
            + "address detection, another host has it\n")
        #expect(try wire.awaits { $0.requests(for: Place.service).count == round })
      }
      let alone = try network.ownerB.crimp("announce", "-i", "eth0", "\(Place.service6)")
      #expect(alone.status == 69)
    }
  }

  @Test("an address for which there is no frame is not announced: 69, not silence")
  func nobody() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      try network.ownerB.tool("ip", "route", "delete", "default")
      try network.ownerB.tool("ip", "neighbor", "flush", "dev", "eth0")
      let command = ["announce", "-i", "eth0", "--no-request", "--no-reply", "-c", "1"]
      let result = try network.ownerB.run { try runCrimp(command + ["\(Place.service)"]) }
      #expect(result.status == 69)
      #expect(result.output.isEmpty)
      #expect(
        result.errorText == "crimp: \(Place.service) is not announced: nobody is known to direct a "
          + "request to: name a neighbour with --notify\n")
      let json = try network.ownerB.run { try runCrimp(command + ["--json", "\(Place.service)"]) }
      #expect(json.status == 69)
      #expect(json.outputText.contains(#""reason":"nobody""#))
      let told = try network.ownerB.run {
        try runCrimp(command + ["--notify", "192.0.2.60", "\(Place.service)"])
      }
      #expect(told.status == 0)
    }
  }

  // MARK: Whom to tell

  @Test("neighbours of other networks are not told")
  func foreignNeighbors() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 32)
      for neighbor in ["192.0.2.50", "198.51.100.50"] {
        try network.ownerB.tool(
          "ip", "neighbor", "replace", neighbor, "lladdr", "02:00:00:00:00:50", "dev", "eth0",
          "nud", "stale")
      }
      let wire = try Wire(at: network.client)
      #expect(try network.ownerB.crimp("announce", "-c", "1", "\(Place.service)").status == 0)
      // Gratuitous both, the gateway, and the neighbour.
      #expect(try wire.awaits { $0.count >= 4 })
      let told = try wire.collect().compactMap { $0.arp?.targetProtocolAddress.description }
      #expect(told.sorted() == ["192.0.2.1", "192.0.2.100", "192.0.2.100", "192.0.2.50"])
    }
  }

  private static let virtual = "00:00:5e:00:01:33"

  /// What keepalived makes with `use_vmac`.
  private func addVirtualRouter(_ host: LaboratoryHost) throws {
    try host.tool(
      "ip", "link", "add", "link", "eth0", "name", "vrrp.51", "address", Self.virtual, "type",
      "macvlan", "mode", "private")
    try host.tool("ip", "link", "set", "vrrp.51", "up")
    try host.tool("ip", "address", "add", "\(Place.service)/32", "dev", "vrrp.51")
    #expect(try eventually { try host.interface("vrrp.51").isRunning })
  }

  @Test(
    "an address of a macvlan is announced with its hardware address, to the lower one's neighbours",
    arguments: ["eth0", "vrrp.51"])
  func virtualRouter(interface: String) throws {
    try withNetwork { network in
      try addVirtualRouter(network.ownerB)
      let wire = try Wire(at: network.client)
      let result = try network.ownerB.crimp(
        "announce", "-i", interface, "-c", "1", "\(Place.service)")
      #expect(result.status == 0, "\(result.errorText)")
      #expect(result.outputText == "announced \(Place.service) on vrrp.51, round 1\n")
      #expect(try wire.awaits { !$0.directed(to: Place.client, for: Place.service).isEmpty })
      let virtual = try #require(HardwareAddress(Self.virtual))
      let own = wire.seen.filter { $0.arp?.senderProtocolAddress.description == "192.0.2.100" }
      #expect(own.count == 3)
      for seen in own {
        #expect(seen.frame.source == virtual && seen.arp?.senderHardwareAddress == virtual)
      }
    }
  }

  @Test("addresses of both are not announced with one hardware address")
  func mixedVirtualRouter() throws {
    try withNetwork { network in
      try addVirtualRouter(network.ownerB)
      let result = try network.ownerB.crimp(
        "announce", "-i", "eth0", "-c", "1", "\(Place.service)", "192.0.2.3")
      #expect(result.status == 69)
      #expect(
        result.errorText.contains("\(Place.service) is on vrrp.51, with a hardware address of"))
    }
  }
}
