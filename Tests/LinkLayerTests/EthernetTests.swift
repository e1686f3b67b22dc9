import LinkLayer
import Support
import Testing

@Suite struct EthernetTests {
  static let arpHeader = EthernetHeader(destination: .broadcast, source: .alice, etherType: .arp)

  @Test func deconstruct() throws {
    let bytes = try Fixture.frame("arp-request")
    let view = try EthernetFrameView(bytes.rawBytes)
    #expect(view.destination == .broadcast)
    #expect(view.source == .alice)
    #expect(view.outerTag == nil)
    #expect(view.innerTag == nil)
    #expect(view.etherType == .arp)
    #expect(view.encapsulation == .ethernetII)
    #expect(view.headerByteCount == 14)
    #expect(view.payload.byteCount == 28)
  }

  @Test func parseAndEmit() throws {
    let bytes = try Fixture.frame("arp-request")
    #expect(try EthernetHeader(parsing: bytes.rawBytes) == Self.arpHeader)
    #expect(emitted(Self.arpHeader) == Array(bytes.prefix(14)))
  }

  @Test func oneTag() throws {
    let bytes = try Fixture.frame("arp-request-vlan5")
    var header = Self.arpHeader
    header.outerTag = VLANTag(priority: 3, identifier: 5)
    #expect(try EthernetHeader(parsing: bytes.rawBytes) == header)
    #expect(emitted(header) == Array(bytes.prefix(18)))
    #expect(try EthernetFrameView(bytes.rawBytes).payload.byteCount == 28)
  }

  @Test func twoTags() throws {
    let bytes = try Fixture.frame("arp-request-vlan100-7")
    var header = Self.arpHeader
    header.outerTag = VLANTag(tpid: .serviceVLAN, dropEligible: true, identifier: 100)
    header.innerTag = VLANTag(priority: 7, identifier: 7)
    #expect(try EthernetHeader(parsing: bytes.rawBytes) == header)
    #expect(emitted(header) == Array(bytes.prefix(22)))
    #expect(try EthernetFrameView(bytes.rawBytes).payload.byteCount == 28)
  }

  @Test func aThirdTagIsThePayload() throws {
    var bytes = try Fixture.frame("arp-request-vlan100-7")
    bytes.insert(contentsOf: [0x81, 0, 0, 1], at: 20)
    let view = try EthernetFrameView(bytes.rawBytes)
    #expect(view.etherType == .vlan)
    #expect(view.headerByteCount == 22)
  }

  @Test func snapIsSeenThrough() throws {
    let bytes = try Fixture.frame("arp-request-snap")
    var header = Self.arpHeader
    header.encapsulation = .snap(length: 36, organization: 0)
    #expect(try EthernetHeader(parsing: bytes.rawBytes) == header)
    #expect(emitted(header) == Array(bytes.prefix(22)))
    #expect(try EthernetFrameView(bytes.rawBytes).payload.byteCount == 28)
  }

  @Test func snapOfBridgesIsSeenThroughAndOfVendorsIsNot() throws {
    var bytes = try Fixture.frame("arp-request-snap")
    bytes[19] = 0xf8
    #expect(
      try EthernetHeader(parsing: bytes.rawBytes).encapsulation
        == .snap(length: 36, organization: 0xf8))
    bytes[17] = 0x08
    let header = try EthernetHeader(parsing: bytes.rawBytes)
    #expect(header.encapsulation == .llc)
    #expect(header.etherType.rawValue == 36)
    #expect(emitted(header) == Array(bytes.prefix(14)))
  }

  @Test func otherLLCIsThePayload() throws {
    let bytes = try Fixture.frame("spanning-tree")
    let view = try EthernetFrameView(bytes.rawBytes)
    #expect(view.encapsulation == .llc)
    #expect(view.payload.byteCount == 38)
    let header = try EthernetHeader(parsing: bytes.rawBytes)
    #expect(emitted(header) == Array(bytes.prefix(14)))
  }

  @Test func unknownEtherTypesSurvive() throws {
    for type in [0x05dd, 0x0600, 0x88b5, 0xffff] as [UInt16] {
      var header = Self.arpHeader
      header.etherType = EtherType(rawValue: type)
      #expect(try EthernetHeader(parsing: header.bytes.rawBytes) == header)
    }
  }

  @Test func aTagHoldsItsFields() {
    var tag = VLANTag(priority: 15, dropEligible: true, identifier: 0xffff)
    #expect(tag.tci == 0xffff)
    #expect(tag.priority == 7 && tag.dropEligible && tag.identifier == 4095)
    tag.identifier = 257
    #expect(tag.tci == 0xf101)
    tag.priority = 2
    tag.dropEligible = false
    #expect(tag.tci == 0x4101)
    #expect(VLANTag(tci: 0x4101) == VLANTag(priority: 2, identifier: 257))
  }
}

@Suite struct IPoIBTests {
  @Test func deconstructParseAndEmit() throws {
    let bytes = try Fixture.frame("arp-announcement-ipoib")
    let view = try IPoIBFrameView(bytes.rawBytes)
    #expect(view.etherType == .arp)
    #expect(view.reserved == 0)
    #expect(view.payload.byteCount == 56)
    #expect(
      view.destination.description == "00:ff:ff:ff:ff:12:40:1b:ff:ff:00:00:00:00:00:00:ff:ff:ff:ff")
    let header = try IPoIBHeader(parsing: bytes.rawBytes)
    #expect(header == IPoIBHeader(destination: view.destination, etherType: .arp))
    #expect(emitted(header) == Array(bytes.prefix(24)))
  }

  @Test func reservedBytesSurvive() throws {
    let header = IPoIBHeader(
      destination: HardwareAddress(repeating: 1, count: 20), etherType: .ipv4, reserved: 0x1234)
    #expect(try IPoIBHeader(parsing: emitted(header).rawBytes) == header)
  }
}
