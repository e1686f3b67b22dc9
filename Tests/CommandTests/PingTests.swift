import Glibc
import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// `crimp ping`, answered by the kernels of the laboratory. Needs root.
@Suite("crimp ping", .serialized)
struct PingTests {
  @Test("counts what was sent and answered; broadcast first, then to the owner")
  func counts() throws {
    try withNetwork { network in
      let owner = try network.client.interface().hardwareAddress
      let wire = try Wire(at: network.client)
      let result = try network.ownerB.crimp(
        "ping", "-c", "3", "--interval", "0.05", "\(Place.client)")
      #expect(result.status == 0)
      #expect(result.outputLines.count == 4)
      #expect(result.outputText.contains("\(Place.client): 3 sent, 3 received, 0% lost, rtt"))
      let destinations = try wire.collect().filter { $0.arp?.operation == .request }
        .map(\.frame.destination)
      #expect(destinations == [HardwareAddress(MACAddress.broadcast), owner, owner])
    }
  }

  @Test("--broadcast asks all throughout")
  func broadcasts() throws {
    try withNetwork { network in
      let wire = try Wire(at: network.client)
      let result = try network.ownerB.crimp(
        "ping", "--broadcast", "-c", "3", "--interval", "0.05", "\(Place.client)")
      #expect(result.status == 0)
      let destinations = try wire.collect().filter { $0.arp?.operation == .request }
        .map(\.frame.destination)
      #expect(destinations.count == 3)
      #expect(destinations.allSatisfy { $0 == HardwareAddress(MACAddress.broadcast) })
    }
  }

  @Test("several targets at once, of both families; one that is silent makes status 1")
  func severalTargets() throws {
    try withNetwork(usesIPv6: true) { network in
      let answered = try network.ownerB.crimp(
        "ping", "-c", "1", "--json", "\(Place.client)", "\(Place.client6)", "192.0.2.2")
      #expect(answered.status == 0)
      #expect(answered.outputLines.count == 6)
      let silent = try network.ownerB.crimp(
        "ping", "-c", "1", "--timeout", "0.2", "\(Place.client)", "192.0.2.9")
      #expect(silent.status == 1)
      #expect(silent.outputText.contains("no answer from 192.0.2.9: seq=0"))
      #expect(silent.outputText.contains("192.0.2.9: 1 sent, 0 received, 100% lost"))
    }
  }

  @Test("an address with two owners is reported")
  func duplicates() throws {
    try withNetwork { network in
      for host in [network.ownerA, network.client] { try host.add(Place.service, length: 24) }
      let owners = try [network.ownerA, network.client].map {
        try $0.interface().hardwareAddress
      }
      let result = try network.ownerB.crimp(
        "ping", "--broadcast", "-c", "2", "--interval", "0.2", "-i", "eth0", "\(Place.service)")
      #expect(result.status == 0)
      let line = try #require(result.outputLines.first { $0.contains("has two owners") })
      for owner in owners { #expect(line.contains("\(owner)")) }
    }
  }

  @Test("a hardware address is pinged by ICMP")
  func pingsHardwareAddress() throws {
    try withNetwork { network in
      let owner = try network.client.interface().hardwareAddress
      let result = try network.ownerB.crimp(
        "ping", "-c", "2", "--interval", "0.05", "-i", "eth0", "--destination", "\(Place.client)",
        "\(owner)")
      #expect(result.status == 0)
      #expect(result.outputText.contains("\(owner): 2 sent, 2 received"))
    }
  }

  @Test("ends at SIGINT with its statistics")
  func interrupted() throws {
    try withNetwork { network in
      let running = try network.ownerB.startCrimp("ping", "--interval", "0.05", "\(Place.client)")
      #expect(try eventually { try running.outputSoFar().contains("seq=2") })
      running.send(signal: SIGINT)
      let result = try running.end()
      #expect(result.status == 0)
      #expect(result.outputText.contains(" received, 0% lost"))
    }
  }
}
