import EventLoop
import LinkLayer
import Links
import Support
import Testing

@Suite(.serialized) struct NetlinkNotificationTests {
  /// Subscribes in the namespace of `bed`, makes `changes`, and collects what is told until
  /// `isEnough` says so, ten seconds at most.
  private func collect(
    _ subjects: KernelChangeSubjects, in bed: NetlinkTestBed, unread: Int32 = 1 << 20,
    until isEnough: @escaping ([KernelChange]) -> Bool, _ changes: () throws -> Void
  ) throws -> [KernelChange] {
    let loop = try EventLoop()
    var told: [KernelChange] = []
    let subscription = try bed.namespace().run {
      try KernelChanges(subjects, on: loop, unread: unread) { change in
        told.append(change)
        if isEnough(told) { loop.stop() }
      }
    }
    try changes()
    let deadline = loop.schedule(after: .seconds(10)) { loop.stop() }
    loop.runUntilStopped()
    deadline.cancel()
    subscription.cancel()
    return told
  }

  @Test func aLinkThatComesChangesAndGoesIsTold() throws {
    let bed = try NetlinkTestBed("nl")
    let tables = try bed.tables()
    let told = try collect(
      .interfaces, in: bed,
      until: { $0.contains { if case .interfaceGone = $0 { true } else { false } } }
    ) {
      try tables.createBridge("br0")
      let index = try tables.interface(named: "br0").index
      try tables.setUp(true, index)
      try tables.deleteInterface(index)
    }
    let states = told.compactMap { change -> Bool? in
      guard case .interface(let interface) = change, interface.name == "br0" else { return nil }
      return interface.isUp
    }
    #expect(states.first == false)
    #expect(states.contains(true))
    guard case .interfaceGone(let gone) = told.last else {
      Issue.record("\(told)")
      return
    }
    #expect(gone.name == "br0")
  }

  @Test func aPortThatLeavesItsBridgeIsNotGone() throws {
    let bed = try NetlinkTestBed("nb")
    let tables = try bed.tables()
    try tables.createBridge("br0")
    try tables.createPair("e0", peer: "e1")
    let index = try tables.interface(named: "e0").index
    try tables.setMaster(try tables.interface(named: "br0").index, of: index)
    let told = try collect(
      .interfaces, in: bed,
      until: { $0.contains { if case .interface(let it) = $0 { it.mtu == 1300 } else { false } } }
    ) {
      try tables.setMaster(nil, of: index)
      try tables.setMTU(1300, of: index)
    }
    #expect(!told.contains { if case .interfaceGone = $0 { true } else { false } })
    #expect(told.contains { if case .interface(let it) = $0 { it.mtu == 1300 } else { false } })
  }

  @Test func anAddressThatComesAndGoesIsTold() throws {
    let bed = try NetlinkTestBed("na")
    let tables = try bed.tables()
    try tables.createPair("e0", peer: "e1")
    var address = InterfaceAddress(
      interfaceIndex: try tables.interface(named: "e0").index,
      address: try IPAddress(spelt: "192.0.2.7"), prefixLength: 24)
    address.label = "e0"
    let told = try collect(.addresses, in: bed, until: { $0.count == 2 }) {
      try tables.add(address)
      try tables.remove(address)
    }
    #expect(told == [.addressAdded(address), .addressRemoved(address)])
  }

  @Test func aNeighborThatChangesAndGoesIsTold() throws {
    let bed = try NetlinkTestBed("nn")
    let tables = try bed.tables()
    try tables.createPair("e0", peer: "e1")
    for name in ["e0", "e1"] { try tables.setUp(true, tables.interface(named: name).index) }
    var neighbor = Neighbor(
      interfaceIndex: try tables.interface(named: "e0").index,
      address: try IPAddress(spelt: "192.0.2.7"),
      hardwareAddress: try HardwareAddress(spelt: "02:00:00:00:00:07"))
    var moved = neighbor
    moved.hardwareAddress = try HardwareAddress(spelt: "02:00:00:00:00:08")
    neighbor.state = .permanent
    let told = try collect(
      .neighbors, in: bed,
      until: { $0.contains { if case .neighborRemoved = $0 { true } else { false } } }
    ) {
      try tables.set(neighbor)
      try tables.set(moved)
      try tables.remove(moved)
    }
    let changed = told.filter {
      if case .neighborChanged(let it) = $0 { it.state == .permanent } else { false }
    }
    #expect(changed == [.neighborChanged(neighbor), .neighborChanged(moved)])
  }

  @Test func aForwardingEntryIsToldAsOne() throws {
    let bed = try NetlinkTestBed("nf")
    let tables = try bed.tables()
    try tables.createBridge("br0")
    try tables.createPair("e0", peer: "e1")
    let port = try tables.interface(named: "e0").index
    let bridge = try tables.interface(named: "br0").index
    try tables.setMaster(bridge, of: port)
    let address = try HardwareAddress(spelt: "02:00:00:00:00:07")
    let told = try collect(
      .neighbors, in: bed,
      until: { $0.contains { if case .forwardingRemoved = $0 { true } else { false } } }
    ) {
      try bed.ip(tool: "bridge", "fdb add \(address) dev e0 master static")
      try bed.ip(tool: "bridge", "fdb del \(address) dev e0 master")
    }
    let entry = ForwardingEntry(
      hardwareAddress: address, portIndex: port, bridgeIndex: bridge, state: .noARP)
    #expect(told == [.forwardingChanged(entry), .forwardingRemoved(entry)])
  }

  @Test func aRouteThatComesAndGoesIsTold() throws {
    let bed = try NetlinkTestBed("nr")
    let tables = try bed.tables()
    try tables.createPair("e0", peer: "e1")
    let index = try tables.interface(named: "e0").index
    try tables.setUp(true, index)
    let route = Route(
      family: .ipv4, destination: IPPrefix("203.0.113.0/24"), gateway: nil, interfaceIndex: index)
    let told = try collect(
      .routes, in: bed, until: { $0.contains(.routeRemoved(route)) }
    ) {
      try tables.add(route)
      try tables.remove(route)
    }
    #expect(told.contains(.routeAdded(route)))
    #expect(told.last == .routeRemoved(route))
  }

  @Test func anOverrunIsToldAndTheRestGoesOn() throws {
    let bed = try NetlinkTestBed("no")
    let tables = try bed.tables()
    try tables.createPair("e0", peer: "e1")
    let index = try tables.interface(named: "e0").index
    // More than fits a buffer of the least size is told before the loop reads at all.
    let told = try collect(.addresses, in: bed, unread: 1, until: { $0.contains(.lost) }) {
      for low in 1...200 {
        try tables.add(
          InterfaceAddress(
            interfaceIndex: index,
            address: .v4(IPv4Address(rawValue: 0x0a00_0000 + UInt32(low))), prefixLength: 32))
      }
    }
    #expect(told.filter { $0 == .lost }.count == 1)
  }

  @Test func nothingIsToldAfterCancel() throws {
    let bed = try NetlinkTestBed("nc")
    let tables = try bed.tables()
    let loop = try EventLoop()
    var count = 0
    let subscription = try bed.namespace().run {
      try KernelChanges(.interfaces, on: loop) { _ in count += 1 }
    }
    try tables.createBridge("br0")
    subscription.cancel()
    loop.schedule(after: .zero) { loop.stop() }
    loop.runUntilStopped()
    #expect(count == 0)
  }

  @Test func aHandlerMayCancelInTheMiddleOfADatagram() throws {
    let bed = try NetlinkTestBed("nm")
    let tables = try bed.tables()
    let loop = try EventLoop()
    var count = 0
    var subscription: KernelChanges?
    subscription = try bed.namespace().run {
      try KernelChanges(.interfaces, on: loop) { _ in
        count += 1
        subscription?.cancel()
        loop.stop()
      }
    }
    for name in ["br0", "br1", "br2"] { try tables.createBridge(name) }
    loop.runUntilStopped()
    #expect(count == 1)
  }
}
