import LinkLayer
import Support
import Testing

@Suite struct IPv4Tests {
  let bytes: [UInt8]
  let header = IPv4Header(
    payloadByteCount: 24, identification: 54524, flags: .dontFragment, timeToLive: 64,
    protocolNumber: .icmp, source: .alice, destination: .bob)

  init() throws {
    bytes = Array(try Fixture.frame("icmp-echo-request").dropFirst(14))
  }

  @Test func deconstruct() throws {
    let view = try IPv4View(bytes.rawBytes)
    #expect(view.headerLength == 20)
    #expect(view.typeOfService == 0)
    #expect(view.totalLength == 44)
    #expect(view.identification == 54524)
    #expect(view.flags == .dontFragment)
    #expect(view.fragmentOffset == 0)
    #expect(view.isFragment == false)
    #expect(view.timeToLive == 64)
    #expect(view.protocolNumber == .icmp)
    #expect(view.hasValidChecksum == true)
    #expect(view.source == .alice)
    #expect(view.destination == .bob)
    #expect(view.options.byteCount == 0)
    #expect(view.payload.byteCount == 24)
  }

  @Test func parseAndEmit() throws {
    #expect(try IPv4Header(parsing: bytes.rawBytes) == header)
    #expect(emitted(header) == Array(bytes.prefix(20)))
  }

  /// The Linux kernel's record route, and RFC 791, section 3.1.
  @Test func optionsAreRead() throws {
    let bytes = Array(try Fixture.frame("icmp-echo-reply-record-route").dropFirst(14))
    let header = try IPv4Header(parsing: bytes.rawBytes)
    #expect(header.options.count == 40)
    #expect(emitted(header) == Array(bytes.prefix(60)))
    let options = try HeaderOption.list(header.options.rawBytes, layer: .ipv4Option)
    #expect(options.count == 2)
    #expect(options.last == .endOfList)
    guard case .option(7, let route) = options.first else {
      Issue.record("no record route")
      return
    }
    #expect(route.starts(with: [16, 192, 0, 2, 1, 192, 0, 2, 2]))
    #expect(HeaderOption.bytes(options) == header.options)
  }

  @Test func optionsAreFilledUpAndCut() throws {
    var header = header
    header.options = [1]
    #expect(header.byteCount == 24)
    #expect(emitted(header)[20...] == [1, 0, 0, 0])
    header.options = [UInt8](repeating: 1, count: 50)
    #expect(emitted(header).count == 60)
  }

  @Test func whatCannotBeIsAnError() throws {
    func error(at index: Int, _ value: UInt8) -> WireError? {
      var bad = bytes
      bad[index] = value
      return wireError { () throws(WireError) in _ = try IPv4Header(parsing: bad.rawBytes) }
    }
    #expect(error(at: 0, 0x65) == .malformed(layer: .ipv4, field: .version, value: 6, offset: 0))
    #expect(
      error(at: 0, 0x44) == .malformed(layer: .ipv4, field: .headerLength, value: 4, offset: 0))
    #expect(
      error(at: 3, 19) == .malformed(layer: .ipv4, field: .totalLength, value: 19, offset: 2))
    let checksum = UInt64(bytes[10]) << 8 | UInt64(bytes[11])
    #expect(
      error(at: 8, 63)
        == .malformed(layer: .ipv4, field: .checksum, value: checksum, offset: 10))
  }

  @Test func fragmentsAreTold() throws {
    var part = header
    part.flags = .moreFragments
    part.fragmentOffset = 0x1fff
    let bytes = emitted(part) + [UInt8](repeating: 0, count: 24)
    let view = try IPv4View(bytes.rawBytes)
    #expect(view.isFragment == true)
    #expect(view.fragmentOffset == 0x1fff)
    #expect(try IPv4Header(view) == part)
  }
}

@Suite struct HeaderOptionTests {
  @Test func endsAtTheEndOfTheList() throws {
    let options = try HeaderOption.list([1, 0, 99, 1].rawBytes, layer: .tcpOption)
    #expect(options == [.noOperation, .endOfList])
  }

  @Test func lengthsAreChecked() {
    func error(_ bytes: [UInt8]) -> WireError? {
      wireError { () throws(WireError) in
        _ = try HeaderOption.list(bytes.rawBytes, layer: .tcpOption)
      }
    }
    #expect(
      error([1, 2])
        == .truncated(
          layer: .tcpOption, needed: 2, available: 1, lengthFrom: .format, offset: 1))
    #expect(
      error([2, 1]) == .malformed(layer: .tcpOption, field: .optionLength, value: 1, offset: 1))
    #expect(
      error([1, 1, 2, 4, 5])
        == .truncated(
          layer: .tcpOption, needed: 4, available: 3, lengthFrom: .field(.optionLength), offset: 2))
  }
}

@Suite struct IPv6Tests {
  @Test func deconstructParseAndEmit() throws {
    let bytes = Array(try Fixture.frame("icmpv6-echo-request").dropFirst(14))
    let view = try IPv6View(bytes.rawBytes)
    #expect(view.trafficClass == 0)
    #expect(view.flowLabel == 0x8a72f)
    #expect(view.payloadLength == 24)
    #expect(view.nextHeader == .icmpv6)
    #expect(view.hopLimit == 64)
    #expect(view.source == .alice)
    #expect(view.destination == .bob)
    #expect(view.payload.byteCount == 24)
    #expect(
      try view.upperLayer() == IPv6UpperLayer(protocolNumber: .icmpv6, offset: 40))
    let header = IPv6Header(
      flowLabel: 0x8a72f, payloadLength: 24, nextHeader: .icmpv6, hopLimit: 64, source: .alice,
      destination: .bob)
    #expect(try IPv6Header(parsing: bytes.rawBytes) == header)
    #expect(emitted(header) == Array(bytes.prefix(40)))
  }

  @Test func everyBitOfTheFirstWordIsKept() throws {
    let header = IPv6Header(
      trafficClass: 0xa5, flowLabel: 0xf_1234, payloadLength: 0, nextHeader: .noNextHeader,
      hopLimit: 0, source: .alice, destination: .bob)
    #expect(emitted(header).starts(with: [0x6a, 0x5f, 0x12, 0x34]))
    #expect(try IPv6Header(parsing: header.bytes.rawBytes) == header)
  }

  @Test func walksPastExtensionHeaders() throws {
    let bytes = Array(try Fixture.frame("ipv6-first-fragment").dropFirst(14))
    let expected = IPv6UpperLayer(
      protocolNumber: .udp, offset: 72, headerCount: 4, fragmentOffset: 0)
    #expect(try IPv6View(bytes.rawBytes).upperLayer() == expected)
  }

  @Test func stopsBehindALaterFragment() throws {
    var bytes = Array(try Fixture.frame("ipv6-first-fragment").dropFirst(14))
    bytes[40 + 16 + 3] = 0x09
    let expected = IPv6UpperLayer(
      protocolNumber: .destinationOptions, offset: 64, headerCount: 3, fragmentOffset: 1)
    #expect(try IPv6View(bytes.rawBytes).upperLayer() == expected)
  }

  @Test func seesRouterAlert() throws {
    let bytes = Array(try Fixture.frame("mld-report").dropFirst(14))
    let expected = IPv6UpperLayer(
      protocolNumber: .icmpv6, offset: 48, headerCount: 1, routerAlert: 0)
    #expect(try IPv6View(bytes.rawBytes).upperLayer() == expected)
  }

  @Test func doesNotWalkForEver() {
    let option: [UInt8] = [60, 0, 1, 4, 0, 0, 0, 0]
    var bytes = IPv6Header(
      payloadLength: 800, nextHeader: .destinationOptions, hopLimit: 1, source: .alice,
      destination: .bob
    ).bytes
    for _ in 0..<100 { bytes += option }
    #expect(
      wireError { () throws(WireError) in _ = try IPv6View(bytes.rawBytes).upperLayer() }
        == .malformed(layer: .ipv6Extension, field: .nextHeader, value: 60, offset: 40 + 16 * 8))
  }

  /// All kinds with their own count of bytes: RFC 8200, section 4; RFC 4302, section 2.2.
  @Test(arguments: [
    (IPProtocol.hopByHop, 6), (.routing, 22), (.fragment, 6), (.destinationOptions, 2046),
    (.authentication, 22), (.authentication, 6), (.authentication, 1026), (.mobility, 6),
  ])
  func extensionHeadersSurviveARoundTrip(_ kind: IPProtocol, _ count: Int) throws {
    let body = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    let header = IPv6ExtensionHeader(kind: kind, nextHeader: .udp, body: body)
    let bytes = emitted(byteCount: header.byteCount) { output in header.write(into: &output) }
    #expect(bytes.count == count + 2)
    #expect(try IPv6ExtensionHeader(parsing: bytes.rawBytes, kind: kind) == header)
    #expect(header.bytes == bytes)
  }

  @Test func readsAFragmentHeader() throws {
    let bytes: [UInt8] = [17, 0, 0x05, 0xa9, 0xde, 0xad, 0xbe, 0xef]
    let view = try IPv6ExtensionView(bytes.rawBytes, kind: .fragment)
    #expect(view.nextHeader == .udp)
    #expect(view.fragmentOffset == 181)
    #expect(view.hasMoreFragments == true)
    #expect(view.fragmentIdentification == 0xdead_beef)
  }
}

@Suite struct UDPTests {
  @Test func deconstructParseAndEmit() throws {
    let bytes = Array(try Fixture.frame("udp-ipv4").dropFirst(34))
    let view = try UDPView(bytes.rawBytes)
    #expect(view.sourcePort == 44313)
    #expect(view.destinationPort == 9999)
    #expect(view.length == 14)
    #expect(view.payload.byteCount == 6)
    let header = try UDPHeader(parsing: bytes.rawBytes)
    #expect(
      header
        == UDPHeader(
          sourcePort: 44313, destinationPort: 9999, payloadByteCount: 6, checksum: view.checksum))
    #expect(emitted(header) == Array(bytes.prefix(8)))
  }

  @Test func aLengthBelowTheHeaderIsAnError() {
    let bytes: [UInt8] = [0, 1, 0, 2, 0, 7, 0, 0]
    #expect(
      wireError { () throws(WireError) in _ = try UDPHeader(parsing: bytes.rawBytes) }
        == .malformed(layer: .udp, field: .length, value: 7, offset: 4))
  }

  /// A datagram whose checksum, put in its place, makes pseudo-header and datagram sum to zero.
  @Test func theChecksumCoversThePseudoHeader() throws {
    let payload: [UInt8] = Array("hello".utf8)
    var header = UDPHeader(sourcePort: 9, destinationPort: 623, payloadByteCount: payload.count)
    header.checksum = header.checksum(
      source: .alice, destination: .bob as IPv4Address, payload: payload.rawBytes)
    var sum = InternetChecksum()
    sum.addPseudoHeader(
      source: .alice, destination: .bob as IPv4Address, protocol: .udp, length: 13)
    sum.add((header.bytes + payload).rawBytes)
    #expect(sum.value == 0)
    header.checksum = header.checksum(
      source: .alice, destination: .bob as IPv6Address, payload: payload.rawBytes)
    sum = InternetChecksum()
    sum.addPseudoHeader(
      source: .alice, destination: .bob as IPv6Address, protocol: .udp, length: 13)
    sum.add((header.bytes + payload).rawBytes)
    #expect(sum.value == 0)
  }

  /// RFC 768: a computed zero is sent as all ones.
  @Test func aZeroChecksumIsSentAsAllOnes() {
    let header = UDPHeader(sourcePort: 0, destinationPort: 0, payloadByteCount: 2)
    let none = IPv4Address.unspecified
    let open = header.checksum(source: none, destination: none, payload: [0, 0].rawBytes)
    let filler = [UInt8(open >> 8), UInt8(open & 0xff)]
    #expect(header.checksum(source: none, destination: none, payload: filler.rawBytes) == 0xffff)
  }
}

@Suite struct TCPTests {
  @Test func deconstructParseAndEmit() throws {
    let bytes = Array(try Fixture.frame("tcp-syn").dropFirst(34))
    let view = try TCPView(bytes.rawBytes)
    #expect(view.sourcePort == 52508)
    #expect(view.destinationPort == 9999)
    #expect(view.sequenceNumber == 38_917_162)
    #expect(view.acknowledgmentNumber == 0)
    #expect(view.headerLength == 40)
    #expect(view.flags == .syn)
    #expect(view.window == 64240)
    #expect(view.urgentPointer == 0)
    #expect(view.payload.byteCount == 0)
    let options = try HeaderOption.list(view.options, layer: .tcpOption)
    #expect(options.first == .option(kind: 2, data: [0x05, 0xb4]))
    #expect(options.last == .option(kind: 3, data: [10]))
    #expect(options.count == 5)
    let header = try TCPHeader(parsing: bytes.rawBytes)
    #expect(emitted(header) == bytes)
  }

  /// The kernel's own checksum of a reset.
  @Test func theChecksumCoversThePseudoHeader() throws {
    let bytes = Array(try Fixture.frame("tcp-reset").dropFirst(34))
    var sum = InternetChecksum(bytes.rawBytes)
    sum.addPseudoHeader(
      source: .bob, destination: .alice as IPv4Address, protocol: .tcp, length: bytes.count)
    #expect(sum.value == 0)
    let header = try TCPHeader(parsing: bytes.rawBytes)
    #expect(header.flags == [.rst, .ack])
    #expect(emitted(header) == bytes)
  }

  @Test func everyFlagAndReservedBitSurvives() throws {
    let header = TCPHeader(
      sourcePort: 1, destinationPort: 2, sequenceNumber: .max, flags: TCPFlags(rawValue: 0xfff))
    #expect(try TCPHeader(parsing: emitted(header).rawBytes) == header)
  }

  @Test func aShortDataOffsetIsAnError() {
    var bytes = [UInt8](repeating: 0, count: 20)
    bytes[12] = 0x40
    #expect(
      wireError { () throws(WireError) in _ = try TCPHeader(parsing: bytes.rawBytes) }
        == .malformed(layer: .tcp, field: .dataOffset, value: 4, offset: 12))
  }
}
