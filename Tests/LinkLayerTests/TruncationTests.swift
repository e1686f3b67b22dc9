import LinkLayer
import Support
import Testing

/// Every format, cut at every length: the error must name the layer, how many bytes were needed
/// and how many there were, what said so, and where the layer begins.
@Suite struct TruncationTests {
  /// What is missing as long as fewer than `below` bytes are there.
  struct Tier: Sendable {
    var below: Int
    var layer: WireLayer
    var needed: Int
    var from: LengthSource
    var offset = 0
  }

  struct Format: Sendable, CustomTestStringConvertible {
    var name: String
    var fixture: String
    var start: Int
    var parse: @Sendable (RawSpan) throws(WireError) -> Void
    var tiers: [Tier]
    var testDescription: String { name }
  }

  static let formats: [Format] = [
    Format(
      name: "Ethernet", fixture: "arp-request", start: 0,
      parse: { bytes throws(WireError) in _ = try EthernetHeader(parsing: bytes) },
      tiers: [Tier(below: 14, layer: .ethernet, needed: 14, from: .format)]),
    Format(
      name: "two VLAN tags", fixture: "arp-request-vlan100-7", start: 0,
      parse: { bytes throws(WireError) in _ = try EthernetHeader(parsing: bytes) },
      tiers: [
        Tier(below: 14, layer: .ethernet, needed: 14, from: .format),
        Tier(below: 18, layer: .vlanTag, needed: 6, from: .format, offset: 12),
        Tier(below: 22, layer: .vlanTag, needed: 6, from: .format, offset: 16),
      ]),
    Format(
      name: "LLC", fixture: "arp-request-snap", start: 0,
      parse: { bytes throws(WireError) in _ = try EthernetHeader(parsing: bytes) },
      tiers: [
        Tier(below: 14, layer: .ethernet, needed: 14, from: .format),
        Tier(
          below: 50, layer: .logicalLinkControl, needed: 36, from: .field(.ethernetLength),
          offset: 14),
      ]),
    Format(
      name: "IPoIB", fixture: "arp-announcement-ipoib", start: 0,
      parse: { bytes throws(WireError) in _ = try IPoIBHeader(parsing: bytes) },
      tiers: [Tier(below: 24, layer: .ipoib, needed: 24, from: .format)]),
    Format(
      name: "ARP", fixture: "arp-request", start: 14,
      parse: { bytes throws(WireError) in _ = try ARPPacket(parsing: bytes) },
      tiers: [
        Tier(below: 8, layer: .arp, needed: 8, from: .format),
        Tier(below: 28, layer: .arp, needed: 28, from: .field(.hardwareLength)),
      ]),
    Format(
      name: "ARP of InfiniBand", fixture: "arp-announcement-ipoib", start: 24,
      parse: { bytes throws(WireError) in _ = try ARPPacket(parsing: bytes) },
      tiers: [
        Tier(below: 8, layer: .arp, needed: 8, from: .format),
        Tier(below: 56, layer: .arp, needed: 56, from: .field(.hardwareLength)),
      ]),
    Format(
      name: "IPv4", fixture: "icmp-echo-reply-record-route", start: 14,
      parse: { bytes throws(WireError) in _ = try IPv4Header(parsing: bytes) },
      tiers: [
        Tier(below: 20, layer: .ipv4, needed: 20, from: .format),
        Tier(below: 76, layer: .ipv4, needed: 76, from: .field(.totalLength)),
      ]),
    Format(
      name: "IPv6", fixture: "ndp-solicitation", start: 14,
      parse: { bytes throws(WireError) in _ = try IPv6Header(parsing: bytes) },
      tiers: [
        Tier(below: 40, layer: .ipv6, needed: 40, from: .format),
        Tier(below: 72, layer: .ipv6, needed: 72, from: .field(.payloadLength)),
      ]),
    Format(
      name: "fragment header", fixture: "ipv6-first-fragment", start: 14 + 40 + 16,
      parse: { bytes throws(WireError) in
        _ = try IPv6ExtensionHeader(parsing: bytes, kind: .fragment)
      },
      tiers: [Tier(below: 8, layer: .ipv6Extension, needed: 8, from: .format)]),
    Format(
      name: "UDP", fixture: "udp-ipv4", start: 34,
      parse: { bytes throws(WireError) in _ = try UDPHeader(parsing: bytes) },
      tiers: [
        Tier(below: 8, layer: .udp, needed: 8, from: .format),
        Tier(below: 14, layer: .udp, needed: 14, from: .field(.length)),
      ]),
    Format(
      name: "TCP", fixture: "tcp-syn", start: 34,
      parse: { bytes throws(WireError) in _ = try TCPHeader(parsing: bytes) },
      tiers: [
        Tier(below: 20, layer: .tcp, needed: 20, from: .format),
        Tier(below: 40, layer: .tcp, needed: 40, from: .field(.dataOffset)),
      ]),
    Format(
      name: "ICMP", fixture: "icmp-echo-request", start: 34,
      parse: { bytes throws(WireError) in _ = try ICMPView(bytes) },
      tiers: [Tier(below: 8, layer: .icmp, needed: 8, from: .format)]),
    Format(
      name: "ICMPv6", fixture: "ndp-solicitation", start: 54,
      parse: { bytes throws(WireError) in _ = try ICMPv6View(bytes) },
      tiers: [Tier(below: 4, layer: .icmpv6, needed: 4, from: .format)]),
    Format(
      name: "Neighbor Solicitation", fixture: "ndp-solicitation", start: 54,
      parse: { bytes throws(WireError) in _ = try NeighborSolicitationView(bytes) },
      tiers: [
        Tier(below: 24, layer: .neighborSolicitation, needed: 24, from: .format),
        Tier(below: 25, layer: .ndpOption, needed: 0, from: .format, offset: -1),
        Tier(below: 26, layer: .ndpOption, needed: 2, from: .format, offset: 24),
        Tier(
          below: 32, layer: .ndpOption, needed: 8, from: .field(.optionLength), offset: 24),
      ]),
    Format(
      name: "Neighbor Advertisement", fixture: "ndp-advertisement", start: 54,
      parse: { bytes throws(WireError) in _ = try NeighborAdvertisementView(bytes) },
      tiers: [
        Tier(below: 24, layer: .neighborAdvertisement, needed: 24, from: .format),
        Tier(below: 25, layer: .ndpOption, needed: 0, from: .format, offset: -1),
        Tier(below: 26, layer: .ndpOption, needed: 2, from: .format, offset: 24),
        Tier(
          below: 32, layer: .ndpOption, needed: 8, from: .field(.optionLength), offset: 24),
      ]),
    Format(
      name: "Router Solicitation", fixture: "ndp-router-solicitation", start: 54,
      parse: { bytes throws(WireError) in _ = try RouterSolicitationView(bytes) },
      tiers: [
        Tier(below: 8, layer: .routerSolicitation, needed: 8, from: .format),
        Tier(below: 9, layer: .ndpOption, needed: 0, from: .format, offset: -1),
        Tier(below: 10, layer: .ndpOption, needed: 2, from: .format, offset: 8),
        Tier(below: 16, layer: .ndpOption, needed: 8, from: .field(.optionLength), offset: 8),
      ]),
    Format(
      name: "Router Advertisement", fixture: "ndp-router-advertisement", start: 54,
      parse: { bytes throws(WireError) in _ = try RouterAdvertisementView(bytes) },
      tiers: [
        Tier(below: 16, layer: .routerAdvertisement, needed: 16, from: .format),
        Tier(below: 17, layer: .ndpOption, needed: 0, from: .format, offset: -1),
        Tier(below: 18, layer: .ndpOption, needed: 2, from: .format, offset: 16),
        Tier(below: 24, layer: .ndpOption, needed: 8, from: .field(.optionLength), offset: 16),
        Tier(below: 25, layer: .ndpOption, needed: 0, from: .format, offset: -1),
        Tier(below: 26, layer: .ndpOption, needed: 2, from: .format, offset: 24),
        Tier(below: 32, layer: .ndpOption, needed: 8, from: .field(.optionLength), offset: 24),
        Tier(below: 33, layer: .ndpOption, needed: 0, from: .format, offset: -1),
        Tier(below: 34, layer: .ndpOption, needed: 2, from: .format, offset: 32),
        Tier(below: 64, layer: .ndpOption, needed: 32, from: .field(.optionLength), offset: 32),
      ]),
    Format(
      name: "MLDv2 report", fixture: "mld-report", start: 62,
      parse: { bytes throws(WireError) in _ = try MulticastListenerReportView(bytes) },
      tiers: [
        Tier(below: 8, layer: .multicastListenerReport, needed: 8, from: .format),
        Tier(below: 28, layer: .multicastAddressRecord, needed: 20, from: .format, offset: 8),
        Tier(below: 48, layer: .multicastAddressRecord, needed: 20, from: .format, offset: 28),
      ]),
  ]

  @Test(arguments: formats)
  func cutAtEveryLength(_ format: Format) throws {
    let bytes = Array(try Fixture.frame(format.fixture).dropFirst(format.start))
    let end = format.tiers.last?.below ?? 0
    for count in 0..<end {
      let tier = try #require(format.tiers.first { count < $0.below })
      let part = Array(bytes.prefix(count))
      let error = wireError { () throws(WireError) in try format.parse(part.rawBytes) }
      // Cut between two options, the message is whole: its length is told by IP.
      guard tier.offset >= 0 else {
        #expect(error == nil, "\(count) bytes")
        continue
      }
      #expect(
        error
          == .truncated(
            layer: tier.layer, needed: tier.needed, available: count - tier.offset,
            lengthFrom: tier.from, offset: tier.offset), "\(count) bytes")
    }
    let whole = Array(bytes.prefix(end))
    #expect(wireError { () throws(WireError) in try format.parse(whole.rawBytes) } == nil)
  }

  @Test func recordsSayWhichLengthAskedForTheirBytes() {
    var record = [UInt8](repeating: 0, count: 20)
    record[1] = 2
    record[3] = 1
    for count in 0..<44 {
      let part = Array((record + [UInt8](repeating: 0, count: 24)).prefix(count))
      let (needed, from): (Int, LengthSource) =
        count < 20
        ? (20, .format)
        : count < 36 ? (36, .field(.sourceCount)) : (44, .field(.auxiliaryDataLength))
      #expect(
        wireError { () throws(WireError) in _ = try MulticastAddressRecord(parsing: part.rawBytes) }
          == .truncated(
            layer: .multicastAddressRecord, needed: needed, available: count, lengthFrom: from,
            offset: 0))
    }
  }

  @Test func extensionHeadersAreToldWhereTheyBegin() throws {
    let bytes = Array(try Fixture.frame("ipv6-first-fragment").dropFirst(14))
    for end in 40..<72 {
      var part = Array(bytes.prefix(end))
      part[5] = UInt8(end - 40)
      let header = (end - 40) / 8 * 8
      #expect(
        wireError { () throws(WireError) in _ = try IPv6View(part.rawBytes).upperLayer() }
          == .truncated(
            layer: .ipv6Extension, needed: 8, available: end - 40 - header, lengthFrom: .format,
            offset: 40 + header))
    }
    let long: [UInt8] = [59, 3, 0, 0, 0, 0, 0, 0, 0]
    #expect(
      wireError { () throws(WireError) in
        _ = try IPv6ExtensionView(long.rawBytes, kind: .hopByHop)
      }
        == .truncated(
          layer: .ipv6Extension, needed: 32, available: 9, lengthFrom: .field(.extensionLength),
          offset: 0))
  }

  @Test func errorsShift() {
    let error = WireError.truncated(
      layer: .udp, needed: 8, available: 3, lengthFrom: .format, offset: 2)
    #expect(error.shifted(by: 34).offset == 36)
    #expect(error.shifted(by: 34).layer == .udp)
    let other = WireError.malformed(layer: .tcp, field: .dataOffset, value: 1, offset: 12)
    #expect(
      other.shifted(by: 8) == .malformed(layer: .tcp, field: .dataOffset, value: 1, offset: 20))
    #expect(other.layer == .tcp)
  }
}
