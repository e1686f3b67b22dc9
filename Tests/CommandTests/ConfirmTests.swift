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
    from host: LaboratoryHost, _ address: IPAddress, deadline: String = "1"
  ) throws -> ToolRun {
    try host.run {
      try runCrimp([
        "announce", "-i", LaboratoryHost.interfaceName, "-c", "1", "--confirm", "--deadline",
        deadline, address.description,
      ])
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
}
