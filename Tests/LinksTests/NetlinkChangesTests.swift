import EventLoop
import LinkLayer
import Links
import Support
import Testing

/// Changes are made by the tables' own calls; that those do what they say, `ip` confirms.
@Suite(.serialized) struct NetlinkChangesTests {
  /// A pair of interfaces in a namespace of its own.
  private struct Pair {
    let bed: NetlinkTestBed
    let tables: KernelTables
    let first: Int32
    let second: Int32

    init(_ purpose: String) throws {
      bed = try NetlinkTestBed(purpose)
      tables = try bed.tables()
      try tables.createPair("e0", peer: "e1")
      first = try tables.interface(named: "e0").index
      second = try tables.interface(named: "e1").index
      for index in [first, second] { try tables.setUp(true, index) }
    }
  }

  @Test func aPairIsSwitchedOnAndOff() throws {
    let pair = try Pair("up")
    #expect(try pair.tables.interface(at: pair.first).hasCarrier)
    try pair.tables.setUp(false, pair.second)
    let first = try pair.tables.interface(at: pair.first)
    #expect(first.isUp)
    #expect(!first.hasCarrier)
    #expect(try !pair.tables.interface(at: pair.second).isUp)
  }

  @Test func aPairReachesIntoAnotherNamespace() throws {
    let bed = try NetlinkTestBed("pr", count: 2)
    let tables = try bed.tables()
    try tables.createPair("e0", peer: "e1", in: bed.namespace(1))
    #expect(try tables.interface(named: "e0").linkNamespace != nil)
    #expect(try bed.tables(1).interface(named: "e1").kind == "veth")
    #expect(throws: NetlinkError.noSuchInterface("e1")) { try tables.interface(named: "e1") }
  }

  @Test func anInterfaceMovesToAnotherNamespace() throws {
    let bed = try NetlinkTestBed("mv", count: 2)
    let tables = try bed.tables()
    try tables.createPair("e0", peer: "e1")
    try tables.move(tables.interface(named: "e1").index, to: bed.namespace(1))
    #expect(throws: NetlinkError.noSuchInterface("e1")) { try tables.interface(named: "e1") }
    #expect(try bed.tables(1).interfaces().map(\.name).contains("e1"))
  }

  @Test func aPortIsEnslavedAndReleased() throws {
    let pair = try Pair("po")
    try pair.tables.createBridge("br0")
    let bridge = try pair.tables.interface(named: "br0")
    #expect(bridge.kind == "bridge")
    try pair.tables.setMaster(bridge.index, of: pair.first)
    #expect(try pair.tables.interface(at: pair.first).masterIndex == bridge.index)
    #expect(try pair.tables.interface(at: pair.first).portKind == "bridge")
    try pair.tables.setMaster(nil, of: pair.first)
    #expect(try pair.tables.interface(at: pair.first).masterIndex == nil)
  }

  @Test func aMACVLANHasItsOwnAddressAndTheInterfaceBelow() throws {
    let pair = try Pair("mc")
    let address = try HardwareAddress(spelt: "00:00:5e:00:01:33")
    try pair.tables.createMACVLAN("m0", above: pair.first, hardwareAddress: address)
    let shown = try #require(try pair.bed.json("-details link show m0").first)
    #expect(shown["address"]?.string == address.description)
    #expect(shown["linkinfo"]?["info_data"]?["mode"]?.string == "bridge")
    #expect(try pair.tables.interface(named: "m0").linkIndex == pair.first)
  }

  @Test func addressAndMTUOfALinkAreSet() throws {
    let pair = try Pair("st")
    let address = try HardwareAddress(spelt: "02:00:00:00:00:42")
    try pair.tables.setHardwareAddress(address, of: pair.first)
    try pair.tables.setMTU(1280, of: pair.first)
    let interface = try pair.tables.interface(at: pair.first)
    #expect(interface.hardwareAddress == address)
    #expect(interface.mtu == 1280)
  }

  @Test func aDeletedPairIsGone() throws {
    let pair = try Pair("de")
    try pair.tables.deleteInterface(pair.first)
    #expect(throws: NetlinkError.noSuchInterfaceIndex(pair.second)) {
      try pair.tables.interface(at: pair.second)
    }
    #expect(throws: NetlinkError.noSuchInterfaceIndex(pair.first)) {
      try pair.tables.deleteInterface(pair.first)
    }
  }

  @Test(arguments: ["192.0.2.7", "2001:db8::7"])
  func anAddressIsAddedOnceAndRemovedOnce(_ text: String) throws {
    let pair = try Pair("aa")
    let address = InterfaceAddress(
      interfaceIndex: pair.first, address: try IPAddress(spelt: text), prefixLength: 24,
      flags: [.noDuplicateDetection, .permanent])
    try pair.tables.add(address)
    let found = try pair.tables.addresses(of: pair.first).first { $0.address == address.address }
    #expect(found?.prefixLength == 24)
    #expect(found?.isTentative == false)
    #expect(throws: NetlinkError.self) { try pair.tables.add(address) }
    try pair.tables.remove(address)
    #expect(try !pair.tables.addresses(of: pair.first).contains { $0.address == address.address })
    #expect(throws: NetlinkError.self) { try pair.tables.remove(address) }
  }

  @Test func labelPeerAndBroadcastAreKept() throws {
    let pair = try Pair("al")
    var address = InterfaceAddress(
      interfaceIndex: pair.first, address: try IPAddress(spelt: "192.0.2.7"), prefixLength: 32)
    address.peer = try IPAddress(spelt: "192.0.2.8")
    address.broadcast = try IPAddress(spelt: "192.0.2.9")
    address.label = "e0:vip"
    try pair.tables.add(address)
    #expect(try pair.tables.addresses(of: pair.first).contains(address))
  }

  @Test(arguments: ["192.0.2.7", "2001:db8::7"])
  func aNeighborIsSetReplacedAndRemoved(_ text: String) throws {
    let pair = try Pair("nb")
    var neighbor = Neighbor(
      interfaceIndex: pair.first, address: try IPAddress(spelt: text),
      hardwareAddress: try HardwareAddress(spelt: "02:00:00:00:00:07"))
    try pair.tables.set(neighbor)
    #expect(try pair.tables.neighbors(of: pair.first) == [neighbor])
    neighbor.hardwareAddress = try HardwareAddress(spelt: "02:00:00:00:00:08")
    neighbor.state = .stale
    try pair.tables.set(neighbor)
    #expect(try pair.tables.neighbors(of: pair.first) == [neighbor])
    try pair.tables.remove(neighbor)
    #expect(try pair.tables.neighbor(neighbor.address, on: pair.first)?.hardwareAddress == nil)
  }

  @Test(arguments: [
    (address: "192.0.2.1", gateway: "192.0.2.254"), ("2001:db8::1", "2001:db8::fe"),
  ])
  func aDefaultRouteIsAddedAndRemoved(address: String, gateway: String) throws {
    let pair = try Pair("dr")
    try pair.tables.add(
      InterfaceAddress(
        interfaceIndex: pair.first, address: try IPAddress(spelt: address), prefixLength: 24,
        flags: .noDuplicateDetection))
    let gateway = try IPAddress(spelt: gateway)
    let family: AddressFamily = if case .v4 = gateway { .ipv4 } else { .ipv6 }
    let route = Route(
      family: family, destination: nil, gateway: gateway, interfaceIndex: pair.first, metric: 77)
    try pair.tables.add(route)
    #expect(try pair.tables.defaultGateways(of: pair.first) == [route])
    try pair.tables.remove(route)
    #expect(try pair.tables.defaultGateways(of: pair.first).isEmpty)
  }

  @Test func anIPv4RouteGoesOverAnIPv6Router() throws {
    let pair = try Pair("vi")
    let route = Route(
      family: .ipv4, destination: IPPrefix("203.0.113.0/24"),
      gateway: try IPAddress(spelt: "fe80::1"), interfaceIndex: pair.first)
    try pair.tables.add(route)
    #expect(try pair.tables.routes(of: pair.first).contains(route))
  }

  @Test func aRefusalHasTheKernelsWords() throws {
    let pair = try Pair("rw")
    let route = Route(
      family: .ipv4, destination: IPPrefix("10.0.0.0/8"),
      gateway: try IPAddress(spelt: "10.9.9.9"), interfaceIndex: pair.first)
    let error = #expect(throws: NetlinkError.self) { try pair.tables.add(route) }
    guard case .refused(let refusal) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(refusal.explanation == "Nexthop has invalid gateway")
  }

  @Test func aConversationGoesOnAfterARefusal() throws {
    let pair = try Pair("go")
    for _ in 0..<3 {
      #expect(throws: NetlinkError.self) { try pair.tables.createBridge("e0") }
      #expect(try pair.tables.interface(named: "e0").index == pair.first)
    }
  }

  @Test func aLongTableIsReadWhole() throws {
    let pair = try Pair("lo")
    for low in 1...1000 {
      try pair.tables.add(
        InterfaceAddress(
          interfaceIndex: pair.first,
          address: .v4(IPv4Address(rawValue: 0x0a00_0000 + UInt32(low))), prefixLength: 32))
    }
    let addresses = try pair.tables.addresses(of: pair.first).filter { $0.prefixLength == 32 }
    #expect(Set(addresses.map(\.address)).count == 1000)
  }
}
