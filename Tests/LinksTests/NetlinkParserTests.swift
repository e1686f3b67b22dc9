import LinkLayer
import Links
import Support
import Testing

/// The captured datagrams are little-endian, as netlink is in the machine's order.
private let isLittleEndian = UInt16(1).littleEndian == 1

@Suite(.enabled(if: isLittleEndian)) struct NetlinkParserTests {
  private func changes(_ fixture: String) throws -> [KernelChange] {
    try netlinkFixture(fixture).flatMap { try KernelChange.changes(in: $0.rawBytes) }
  }

  @Test func linksAreRead() throws {
    let interfaces = try changes("links").compactMap { change -> Interface? in
      if case .interface(let interface) = change { interface } else { nil }
    }
    #expect(interfaces.map(\.name) == ["lo", "br0", "e0", "e3", "e2", "m0"])
    let port = interfaces[2]
    #expect(port.alternativeNames == ["an-alternative-name-of-e0", "other"])
    #expect(port.mtu == 1400)
    #expect(port.kind == "veth")
    #expect(port.portKind == "bridge")
    #expect(port.masterIndex == interfaces[1].index)
    #expect(port.linkNamespace == 0)
    #expect(port.hardwareAddress.description == "02:00:00:00:00:e0")
    #expect(port.broadcastAddress == HardwareAddress(.broadcast))
    #expect(interfaces[4].linkIndex == interfaces[3].index)
    #expect(interfaces[5].linkIndex == interfaces[4].index)
    #expect(interfaces[0].isLoopback)
    #expect(!interfaces[0].usesNeighborDiscovery)
    #expect(port.usesNeighborDiscovery)
  }

  @Test func addressesAreRead() throws {
    let addresses = try changes("addresses").compactMap { change -> InterfaceAddress? in
      if case .addressAdded(let address) = change { address } else { nil }
    }
    let global = addresses.filter { $0.scope == .universe }
    #expect(
      global.map { "\($0.address)/\($0.prefixLength)" } == [
        "198.51.100.1/32", "192.0.2.1/24", "192.0.2.2/24", "2001:db8::2/64", "2001:db8::1/64",
      ])
    #expect(global[0].peer?.description == "198.51.100.9")
    #expect(global[1].broadcast?.description == "192.0.2.255")
    #expect(global.map(\.label) == ["e3", "e2", "e2:vip", nil, nil])
    #expect(global.map(\.isDeprecated) == [false, false, false, true, false])
    #expect(addresses.allSatisfy { $0.isPermanent && !$0.isTentative && !$0.isDADFailed })
  }

  @Test func neighborsAreRead() throws {
    let neighbors = try changes("neighbors").compactMap { change -> Neighbor? in
      if case .neighborChanged(let neighbor) = change, neighbor.state != .noARP {
        neighbor
      } else {
        nil
      }
    }
    let lines = neighbors.map {
      "\($0.address) \($0.hardwareAddress?.description ?? "-") \($0.state) \($0.isRouter)"
    }
    #expect(
      Set(lines) == [
        "192.0.2.7 02:00:00:00:00:07 PERMANENT false", "192.0.2.9 02:00:00:00:00:09 STALE false",
        "2001:db8::7 02:00:00:00:00:0a PERMANENT true",
      ])
  }

  @Test func routesAreRead() throws {
    let routes = try changes("routes").compactMap { change -> Route? in
      if case .routeAdded(let route) = change, route.table == Route.mainTable { route } else { nil }
    }
    func gateways(_ destination: String?) -> [String?] {
      routes.filter { $0.destination?.description == destination }.map { $0.gateway?.description }
    }
    #expect(gateways(nil) == ["192.0.2.254"])
    #expect(gateways("10.0.0.0/8") == ["192.0.2.9", "198.51.100.9"])
    #expect(gateways("203.0.113.0/24") == ["2001:db8::fd"])
    let fallback = try #require(routes.first { $0.destination == nil })
    #expect(fallback.metric == 100)
    #expect(fallback.preferredSource?.description == "192.0.2.1")
    #expect(routes.contains { $0.kind == .unreachable })
  }

  @Test func forwardingEntriesAreRead() throws {
    let entries = try changes("forwarding").compactMap { change -> ForwardingEntry? in
      if case .forwardingChanged(let entry) = change { entry } else { nil }
    }
    let entry = try #require(
      entries.first { $0.hardwareAddress.description == "02:00:00:00:00:77" })
    #expect(entry.state == .noARP)
    #expect(entry.bridgeIndex != nil)
    #expect(entry.bridgeIndex != entry.portIndex)
  }

  @Test func notificationsAreReadAndAPortThatLeavesIsNotGone() throws {
    let told = try changes("notifications")
    let gone = told.compactMap { change -> String? in
      if case .interfaceGone(let interface) = change { interface.name } else { nil }
    }
    #expect(gone == ["m0", "e2", "e3"])
    #expect(told.contains { if case .addressRemoved = $0 { true } else { false } })
    #expect(told.contains { if case .neighborRemoved = $0 { true } else { false } })
    #expect(told.contains { if case .forwardingChanged = $0 { true } else { false } })
    #expect(told.contains { if case .routeRemoved = $0 { true } else { false } })
  }

  // MARK: Conversations

  private func converse(
    _ datagrams: [[UInt8]], _ type: NetlinkMessageType, isDump: Bool = true
  ) throws -> (conversation: NetlinkConversation, entries: Int) {
    let request = NetlinkRequest(type, isDump ? NetlinkFlags(rawValue: 0x300) : [])
    var conversation = NetlinkConversation(about: request, sequence: 7)
    var entries = 0
    for datagram in datagrams {
      try conversation.take(datagram.rawBytes) { (_) throws(NetlinkFormatError) in entries += 1 }
    }
    return (conversation, entries)
  }

  private let getLink = NetlinkMessageType(rawValue: 18)

  @Test func aDumpEndsWithItsLastMessageOnly() throws {
    let datagrams = try netlinkFixture("links")
    let whole = try converse(datagrams, getLink)
    #expect(whole.conversation.isOver)
    #expect(whole.conversation.isConsistent)
    #expect(whole.entries == 6)
    #expect(try !converse(datagrams.dropLast(), getLink).conversation.isOver)
  }

  @Test func aRefusalTellsItsNumberRequestAndWords() throws {
    let missing = try converse(netlinkFixture("no-such-device"), getLink, isDump: false)
    #expect(missing.conversation.refusal == NetlinkRefusal(errno: 19, request: getLink))
    let newRoute = NetlinkMessageType(rawValue: 24)
    let refused = try converse(netlinkFixture("refusal-with-words"), newRoute, isDump: false)
    #expect(
      refused.conversation.refusal
        == NetlinkRefusal(
          errno: 101, request: newRoute, explanation: "Nexthop has invalid gateway"))
  }

  @Test func wordsAreFoundBehindARequestThatIsQuotedWhole() throws {
    var datagram = try #require(try netlinkFixture("refusal-with-words").first)
    // Not capped: the quoted request has its body, here 8 bytes, before the attributes.
    datagram[7] = 0x02
    let quotedLength = 24
    datagram.replaceSubrange(20..<24, with: [UInt8(quotedLength), 0, 0, 0])
    datagram.insert(contentsOf: [0xA5, 0xA5, 0xA5, 0xA5, 0xA5, 0xA5, 0xA5, 0xA5], at: 36)
    datagram[0] += 8
    let refused = try converse([datagram], NetlinkMessageType(rawValue: 24), isDump: false)
    #expect(refused.conversation.refusal?.explanation == "Nexthop has invalid gateway")
  }

  @Test func answersToAnotherRequestArePassedOver() throws {
    var datagrams = try netlinkFixture("no-such-device")
    datagrams[0][8] = 8
    let late = try converse(datagrams, getLink, isDump: false)
    #expect(!late.conversation.isOver)
    #expect(late.conversation.refusal == nil)
  }

  @Test func aDumpThatTheTablesInterruptedIsInconsistent() throws {
    var datagrams = try netlinkFixture("links")
    datagrams[0][6] |= 0x10
    #expect(try !converse(datagrams, getLink).conversation.isConsistent)
  }

  @Test func aDumpThatEndsWithAnErrorIsARefusal() throws {
    var datagrams = try netlinkFixture("links")
    var end = datagrams.removeLast()
    #expect(end.count == 20)
    end.replaceSubrange(16..<20, with: [0xED, 0xFF, 0xFF, 0xFF])
    let refused = try converse(datagrams + [end], getLink)
    #expect(refused.conversation.refusal == NetlinkRefusal(errno: 19, request: getLink))
  }

  // MARK: What no interface here has

  @Test func anInfiniBandInterfaceHasTwentyByteAddresses() throws {
    let own = try HardwareAddress(
      spelt: "80:00:02:08:fe:80:00:00:00:00:00:00:00:02:c9:03:00:10:39:11")
    let all = try HardwareAddress(
      spelt: "00:ff:ff:ff:ff:12:40:1b:ff:ff:00:00:00:00:00:00:ff:ff:ff:ff")
    let interface = try interface { request in
      request.attribute(3, "ib0")
      request.attribute(1, own)
      request.attribute(2, all)
    }
    #expect(interface.name == "ib0")
    #expect(interface.hardwareType == .infiniBand)
    #expect(interface.hardwareAddress == own)
    #expect(interface.broadcastAddress == all)
  }

  @Test func aVLANInterfaceTellsItsTag() throws {
    let interface = try interface { request in
      request.attribute(18) { information in
        information.attribute(1, "vlan")
        information.attribute(2) { data in
          data.attribute(1, UInt16(257))
          data.attribute(5, UInt16(0x88A8).bigEndian)
        }
      }
    }
    #expect(interface.vlan == InterfaceVLAN(identifier: 257, tagProtocol: .serviceVLAN))
  }

  @Test func anAddressLongerThanLinuxHasIsNone() throws {
    let interface = try interface { request in
      request.attribute(1) { for _ in 0..<33 { $0.append(UInt8(1)) } }
    }
    #expect(interface.hardwareAddress == HardwareAddress())
  }

  /// An `RTM_NEWLINK` of hardware type 32 with the attributes that `body` appends.
  private func interface(_ body: (inout NetlinkRequest) -> Void) throws -> Interface {
    var request = NetlinkRequest(NetlinkMessageType(rawValue: 16), [])
    request.structure { header in
      header.append(UInt16(0))
      header.append(UInt16(32))
      header.append(Int32(4))
      header.append(UInt64(0))
    }
    body(&request)
    let changes = try KernelChange.changes(in: request.bytes.rawBytes)
    guard case .interface(let interface) = try #require(changes.first) else {
      throw TestFailure(what: "\(changes)")
    }
    return interface
  }

  private struct TestFailure: Error {
    var what: String
  }

  @Test func aRequestIsWhatIPSends() {
    // `strace -e sendmsg ip link show e0`, iproute2 6.1.0, less its larger extension mask.
    var request = NetlinkRequest(getLink, [])
    request.structure { for _ in 0..<4 { $0.append(UInt32(0)) } }
    request.attribute(29, UInt32(8))
    request.attribute(3, "e0")
    let expected: [UInt8] = [
      0x30, 0, 0, 0, 0x12, 0, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0x08, 0, 0x1d, 0, 0x08, 0, 0, 0,
      0x07, 0, 0x03, 0, 0x65, 0x30, 0, 0,
    ]
    #expect(request.bytes == expected)
  }

  // MARK: Bytes that the kernel does not send

  /// Reads a datagram as notifications and as an answer; returns how many entries it had.
  @discardableResult
  private func readEveryWay(_ datagram: [UInt8]) -> Int? {
    _ = try? converse([datagram], getLink)
    return try? KernelChange.changes(in: datagram.rawBytes).count
  }

  @Test(arguments: netlinkFixtureNames)
  func aDatagramCutAnywhereButBetweenMessagesIsAnError(_ name: String) throws {
    for datagram in try netlinkFixture(name) {
      let starts = messageStarts(datagram)
      for length in 0...datagram.count {
        let isRead = readEveryWay(Array(datagram.prefix(length))) != nil
        #expect(isRead == starts.contains(length), "cut at \(length)")
      }
    }
  }

  /// Where the messages begin, and where the last one ends.
  private func messageStarts(_ datagram: [UInt8]) -> Set<Int> {
    var starts: Set<Int> = []
    var offset = 0
    while offset < datagram.count {
      starts.insert(offset)
      offset += (Int(datagram[offset]) + Int(datagram[offset + 1]) << 8 + 3) & ~3
    }
    return starts.union([datagram.count])
  }

  @Test(arguments: netlinkFixtureNames)
  func mutatedDatagramsNeverTrap(_ name: String) throws {
    var generator = SeededGenerator(seed: 0x6E65_746C)
    for datagram in try netlinkFixture(name) {
      for _ in 0..<2000 {
        var mutated = datagram
        for _ in 0..<Int.random(in: 1...8, using: &generator) {
          let index = Int.random(in: 0..<mutated.count, using: &generator)
          mutated[index] =
            [0, 1, 3, 4, 0x7F, 0x80, 0xFF, .random(in: 0...255, using: &generator)]
            .randomElement(using: &generator) ?? 0
        }
        readEveryWay(mutated)
      }
    }
  }

  @Test func anErrorSaysWhatWasNeededAndWhere() throws {
    let datagram = try #require(try netlinkFixture("configuration").first)
    #expect(
      throws: NetlinkFormatError(
        part: .messageHeader, needed: 16, available: 15, bound: .datagram, offset: 0)
    ) { try KernelChange.changes(in: datagram.rawBytes.extracting(first: 15)) }
    #expect(
      throws: NetlinkFormatError(
        part: .messageBody(type: 80), needed: 60, available: 59, bound: .datagram, offset: 0)
    ) { try KernelChange.changes(in: datagram.rawBytes.extracting(first: 59)) }
  }

  @Test func anAttributeThatRunsOverItsMessageIsAnError() throws {
    var request = NetlinkRequest(NetlinkMessageType(rawValue: 16), [])
    request.structure { for _ in 0..<4 { $0.append(UInt32(0)) } }
    request.attribute(4, UInt32(1500))
    var bytes = request.bytes
    bytes[32] = 9
    #expect(
      throws: NetlinkFormatError(
        part: .attribute(type: 4), needed: 9, available: 8, bound: .messageLength, offset: 32)
    ) { try KernelChange.changes(in: bytes.rawBytes) }
    bytes[32] = 3
    #expect(
      throws: NetlinkFormatError(
        part: .attributeHeader, needed: 4, available: 3, bound: .attributeLength, offset: 32)
    ) { try KernelChange.changes(in: bytes.rawBytes) }
    bytes[32] = 6
    #expect(
      throws: NetlinkFormatError(
        part: .attribute(type: 4), needed: 4, available: 2, bound: .attributeLength, offset: 36)
    ) { try KernelChange.changes(in: bytes.rawBytes) }
  }
}
