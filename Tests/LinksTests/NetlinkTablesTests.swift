import EventLoop
import Glibc
import LinkLayer
import Links
import Support
import Testing

/// Every table is read from a namespace that `ip` reads too.
@Suite(.serialized) struct NetlinkTablesTests {
  @Test func interfacesAreWhatIPShows() throws {
    let bed = try NetlinkTestBed("if", count: 2)
    try bed.ip("link add br0 type bridge")
    try bed.ip("link add e0 type veth peer name e1 netns \(bed.names[1])")
    try bed.ip("link set e0 master br0 up mtu 1400")
    try bed.ip("link add e2 type veth peer name e3")
    try bed.ip("link add m0 link e2 type macvlan mode bridge")
    try bed.ip("link property add dev e0 altname a-name-that-is-longer-than-fifteen-bytes")
    let interfaces = try bed.tables().interfaces()
    let shown = try bed.json("-details link show")
    #expect(interfaces.count == shown.count)
    for (interface, shown) in zip(interfaces, shown) {
      expectSame(interface, shown)
    }
  }

  private func expectSame(_ interface: Interface, _ shown: JSONValue) {
    #expect(Int(interface.index) == shown["ifindex"]?.int)
    #expect(interface.name == shown["ifname"]?.string)
    #expect(interface.mtu == shown["mtu"]?.int)
    #expect(interface.operationalState.description == shown["operstate"]?.string)
    #expect(interface.hardwareAddress.description == shown["address"]?.string)
    #expect(interface.broadcastAddress.description == shown["broadcast"]?.string)
    #expect(interface.kind == shown["linkinfo"]?["info_kind"]?.string)
    #expect(interface.portKind == shown["linkinfo"]?["info_slave_kind"]?.string)
    #expect(interface.alternativeNames == (shown["altnames"]?.elements ?? []).map(\.string))
    #expect(interface.linkNamespace.map(Int.init) == shown["link_netnsid"]?.int)
    #expect((interface.masterIndex != nil) == (shown["master"] != nil))
    let flags = shown["flags"]?.elements.compactMap(\.string) ?? []
    #expect(interface.isUp == flags.contains("UP"))
    #expect(interface.hasCarrier == flags.contains("LOWER_UP"))
    #expect(interface.isLoopback == flags.contains("LOOPBACK"))
    #expect(interface.flags.contains(.noARP) == flags.contains("NOARP"))
    let isLoopback = shown["link_type"]?.string == "loopback"
    #expect(interface.hardwareType == (isLoopback ? .loopback : .ethernet))
  }

  @Test func masterAndLinkNameTheInterfacesThatIPNames() throws {
    let bed = try NetlinkTestBed("ma")
    try bed.ip("link add br0 type bridge")
    try bed.ip("link add e0 type veth peer name e1")
    try bed.ip("link set e0 master br0")
    let tables = try bed.tables()
    let end = try tables.interface(named: "e0")
    #expect(try tables.interface(named: "br0").index == end.masterIndex)
    #expect(try tables.interface(named: "e1").index == end.linkIndex)
  }

  @Test func anInterfaceIsFoundByNameIndexAndAlternativeName() throws {
    let bed = try NetlinkTestBed("na")
    let long = "an-alternative-name-longer-than-fifteen-bytes"
    try bed.ip("link add e0 type veth peer name e1")
    try bed.ip("link property add dev e0 altname \(long) altname short")
    let tables = try bed.tables()
    let byName = try tables.interface(named: "e0")
    #expect(try tables.interface(named: long) == byName)
    #expect(try tables.interface(named: "short") == byName)
    #expect(try tables.interface(at: byName.index) == byName)
  }

  @Test(arguments: [
    "nonesuch", "", "sixteen-bytes-..", "with/slash", "two\0parts",
    String(repeating: "x", count: 127), String(repeating: "x", count: 300),
  ])
  func aNameThatNoInterfaceHasIsToldByName(_ name: String) throws {
    #expect(throws: NetlinkError.noSuchInterface(name)) {
      try KernelTables().interface(named: name)
    }
  }

  @Test(arguments: [0, -1, Int32.max, Int32.min])
  func anIndexThatNoInterfaceHasIsToldByIndex(_ index: Int32) throws {
    #expect(throws: NetlinkError.noSuchInterfaceIndex(index)) {
      try KernelTables().interface(at: index)
    }
  }

  @Test func tablesOfAnInterfaceThatIsGoneAreAnErrorOfTheInterface() throws {
    let tables = try KernelTables()
    let missing = NetlinkError.noSuchInterfaceIndex(123_456)
    #expect(throws: missing) { try tables.addresses(of: 123_456) }
    // The kernel does not look whether there is one before it walks the neighbours.
    #expect(try tables.neighbors(of: 123_456).isEmpty)
    #expect(throws: missing) { try tables.routes(of: 123_456) }
    #expect(throws: missing) { try tables.isForwarding(.ipv6, on: 123_456) }
    #expect(throws: missing) { try tables.forwardingEntries(of: 123_456) }
  }

  @Test func addressesAreWhatIPShows() throws {
    let bed = try NetlinkTestBed("ad")
    try bed.ip("link set lo up")
    try bed.ip("link add e0 type veth peer name e1")
    try bed.ip("link set e0 up")
    try bed.ip("addr add 192.0.2.1/24 brd + dev e0")
    try bed.ip("addr add 192.0.2.2/24 dev e0 label e0:1")
    try bed.ip("addr add 198.51.100.1 peer 198.51.100.9/30 dev e0")
    try bed.ip("addr add 2001:db8::1/64 dev e0 nodad preferred_lft 0")
    try bed.ip("addr add 2001:db8::2/64 dev e0")
    let tables = try bed.tables()
    for shown in try bed.json("addr show") {
      let index = Int32(shown["ifindex"]?.int ?? 0)
      let addresses = try tables.addresses(of: index)
      let expected = shown["addr_info"]?.elements ?? []
      #expect(addresses.count == expected.count)
      for (address, shown) in zip(addresses, expected) {
        #expect(address.interfaceIndex == index)
        #expect(address.address.description == shown["local"]?.string)
        #expect(address.prefixLength == shown["prefixlen"]?.int)
        #expect(address.label == shown["label"]?.string)
        #expect(address.broadcast?.description == shown["broadcast"]?.string)
        #expect(address.peer?.description == shown["address"]?.string)
        #expect(address.isTentative == (shown["tentative"]?.bool ?? false))
        #expect(address.isDeprecated == (shown["deprecated"]?.bool ?? false))
        #expect(address.isPermanent)
      }
    }
    let all = try tables.addresses()
    let sum = try tables.interfaces().reduce(0) { try $0 + tables.addresses(of: $1.index).count }
    #expect(all.count == sum)
  }

  @Test func neighborsAreWhatIPShows() throws {
    let bed = try NetlinkTestBed("ne")
    try bed.ip("link add e0 type veth peer name e1")
    try bed.ip("link set e0 up")
    try bed.ip("link set e1 up")
    try bed.ip("neigh add 192.0.2.7 lladdr 02:00:00:00:00:07 dev e0 nud permanent")
    try bed.ip("neigh add 192.0.2.8 lladdr 02:00:00:00:00:08 dev e1 nud permanent")
    try bed.ip("neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev e0 nud stale")
    try bed.ip("neigh add 2001:db8::7 lladdr 02:00:00:00:00:0a dev e0 nud permanent router")
    let tables = try bed.tables()
    let index = try tables.interface(named: "e0").index
    let neighbors = try tables.neighbors(of: index).sorted { $0.address < $1.address }
    let shown = try bed.json("neigh show dev e0")
    #expect(neighbors.count == shown.count)
    for shown in shown {
      let neighbor = try #require(
        neighbors.first { $0.address.description == shown["dst"]?.string })
      #expect(neighbor.interfaceIndex == index)
      #expect(neighbor.hardwareAddress?.description == shown["lladdr"]?.string)
      #expect([neighbor.state.description] == shown["state"]?.elements.map(\.string))
      #expect(neighbor.isRouter == (shown["router"] != nil))
    }
    let one = try tables.neighbor(IPAddress(spelt: "192.0.2.9"), on: index)
    #expect(one == neighbors.first { $0.state == .stale })
    #expect(try tables.neighbor(IPAddress(spelt: "192.0.2.99"), on: index) == nil)
  }

  @Test func aForwardingTableIsWhatBridgeShows() throws {
    let bed = try NetlinkTestBed("fd")
    // IPv6 would join groups and learn addresses between two looks at the table.
    try bed.namespace().run {
      try writeFile("/proc/sys/net/ipv6/conf/default/disable_ipv6", Array("1".utf8))
    }
    try bed.ip("link add br0 type bridge")
    try bed.ip("link add e0 type veth peer name e1")
    try bed.ip("link set e0 master br0 up")
    try bed.ip("link set e1 up")
    try bed.ip("link set br0 up")
    try bed.ip(tool: "bridge", "fdb add 02:00:00:00:00:07 dev e0 master static")
    try bed.ip(tool: "bridge", "fdb add 02:00:00:00:00:08 dev e0 master dynamic")
    let tables = try bed.tables()
    let bridge = try tables.interface(named: "br0").index
    let entries = try tables.forwardingEntries(of: bridge)
    let shown = try bed.json(tool: "bridge", "fdb show br br0")
    #expect(entries.count == shown.count)
    for (entry, shown) in zip(entries, shown) {
      #expect(entry.hardwareAddress.description == shown["mac"]?.string)
      #expect(try tables.interface(at: entry.portIndex).name == shown["ifname"]?.string)
      #expect((entry.state == .permanent) == (shown["state"]?.string == "permanent"))
      #expect((entry.state == .noARP) == (shown["state"]?.string == "static"))
      #expect(entry.flags.contains(.own) == (shown["flags"]?.elements == [.string("self")]))
    }
    let learned = try HardwareAddress(spelt: "02:00:00:00:00:08")
    let port = try tables.interface(named: "e0").index
    let entry = try #require(try tables.forwardingEntry(for: learned, of: bridge))
    #expect(entry.portIndex == port)
    #expect(entry.isLearned)
    let unknown = try HardwareAddress(spelt: "02:00:00:00:00:09")
    #expect(try tables.forwardingEntry(for: unknown, of: bridge) == nil)
  }

  @Test func routesAreWhatIPShows() throws {
    let bed = try NetlinkTestBed("ro")
    try bed.ip("link add e0 type veth peer name e1")
    try bed.ip("link set e0 up")
    try bed.ip("link set e1 up")
    try bed.ip("addr add 192.0.2.1/24 dev e0")
    try bed.ip("addr add 198.51.100.1/24 dev e1")
    try bed.ip("addr add 2001:db8::1/64 dev e0 nodad")
    try bed.ip("route add default via 192.0.2.254 dev e0 metric 200")
    try bed.ip("route add default via 192.0.2.253 dev e0 metric 100 src 192.0.2.1")
    try bed.ip("route add default via 2001:db8::fe dev e0")
    try bed.ip("route add 203.0.113.0/24 via inet6 2001:db8::fd dev e0")
    try bed.ip("route add 10.0.0.0/8 nexthop via 192.0.2.9 dev e0 nexthop via 198.51.100.9 dev e1")
    try bed.ip("route add unreachable 172.16.0.0/12")
    let tables = try bed.tables()
    let first = try tables.interface(named: "e0").index
    let second = try tables.interface(named: "e1").index
    let main = try tables.routes().filter { $0.table == Route.mainTable && $0.family == .ipv4 }
    let shown = try bed.json("-4 -details route show table main")
    // The route over two gateways is two routes here.
    #expect(main.count == shown.count + 1)
    for shown in shown where shown["nexthops"] == nil {
      let destination = shown["dst"]?.string == "default" ? nil : shown["dst"]?.string
      let gateway = shown["gateway"] ?? shown["via"]?["host"]
      #expect(
        main.contains {
          $0.destination?.description == destination && $0.gateway?.description == gateway?.string
            && Int($0.metric) == shown["metric"]?.int ?? 0
            && $0.preferredSource?.description == shown["prefsrc"]?.string
        }, "\(shown)")
    }
    let wide = try #require(IPPrefix("10.0.0.0/8"))
    #expect(main.filter { $0.destination == wide }.map(\.interfaceIndex) == [first, second])
    #expect(try tables.routes(of: second).allSatisfy { $0.interfaceIndex == second })
    #expect(main.contains { $0.kind == .unreachable && $0.interfaceIndex != first })

    let gateways = try tables.defaultGateways(of: first).map { $0.gateway?.description }
    #expect(gateways == ["192.0.2.253", "192.0.2.254", "2001:db8::fe"])
    #expect(try tables.defaultGateways(of: second).isEmpty)
  }

  @Test func aRouteIsLookedUpAsTheKernelWouldSend() throws {
    let bed = try NetlinkTestBed("rt")
    try bed.ip("link add e0 type veth peer name e1")
    try bed.ip("link set e0 up")
    try bed.ip("link set e1 up")
    try bed.ip("addr add 192.0.2.1/24 dev e0")
    try bed.ip("addr add 2001:db8::1/64 dev e0 nodad")
    let tables = try bed.tables()
    let index = try tables.interface(named: "e0").index
    #expect(try tables.route(to: IPAddress(spelt: "203.0.113.5")) == nil)
    #expect(try tables.route(to: IPAddress(spelt: "2001:db8:1::5")) == nil)
    try bed.ip("route add default via 192.0.2.254")
    let far = try #require(try tables.route(to: IPAddress(spelt: "203.0.113.5")))
    #expect(far.gateway?.description == "192.0.2.254")
    #expect(far.interfaceIndex == index)
    #expect(far.preferredSource?.description == "192.0.2.1")
    let near = try #require(try tables.route(to: IPAddress(spelt: "2001:db8::5"), over: index))
    #expect(near.gateway == nil)
    #expect(near.preferredSource?.description == "2001:db8::1")
    let own = try #require(try tables.route(to: IPAddress(spelt: "192.0.2.1")))
    #expect(own.kind == .local)
  }

  @Test func forwardingFollowsTheSettingOfTheInterface() throws {
    let bed = try NetlinkTestBed("fw")
    try bed.ip("link add e0 type veth peer name e1")
    let tables = try bed.tables()
    let index = try tables.interface(named: "e0").index
    for (family, version) in [(AddressFamily.ipv4, "ipv4"), (.ipv6, "ipv6")] {
      for setting in [true, false] {
        try bed.namespace().run {
          try writeFile(
            "/proc/sys/net/\(version)/conf/e0/forwarding", Array((setting ? "1" : "0").utf8))
        }
        #expect(try tables.isForwarding(family, on: index) == setting)
      }
    }
  }
}
