import LinkLayer
import Support
import Testing

@Suite struct NDPTests {
  static func packet(_ name: String) throws -> [UInt8] {
    Array(try Fixture.frame(name).dropFirst(14))
  }

  @Test func deconstructASolicitation() throws {
    let bytes = Array(try Self.packet("ndp-solicitation").dropFirst(40))
    let view = try NeighborSolicitationView(bytes.rawBytes)
    #expect(view.targetAddress == .bob)
    #expect(view.options.linkLayerAddress(.sourceLinkLayerAddress) == HardwareAddress(.alice))
    #expect(view.options.linkLayerAddress(.targetLinkLayerAddress) == nil)
    let message = try ICMPv6View(bytes.rawBytes)
    #expect(message.type == .neighborSolicitation)
    #expect(message.code == 0)
    let group = IPv6Address.bob.solicitedNodeMulticast
    #expect(message.hasValidChecksum(source: .alice, destination: group) == true)
    #expect(message.hasValidChecksum(source: .bob, destination: group) == false)
  }

  @Test func constructASolicitation() throws {
    let packet = NDPPacket(
      source: .alice, destination: IPv6Address.bob.solicitedNodeMulticast,
      message: .neighborSolicitation(
        NeighborSolicitation(
          targetAddress: .bob, options: [.sourceLinkLayerAddress(HardwareAddress(.alice))])))
    #expect(emitted(packet) == (try Self.packet("ndp-solicitation")))
    #expect(try NDPPacket(parsing: packet.bytes.rawBytes) == packet)
    #expect(packet.isValid)
  }

  @Test func constructTheQuestionOfDuplicateAddressDetection() throws {
    let own = IPv6Address.linkLocal(.alice)
    let packet = NDPPacket(
      source: .unspecified, destination: own.solicitedNodeMulticast,
      message: .neighborSolicitation(
        NeighborSolicitation(
          targetAddress: own, options: [.nonce([0x11, 0x80, 0x41, 0xff, 0xb0, 0xb0])])))
    #expect(emitted(packet) == (try Self.packet("ndp-solicitation-dad")))
    #expect(try NDPPacket(parsing: packet.bytes.rawBytes) == packet)
    #expect(packet.isValid)
  }

  @Test func constructAnAdvertisement() throws {
    let packet = NDPPacket(
      source: .bob, destination: .alice,
      message: .neighborAdvertisement(
        NeighborAdvertisement(
          isSolicited: true, overrides: true, targetAddress: .bob,
          options: [.targetLinkLayerAddress(HardwareAddress(.bob))])))
    let bytes = try Self.packet("ndp-advertisement")
    #expect(emitted(packet) == bytes)
    #expect(try NDPPacket(parsing: bytes.rawBytes) == packet)
    #expect(packet.isValid)
    let view = try NeighborAdvertisementView(Array(bytes.dropFirst(40)).rawBytes)
    #expect(view.isRouter == false)
    #expect(view.isSolicited == true)
    #expect(view.overrides == true)
    #expect(view.targetAddress == .bob)
  }

  @Test func theRouterFlagStandsAlone() throws {
    let packet = NDPPacket(
      source: .bob, destination: .allNodes,
      message: .neighborAdvertisement(
        NeighborAdvertisement(isRouter: true, targetAddress: .bob)))
    #expect(packet.bytes[44] == 0x80)
    #expect(try NDPPacket(parsing: packet.bytes.rawBytes) == packet)
  }

  /// RFC 4391, section 9.3.
  @Test func onInfiniBandTwoZerosStandBeforeTheAddress() throws {
    let bytes = Array(try Fixture.frame("ndp-advertisement-ipoib").dropFirst(24))
    let packet = try NDPPacket(parsing: bytes.rawBytes)
    guard case .neighborAdvertisement(let message) = packet.message else {
      Issue.record("not an advertisement")
      return
    }
    #expect(message.targetLinkLayerAddress?.count == 20)
    #expect(message.isRouter && message.overrides && !message.isSolicited)
    #expect(emitted(packet) == bytes)
  }

  @Test func constructARouterSolicitation() throws {
    let packet = NDPPacket(
      source: .linkLocal(.alice), destination: .allRouters,
      message: .routerSolicitation(
        RouterSolicitation(options: [.sourceLinkLayerAddress(HardwareAddress(.alice))])))
    let bytes = try Self.packet("ndp-router-solicitation")
    #expect(emitted(packet) == bytes)
    #expect(try NDPPacket(parsing: bytes.rawBytes) == packet)
    #expect(packet.isValid)
  }

  @Test func constructARouterAdvertisement() throws {
    let prefix = IPv6Address(high: 0x2001_0db8_0000_0000, low: 0)
    let advertisement = RouterAdvertisement(
      currentHopLimit: 64, flags: [.otherConfiguration, .init(rawValue: 0x08)],
      routerLifetime: 1800, reachableTime: 30000, retransmissionTime: 1000,
      options: [
        .sourceLinkLayerAddress(HardwareAddress(.alice)), .mtu(1500),
        .prefixInformation(
          PrefixInformation(
            prefixLength: 64, flags: [.onLink, .autonomous], validLifetime: 2_592_000,
            preferredLifetime: 604_800, prefix: prefix)),
        .routeInformation(
          RouteInformation(
            prefixLength: 64, flags: 0x08, lifetime: 3600,
            prefix: IPv6Address(high: 0x2001_0db8_0001_0000, low: 0))),
        .recursiveDNSServers(
          RecursiveDNSServers(
            lifetime: 3600, addresses: [IPv6Address(high: 0x2001_0db8_0000_0000, low: 0x53)])),
        .unknown(type: 31, body: [0, 0, 0, 0, 0x0e, 0x10, 3] + Array("lab".utf8) + [0, 0, 0, 0]),
        .unknown(type: 253, body: [0, 0, 0, 0, 0, 0]),
      ])
    let packet = NDPPacket(
      source: .linkLocal(.alice), destination: .allNodes,
      message: .routerAdvertisement(advertisement))
    let bytes = try Self.packet("ndp-router-advertisement")
    #expect(emitted(packet) == bytes)
    #expect(try NDPPacket(parsing: bytes.rawBytes) == packet)
    #expect(packet.isValid)
    #expect(advertisement.preference == .high)
    let view = try RouterAdvertisementView(Array(bytes.dropFirst(40)).rawBytes)
    #expect(view.currentHopLimit == 64)
    #expect(view.routerLifetime == 1800)
    #expect(view.reachableTime == 30000)
    #expect(view.retransmissionTime == 1000)
  }

  /// RFC 4861, sections 6.1 and 7.1.
  @Test func knowsWhatAReceiverMustDrop() throws {
    let solicitation = NeighborSolicitation(targetAddress: .bob)
    var packet = NDPPacket(
      source: .unspecified, destination: .bob, message: .neighborSolicitation(solicitation))
    #expect(!packet.isValid, "from nobody, and not to the group")
    packet.destination = IPv6Address.bob.solicitedNodeMulticast
    #expect(packet.isValid)
    packet.message = .neighborSolicitation(
      NeighborSolicitation(
        targetAddress: .bob, options: [.sourceLinkLayerAddress(HardwareAddress(.alice))]))
    #expect(!packet.isValid, "from nobody, with a link-layer address")
    packet.source = .alice
    #expect(packet.isValid)
    packet.hopLimit = 254
    #expect(!packet.isValid, "forwarded")
    packet = NDPPacket(
      source: .bob, destination: .allNodes,
      message: .neighborAdvertisement(
        NeighborAdvertisement(isSolicited: true, targetAddress: .bob)))
    #expect(!packet.isValid, "solicited by a group")
    packet.message = .routerAdvertisement(RouterAdvertisement(routerLifetime: 0))
    #expect(!packet.isValid, "from no link-local address")
    packet.source = .linkLocal(.bob)
    #expect(packet.isValid)
    packet.message = .routerSolicitation(
      RouterSolicitation(options: [.sourceLinkLayerAddress(HardwareAddress(.bob))]))
    packet.source = .unspecified
    #expect(!packet.isValid, "from nobody, with a link-layer address")
  }

  @Test func whatCannotBeIsAnError() throws {
    let bytes = try Self.packet("ndp-solicitation")
    func error(at index: Int, _ value: UInt8) -> WireError? {
      var bad = bytes
      bad[index] = value
      bad.fixChecksum()
      return wireError { () throws(WireError) in _ = try NDPPacket(parsing: bad.rawBytes) }
    }
    #expect(error(at: 41, 0) == nil)
    #expect(
      error(at: 41, 1)
        == .malformed(layer: .neighborSolicitation, field: .code, value: 1, offset: 41))
    #expect(
      error(at: 48, 0xff)
        == .malformed(
          layer: .neighborSolicitation, field: .targetAddress, value: 0xff01_0db8_0000_0000,
          offset: 48))
    #expect(
      error(at: 65, 0)
        == .malformed(layer: .ndpOption, field: .optionLength, value: 0, offset: 65))
    #expect(
      error(at: 65, 2)
        == .truncated(
          layer: .ndpOption, needed: 16, available: 8, lengthFrom: .field(.optionLength),
          offset: 64))
    #expect(
      error(at: 40, 128) == .malformed(layer: .icmpv6, field: .type, value: 128, offset: 40))
    #expect(
      error(at: 6, 17) == .malformed(layer: .ipv6, field: .nextHeader, value: 17, offset: 6))
    var bad = bytes
    bad[70] ^= 1
    let checksum = UInt64(bad[42]) << 8 | UInt64(bad[43])
    #expect(
      wireError { () throws(WireError) in _ = try NDPPacket(parsing: bad.rawBytes) }
        == .malformed(layer: .icmpv6, field: .checksum, value: checksum, offset: 42))
  }
}

extension [UInt8] {
  /// Puts the right checksum into an IPv6 packet of ICMPv6 without extension headers.
  fileprivate mutating func fixChecksum() {
    self[42] = 0
    self[43] = 0
    var sum = InternetChecksum(Array(self[8...]).rawBytes)
    sum.add(UInt32(count - 40))
    sum.add(58 as UInt16)
    self[42] = UInt8(sum.value >> 8)
    self[43] = UInt8(sum.value & 0xff)
  }
}

@Suite struct NDPOptionTests {
  @Test(arguments: [
    NDPOption.sourceLinkLayerAddress(HardwareAddress(.alice)),
    .targetLinkLayerAddress(HardwareAddress(repeating: 7, count: 20)),
    .mtu(.max), .nonce([1, 2, 3, 4, 5, 6]), .nonce([UInt8](repeating: 9, count: 14)),
    .routeInformation(RouteInformation(prefixLength: 0, lifetime: 1, prefix: .unspecified)),
    .routeInformation(RouteInformation(prefixLength: 128, lifetime: 1, prefix: .alice)),
    .recursiveDNSServers(RecursiveDNSServers(lifetime: 0, addresses: [])),
    .recursiveDNSServers(RecursiveDNSServers(lifetime: 5, addresses: [.alice, .bob])),
    .unknown(type: 200, body: [1, 2, 3, 4, 5, 6]),
    .unknown(type: 1, body: [UInt8](repeating: 3, count: 14)),
  ])
  func survivesARoundTrip(_ option: NDPOption) throws {
    let bytes = emitted(option)
    #expect(bytes.count % 8 == 0)
    #expect(try NDPOption(parsing: bytes.rawBytes) == option)
  }

  /// An option in a form that its number does not promise is kept, byte by byte.
  @Test(arguments: [
    [1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    [2, 3, 0, 1] + [UInt8](repeating: 7, count: 20),
    [3, 1, 64, 0xc0, 0, 0, 0, 1],
    [5, 2, 0, 0, 0, 0, 5, 0xdc, 0, 0, 0, 0, 0, 0, 0, 0],
    [24, 4] + [UInt8](repeating: 1, count: 30),
    [25, 2] + [UInt8](repeating: 1, count: 14),
  ])
  func strangeFormsAreKept(_ bytes: [UInt8]) throws {
    let option = try NDPOption(parsing: bytes.rawBytes)
    #expect(option == .unknown(type: bytes[0], body: Array(bytes.dropFirst(2))))
    #expect(emitted(option) == bytes)
  }

  @Test func longBodiesAreCutAndShortOnesFilled() {
    #expect(emitted(NDPOption.nonce([1])) == [14, 1, 1, 0, 0, 0, 0, 0])
    let long = NDPOption.unknown(type: 9, body: [UInt8](repeating: 1, count: 5000))
    #expect(emitted(long).count == 2040)
    #expect(emitted(long)[1] == 255)
  }

  @Test func aViewGoesThroughAllOptions() throws {
    let bytes: [UInt8] = [14, 1, 1, 2, 3, 4, 5, 6, 5, 1, 0, 0, 0, 0, 5, 220]
    var options = try NDPOptionsView(bytes.rawBytes)
    var types: [UInt8] = []
    while let option = options.next() { types.append(option.type.rawValue) }
    #expect(types == [14, 5])
  }
}

@Suite struct ICMPv6Tests {
  @Test func echoAndErrorsSurviveARoundTrip() throws {
    for name in ["icmpv6-echo-request", "icmpv6-port-unreachable"] {
      let packet = try NDPTests.packet(name)
      let (source, destination) =
        name == "icmpv6-echo-request"
        ? (IPv6Address.alice, IPv6Address.bob) : (IPv6Address.bob, IPv6Address.alice)
      let bytes = Array(packet.dropFirst(40))
      let message = try ICMPv6Message(
        parsing: bytes.rawBytes, source: source, destination: destination)
      let written = emitted(byteCount: message.byteCount) { output in
        message.write(into: &output, source: source, destination: destination)
      }
      #expect(written == bytes)
    }
  }

  @Test func deconstructAnEcho() throws {
    let bytes = Array(try NDPTests.packet("icmpv6-echo-request").dropFirst(40))
    let message = try ICMPv6Message(parsing: bytes.rawBytes, source: .alice, destination: .bob)
    #expect(
      message
        == .echoRequest(
          identifier: 19094, sequenceNumber: 1, payload: Array(bytes.dropFirst(8))))
  }
}

@Suite struct MulticastListenerReportTests {
  @Test func deconstructAndConstruct() throws {
    let bytes = Array(try NDPTests.packet("mld-report").dropFirst(48))
    let view = try MulticastListenerReportView(bytes.rawBytes)
    #expect(view.flags == 0)
    #expect(view.recordCount == 2)
    let report = MulticastListenerReport(view)
    let own = IPv6Address.linkLocal(.alice).solicitedNodeMulticast
    let groups = report.records.map(\.multicastAddress)
    #expect(groups.contains(own))
    #expect(report == MulticastListenerReport(joining: groups))
    let message = ICMPv6Message.multicastListenerReport(report)
    let written = emitted(byteCount: message.byteCount) { output in
      message.write(into: &output, source: .unspecified, destination: .allMLDv2Routers)
    }
    #expect(written == bytes)
  }

  @Test func recordsWithSourcesAndDataSurvive() throws {
    let record = MulticastAddressRecord(
      type: .init(rawValue: 77), multicastAddress: .allRouters, sources: [.alice, .bob],
      auxiliaryData: [1, 2, 3, 4])
    let bytes = emitted(record)
    #expect(bytes.count == 20 + 32 + 4)
    #expect(try MulticastAddressRecord(parsing: bytes.rawBytes) == record)
    let view = try MulticastAddressRecordView(bytes.rawBytes)
    #expect(view.source(1) == .bob)
    #expect(view.sourceCount == 2)
  }

  @Test func auxiliaryDataAreFilledToWords() throws {
    let record = MulticastAddressRecord(
      type: .modeIsInclude, multicastAddress: .allNodes, auxiliaryData: [9])
    #expect(emitted(record).suffix(4) == [9, 0, 0, 0])
    let long = MulticastAddressRecord(
      type: .modeIsInclude, multicastAddress: .allNodes,
      auxiliaryData: [UInt8](repeating: 1, count: 2000))
    #expect(emitted(long).count == 20 + 1020)
  }
}
