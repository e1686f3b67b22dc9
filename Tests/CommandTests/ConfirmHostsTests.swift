import Glibc
import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// Who is asked by `--confirm`, and what happens where nobody can be. Needs root.
@Suite("crimp announce --confirm, whom", .serialized)
struct ConfirmHostsTests {
  private func withBoth(_ body: (LaboratoryNetwork) throws -> Void) throws {
    try withNetwork(usesIPv6: true) { network in
      try network.ownerB.add(Place.service, length: 24)
      try network.ownerB.add(Place.service6, length: 64)
      try body(network)
    }
  }

  private let command = ["announce", "-i", "eth0", "-c", "1", "--deadline", "5"]
  private let both = ["\(Place.service)", "\(Place.service6)"]

  @Test("without a gateway of one family all is announced, the other is proven, and 69 says why")
  func noGateway() throws {
    try withBoth { network in
      try network.ownerB.tool("ip", "-6", "route", "delete", "default")
      let wire = try Wire(at: network.client)
      let result = try network.ownerB.run { try runCrimp(command + ["--confirm"] + both) }
      #expect(result.status == 69)
      #expect(result.outputText.contains("confirmed \(Place.service): "))
      #expect(
        result.errorText == "crimp: \(Place.service6) cannot be confirmed: no IPv6 default gateway "
          + "on eth0: name a host that must answer with --confirm=HOST\n")
      #expect(try wire.awaits { !$0.requests(for: Place.service).isEmpty })
      #expect(try wire.awaits { !$0.advertisements(of: Place.service6).isEmpty })
      let json = try network.ownerB.run { try runCrimp(command + ["--confirm", "--json"] + both) }
      #expect(json.outputText.contains(#""reason":"no-gateway""#))
    }
  }

  @Test("without any gateway all is announced, and 69 says why")
  func noGatewayAtAll() throws {
    try withBoth { network in
      try network.ownerB.tool("ip", "route", "delete", "default")
      let wire = try Wire(at: network.client)
      let result = try network.ownerB.crimp(
        "announce", "-i", "eth0", "-c", "1", "--confirm", "\(Place.service)")
      #expect(result.status == 69)
      #expect(result.errorText.contains("no IPv4 default gateway on eth0"))
      #expect(try wire.awaits { $0.requests(for: Place.service).count == 1 })
    }
  }

  @Test("a host is named for each family")
  func hostOfEachFamily() throws {
    try withBoth { network in
      let hosts = ["--confirm=\(Place.client)", "--confirm=\(Place.client6)"]
      let result = try network.ownerB.run { try runCrimp(command + hosts + both) }
      #expect(result.status == 0, "\(result.errorText)")
      for address in both { #expect(result.outputText.contains("confirmed \(address): ")) }
    }
  }

  @Test("a host for one family, and the gateway of the other")
  func hostAndGateway() throws {
    try withBoth { network in
      let hosts = ["--confirm=192.0.2.2", "--confirm"]
      let result = try network.ownerB.run { try runCrimp(command + hosts + both) }
      #expect(result.status == 0, "\(result.errorText)")
      #expect(result.outputText.contains("confirmed \(Place.service): 192.0.2.2 "))
      #expect(result.outputText.contains("confirmed \(Place.service6): \(Place.client6) "))
    }
  }

  @Test("this host proves nothing to itself: announced, 69, and it is said")
  func ownHost() throws {
    try withBoth { network in
      let wire = try Wire(at: network.client)
      let result = try network.ownerB.crimp(
        "announce", "-i", "eth0", "-c", "1", "--confirm=192.0.2.3", "\(Place.service)")
      #expect(result.status == 69)
      #expect(result.errorText.contains("--confirm=192.0.2.3 is this host itself"))
      #expect(try wire.awaits { $0.requests(for: Place.service).count == 1 })
    }
  }

  @Test("a host behind --confirm and a space is no host, and the words say how it is named")
  func confirmWithSpace() throws {
    try withBoth { network in
      let result = try network.ownerB.crimp(
        "announce", "-i", "eth0", "--confirm", "192.0.2.2", "\(Place.service)")
      #expect(result.status == 69)
      #expect(result.errorText.contains("192.0.2.2 is not an address of this host"))
      #expect(result.errorText.contains("--confirm=HOST"))
    }
    let help = try runCrimp(["announce", "--help"]).outputText
    #expect(help.contains("--confirm[=<host>]") && !help.contains("--confirm <host>"))
  }

  @Test("control is false where a pinned entry goes unseen because the host answers no echo at all")
  func controlUnanswered() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      try network.client.setParameter("ipv4/icmp_echo_ignore_all", "1")
      let elsewhere = try network.ownerA.interface().hardwareAddress
      try network.client.tool(
        "ip", "neighbor", "replace", "\(Place.service)", "lladdr", "\(elsewhere)", "nud",
        "permanent", "dev", "eth0")
      let result = try network.ownerB.run {
        try runCrimp(command + ["--confirm", "--json", "\(Place.service)"])
      }
      #expect(result.status == 0, "\(result.errorText)")
      #expect(result.outputText.contains(#""proof":"resolution""#))
      #expect(result.outputText.contains(#""control":false"#))
    }
  }
}
