import Glibc
import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// `--confirm` must be true only when it is true. Each test builds the laboratory's network, makes
/// one thing wrong, and asks the built binary. Needs root.
@Suite("crimp announce --confirm", .serialized)
struct ConfirmTests {
  private func network() throws -> LaboratoryNetwork {
    try LaboratoryNetwork(usesIPv6: false)
  }

  private func confirm(
    from host: LaboratoryHost, _ address: IPAddress, deadline: String = "1",
    _ options: [String] = ["--confirm"]
  ) throws -> ToolRun {
    try host.run {
      try runCrimp(
        ["announce", "-i", LaboratoryHost.interfaceName, "-c", "1", "--deadline", deadline]
          + options + [address.description])
    }
  }

  @Test("a move that the gateway has heard of is confirmed")
  func confirmed() throws {
    let network = try network()
    defer { network.remove() }
    let address = LaboratoryNetwork.serviceAddress
    try network.ownerB.add(address, length: 24)
    let result = try confirm(from: network.ownerB, address, deadline: "5")
    #expect(result.status == 0)
    #expect(result.outputText.contains("confirmed \(address): \(LaboratoryNetwork.clientAddress)"))
  }

  @Test("a first round that its pace draws out is confirmed")
  func confirmedPaced() throws {
    let network = try network()
    defer { network.remove() }
    let address = LaboratoryNetwork.serviceAddress
    try network.ownerB.add(address, length: 24)
    let result = try confirm(
      from: network.ownerB, address, deadline: "5",
      ["--confirm", "--rate", "50", "--notify", "192.0.2.60", "--notify", "192.0.2.61"])
    #expect(result.status == 0, "\(result.errorText)")
    #expect(result.outputText.contains("confirmed \(address): "))
  }

  @Test("after a no, the refresh that was asked for goes on in the background")
  func goesOnUnconfirmed() throws {
    let network = try network()
    defer { network.remove() }
    let address = LaboratoryNetwork.serviceAddress
    try network.ownerB.add(address, length: 24)
    try withTemporaryDirectory { directory in
      let pidfile = "\(directory)/pid"
      let wire = try Wire(at: network.client)
      let result = try confirm(
        from: network.ownerB, address,
        ["--confirm=192.0.2.60", "--refresh", "0.2", "--pidfile", pidfile])
      #expect(result.status == 1)
      let text = String(decoding: try readFile(pidfile), as: UTF8.self)
      let process = try #require(pid_t(text.dropLast()))
      let before = try wire.collect().requests(for: address).count
      #expect(try wire.awaits { $0.requests(for: address).count >= before + 3 })
      #expect(kill(process, SIGTERM) == 0)
      #expect(eventually { access(pidfile, F_OK) != 0 })
    }
  }

  @Test("an IPv6 address is confirmed by a solicited advertisement")
  func confirmedIPv6() throws {
    let network = try LaboratoryNetwork(usesIPv6: true)
    defer { network.remove() }
    let address = LaboratoryNetwork.serviceAddress6
    try network.ownerB.add(address, length: 64)
    let result = try confirm(from: network.ownerB, address, deadline: "5")
    #expect(result.status == 0)
  }

  @Test("an address that the old owner still has is not")
  func stillOwned() throws {
    let network = try network()
    defer { network.remove() }
    let address = LaboratoryNetwork.serviceAddress
    try network.ownerA.add(address, length: 24)
    try network.ownerB.add(address, length: 24)
    let owner = try network.ownerA.interface().hardwareAddress
    let result = try confirm(from: network.ownerB, address)
    #expect(result.status == 1)
    #expect(result.errorText.contains("\(owner) still claims it"))
  }

  @Test("a second master of the same virtual hardware address is found, and nothing confirmed")
  func twinMaster() throws {
    let network = try LaboratoryNetwork(usesIPv6: true)
    defer { network.remove() }
    let virtual = "00:00:5e:00:01:33"
    try network.ownerA.tool("ip", "link", "set", "eth0", "address", virtual)
    for (address, length) in [
      (LaboratoryNetwork.serviceAddress, 24), (LaboratoryNetwork.serviceAddress6, 64),
    ] {
      for host in [network.ownerA, network.ownerB] { try host.add(address, length: length) }
      let result = try confirm(
        from: network.ownerB, address, ["--confirm", "--mac", virtual])
      #expect(result.status == 1)
      #expect(result.errorText.contains("\(virtual) still claims it"))
    }
  }

  @Test("a gateway that is dead does not confirm")
  func deadGateway() throws {
    let network = try network()
    defer { network.remove() }
    let address = LaboratoryNetwork.serviceAddress
    try network.ownerB.add(address, length: 24)
    try network.client.setUp(LaboratoryHost.interfaceName, false)
    let result = try confirm(from: network.ownerB, address)
    #expect(result.status == 1)
    #expect(result.errorText.contains("no answer from \(LaboratoryNetwork.clientAddress)"))
  }

  @Test("a switch that sends the answer to another port does not confirm")
  func wrongPort() throws {
    let network = try network()
    defer { network.remove() }
    let address = LaboratoryNetwork.serviceAddress
    try network.ownerB.add(address, length: 24)
    let hardwareAddress = try network.ownerB.interface().hardwareAddress
    let pinned = try network.switchHost.run {
      try runTool(
        "bridge",
        ["fdb", "replace", "\(hardwareAddress)", "dev", "port-a", "master", "static", "sticky"])
    }
    #expect(pinned.status == 0, "\(pinned.errorText)")
    let result = try confirm(from: network.ownerB, address)
    #expect(result.status == 1)
    #expect(result.outputText.contains("confirmed") == false)
  }

  // MARK: Where the gateway's table points

  /// Pins the client's entry for the service to `station`.
  private func pin(
    _ network: LaboratoryNetwork, _ address: IPAddress, to station: HardwareAddress
  ) throws {
    try network.client.tool(
      "ip", "neighbor", "replace", "\(address)", "lladdr", "\(station)", "nud", "permanent", "dev",
      LaboratoryHost.interfaceName)
  }

  @Test("a gateway that answers, and whose entry is pinned to another place, does not confirm")
  func pinnedElsewhere() throws {
    let network = try network()
    defer { network.remove() }
    let address = LaboratoryNetwork.serviceAddress
    try network.ownerB.add(address, length: 24)
    try pin(network, address, to: try network.ownerA.interface().hardwareAddress)
    let result = try confirm(from: network.ownerB, address)
    #expect(result.status == 1)
    #expect(
      result.errorText.contains(
        "\(LaboratoryNetwork.clientAddress) hears the announcement but still sends "
          + "\(address)'s traffic elsewhere: its neighbour entry may be pinned"))
    let json = try confirm(from: network.ownerB, address, ["--confirm", "--json"])
    #expect(json.status == 1)
    #expect(json.outputText.contains(#""reason":"sent-elsewhere""#))
  }

  @Test("nor does it when that place sends on to here what it is sent")
  func pinnedToForwarder() throws {
    let network = try network()
    defer { network.remove() }
    let address = LaboratoryNetwork.serviceAddress
    try network.ownerB.add(address, length: 24)
    try network.ownerA.setParameter("ipv4/ip_forward", "1")
    try pin(network, address, to: try network.ownerA.interface().hardwareAddress)
    // It does arrive, by the detour.
    let ping = try network.client.run { try runTool("ping", ["-c", "1", "-W", "2", "\(address)"]) }
    #expect(ping.status == 0, "\(ping.outputText)")
    let result = try confirm(from: network.ownerB, address)
    #expect(result.status == 1)
    #expect(result.errorText.contains("still sends"))
  }

  @Test("an entry that is pinned to this place confirms")
  func pinnedHere() throws {
    let network = try network()
    defer { network.remove() }
    let address = LaboratoryNetwork.serviceAddress
    try network.ownerB.add(address, length: 24)
    try pin(network, address, to: try network.ownerB.interface().hardwareAddress)
    let result = try confirm(from: network.ownerB, address, deadline: "5", ["--confirm", "--json"])
    #expect(result.status == 0)
    #expect(result.outputText.contains(#""proof":"echo""#))
  }

  @Test("an IPv6 entry that is pinned to another place does not confirm")
  func pinnedElsewhereIPv6() throws {
    let network = try LaboratoryNetwork(usesIPv6: true)
    defer { network.remove() }
    let address = LaboratoryNetwork.serviceAddress6
    try network.ownerB.add(address, length: 64)
    try pin(network, address, to: try network.ownerA.interface().hardwareAddress)
    let client = LaboratoryNetwork.clientAddress6
    try network.ownerB.tool(
      "ip", "neighbor", "replace", "\(client)", "lladdr",
      "\(try network.client.interface().hardwareAddress)", "dev", LaboratoryHost.interfaceName)
    let result = try confirm(from: network.ownerB, address)
    #expect(result.status == 1)
    #expect(!result.outputText.contains("confirmed"))
    // The advertisement goes to the pinned place too; that the gateway lives, its own echo tells.
    #expect(result.errorText.contains("no answer from \(client) came here, though it answers"))
  }

  @Test("a gateway that answers no echo confirms by its answer, and the report says so")
  func withoutEcho() throws {
    let network = try LaboratoryNetwork(usesIPv6: true)
    defer { network.remove() }
    try network.client.setParameter("ipv4/icmp_echo_ignore_all", "1")
    try network.client.setParameter("ipv6/icmp/echo_ignore_all", "1")
    for (address, length) in [
      (LaboratoryNetwork.serviceAddress, 24), (LaboratoryNetwork.serviceAddress6, 64),
    ] {
      try network.ownerB.add(address, length: length)
      let result = try confirm(from: network.ownerB, address, deadline: "5")
      #expect(result.status == 0)
      #expect(result.outputText.contains("no echo came back"))
      let json = try confirm(
        from: network.ownerB, address, deadline: "5", ["--confirm", "--json"])
      #expect(json.outputText.contains(#""proof":"resolution""#))
    }
  }

  @Test("without another address of its own, an echo that is missing is told and no more")
  func withoutControl() throws {
    let network = try network()
    defer { network.remove() }
    let address = LaboratoryNetwork.serviceAddress
    try network.ownerB.remove(.v4(IPv4Address(192, 0, 2, 3)), length: 24)
    try network.ownerB.add(address, length: 24)
    try pin(network, address, to: try network.ownerA.interface().hardwareAddress)
    let host = "--confirm=\(LaboratoryNetwork.clientAddress)"
    let result = try confirm(from: network.ownerB, address, deadline: "5", [host])
    #expect(result.status == 0)
    #expect(result.outputText.contains("no echo came back"))
    #expect(result.outputText.contains("no other address in its network to tell by"))
    let json = try confirm(from: network.ownerB, address, deadline: "5", [host, "--json"])
    #expect(json.outputText.contains(#""control":false"#))
  }

  @Test("alone on its interface, an address is told from a pinned one by an echo over another")
  func controlOverAnotherInterface() throws {
    let network = try LaboratoryNetwork(usesIPv6: true)
    defer { network.remove() }
    // As keepalived has it with use_vmac.
    try network.ownerB.tool(
      "ip", "link", "add", "link", "eth0", "name", "vrrp0", "address", "00:00:5e:00:01:33", "type",
      "macvlan", "mode", "private")
    try network.ownerB.tool("ip", "link", "set", "vrrp0", "up")
    // The kernel gives it its link-local address a moment later.
    let index = try network.ownerB.tables.interface(named: "vrrp0").index
    let isReady = try eventually {
      try network.ownerB.tables.addresses().contains { entry in
        entry.interfaceIndex == index && entry.address.isLinkLocal && !entry.isTentative
      }
    }
    #expect(isReady)
    for (address, length, host) in [
      (LaboratoryNetwork.serviceAddress, "32", LaboratoryNetwork.clientAddress),
      (LaboratoryNetwork.serviceAddress6, "128", LaboratoryNetwork.clientAddress6),
    ] {
      try network.ownerB.tool(
        "ip", "address", "add", "\(address)/\(length)", "dev", "vrrp0", "nodad")
      let command = [
        "announce", "-i", "vrrp0", "-c", "1", "--json", "--deadline", "4", "--confirm=\(host)",
        "\(address)",
      ]
      let right = try network.ownerB.run { try runCrimp(command) }
      #expect(right.status == 0, "\(right.outputText)\(right.errorText)")
      #expect(right.outputText.contains(#""proof":"echo""#))
      try pin(network, address, to: try network.ownerA.interface().hardwareAddress)
      let wrong = try network.ownerB.run { try runCrimp(command) }
      #expect(wrong.status == 1, "\(wrong.outputText)")
    }
  }

  @Test("an address that the kernel does not have is confirmed by its echo all the same")
  func foreignAddress() throws {
    let network = try LaboratoryNetwork(usesIPv6: true)
    defer { network.remove() }
    for address in [LaboratoryNetwork.serviceAddress, LaboratoryNetwork.serviceAddress6] {
      let result = try confirm(
        from: network.ownerB, address, deadline: "5", ["--confirm", "--force", "--json"])
      #expect(result.status == 0)
      #expect(result.outputText.contains(#""proof":"echo""#))
    }
  }
}
