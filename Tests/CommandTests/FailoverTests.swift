import EventLoop
import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// The service moves under a client's ping, and Crimp announces it. Needs root.
@Suite("A failover", .serialized)
struct FailoverTests {
  private static let crimp = Announcer(
    name: "crimp announce", command: [crimpPath, "announce", "-i", "{interface}", "{address}"])

  /// Fast enough to be ours: the client's own recovery takes more than 15 s.
  private static let patience = Duration.seconds(10)

  @Test("reaches the client, and sets both tables right", arguments: FailoverScenario.allCases)
  func recovers(scenario: FailoverScenario) throws {
    try withNetwork(usesIPv6: scenario.usesIPv6) { network in
      let result = try move(scenario, in: network)
      #expect(result.outage != nil)
      #expect(result.after.neighbor == result.after.serviceHardwareAddress)
      #expect(result.after.port == "port-b")
      #expect(result.status == 0)
    }
  }

  @Test("reaches a client that drops gratuitous ARP: the directed request is none")
  func recoversWithoutGratuitous() throws {
    try withNetwork { network in
      for name in ["all", "eth0"] {
        try network.client.setParameter("ipv4/conf/\(name)/drop_gratuitous_arp", "1")
      }
      let result = try move(.address, in: network)
      #expect(result.outage != nil)
      #expect(result.after.neighbor == result.after.serviceHardwareAddress)
    }
  }

  @Test("a neighbour that had no entry has one, and without the directed request has none")
  func createsEntry() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      let own = try network.ownerB.interface().hardwareAddress
      let gratuitous = try network.ownerB.crimp(
        "announce", "-c", "1", "--no-directed", "\(Place.service)")
      #expect(gratuitous.status == 0)
      #expect(try network.client.neighbor(Place.service) == nil)
      #expect(try network.ownerB.crimp("announce", "-c", "1", "\(Place.service)").status == 0)
      #expect(
        try eventually { try network.client.neighbor(Place.service)?.hardwareAddress == own })
    }
  }

  private func move(
    _ scenario: FailoverScenario, in network: LaboratoryNetwork
  ) throws -> FailoverResult {
    let loop = try EventLoop()
    let trial = FailoverTrial(
      network: network, scenario: scenario, announcer: Self.crimp, patience: Self.patience)
    return try loop.run { () async throws(LaboratoryError) in try await trial.run(on: loop) }
  }
}
