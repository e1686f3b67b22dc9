import Crafting
import LinkLayer
import Support
import Testing

/// What is filled in, and what is left as it was said.
@Suite("A frame is made of what was said") struct AssemblerTests {
  private func made(_ text: String, _ surroundings: CraftSurroundings = .init()) throws -> [UInt8] {
    try FrameAssembler(surroundings).bytes(of: CraftedFrame(parsing: text))
  }

  @Test("byte for byte as LinkLayer makes it, lengths and checksums filled in")
  func known() throws {
    let text = """
      eth src=02:00:00:00:00:0a dst=02:00:00:00:00:0b / ip src=192.0.2.1 dst=192.0.2.2 ttl=64
       / udp sport=1000 dport=2000 / data text="hello"
      """
    let packet = UDPPacket(
      hosts: .v4(
        source: IPv4Address(rawValue: 0xC000_0201), destination: IPv4Address(rawValue: 0xC000_0202)),
      sourcePort: 1000, destinationPort: 2000, payload: Array("hello".utf8))
    let header = EthernetHeader(
      destination: MACAddress(rawValue: 0x02_00_00_00_00_0b),
      source: MACAddress(rawValue: 0x02_00_00_00_00_0a), etherType: .ipv4)
    let bytes = try made(text)
    // LinkLayer sets the flag that forbids fragments or not: all else is the same.
    #expect(bytes.count == header.byteCount + packet.byteCount)
    #expect(Array(bytes.suffix(13)) == Array((header.bytes + packet.bytes).suffix(13)))
    #expect(Array(bytes.prefix(14)) == header.bytes)
  }

  @Test("lengths and checksums that are said stay as they are, and nothing else moves")
  func forced() throws {
    let plain = try made("eth / ip src=192.0.2.1 dst=192.0.2.2 / udp / data zeros=4")
    let lied = try made(
      "eth / ip src=192.0.2.1 dst=192.0.2.2 len=1000 sum=0x1234 / udp len=9 sum=7 / data zeros=4")
    #expect(Array(lied[16..<18]) == [0x03, 0xe8])
    #expect(Array(lied[24..<26]) == [0x12, 0x34])
    #expect(Array(lied[38..<42]) == [0, 9, 0, 7])
    #expect(lied.count == plain.count)
  }

  @Test("addresses of the sender and of groups come from where it is sent")
  func surroundings() throws {
    var place = CraftSurroundings()
    place.source = MACAddress(rawValue: 0x02_00_00_00_00_33)
    place.ipv4 = IPv4Address(rawValue: 0xC000_0209)
    let arp = try made("eth / arp tpa=192.0.2.1", place)
    #expect(Array(arp[0..<12]) == [255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 0x33])
    #expect(Array(arp[22..<32]) == [2, 0, 0, 0, 0, 0x33, 192, 0, 2, 9])
    let group = try made("eth / ip dst=224.0.0.251 / udp dport=5353", place)
    #expect(Array(group[0..<6]) == [1, 0, 0x5e, 0, 0, 0xfb])
    let group6 = try made("eth / ip6 src=fe80::1 dst=ff02::1:ff00:9 / ns target=fe80::9 / sll")
    #expect(Array(group6[0..<6]) == [0x33, 0x33, 0xff, 0, 0, 9])
    #expect(group6[21] == 255)
    place.destination = nil
    let unknown = try CraftedFrame(parsing: "eth / ip dst=192.0.2.2 / icmp")
    #expect(
      FrameAssembler().unresolvedDestination(of: unknown)
        == .v4(IPv4Address(rawValue: 0xC000_0202)))
    #expect(throws: CraftError.missing(layer: "eth", field: "dst")) {
      try FrameAssembler(place).bytes(of: unknown)
    }
  }

  static let refused: [(String, CraftError)] = [
    ("", .empty), ("eth / / arp", .empty), ("ethernet", .unknownLayer("ethernet")),
    ("eth / ip cost=3", .unknownField(layer: "ip", field: "cost")),
    ("eth / ip fast", .unknownWord(layer: "ip", word: "fast")),
    ("eth / ip ttl=1 ttl=2", .repeated(layer: "ip", field: "ttl")),
    ("eth / ip df df", .repeated(layer: "ip", field: "df")),
    ("eth / data text=\"x", .openQuote), ("eth / pad 3 / data ff", .misplaced(layer: "pad")),
    ("eth / arp", .missing(layer: "arp", field: "spa")),
    ("eth / ip src=192.0.2.1", .missing(layer: "ip", field: "dst")),
  ]

  @Test("what cannot be is refused by its name", arguments: refused)
  func refusal(text: String, error: CraftError) {
    #expect(throws: error) { try made(text) }
  }

  static let tooMuch = [
    "ip ttl=256", "ip ttl=-1", "ip ttl=+1", "ip ttl=0x1ff", "vlan id=4096", "ip src=192.0.2",
    "eth dst=02:00", "tcp flags=syn,wrong", "ip options=0", "data hex=0g", "data zeros=262145",
    "arp op=ask", "ip6 dst=1::2::3", "tcp seq=4294967296",
  ]

  @Test("a value that its field cannot hold is refused", arguments: tooMuch)
  func values(text: String) {
    #expect {
      _ = try CraftedFrame(parsing: text)
    } throws: { error in
      guard case CraftError.badValue = error else { return false }
      return "\(error)".contains("expected")
    }
  }

  @Test("the longest frame is 256 KiB")
  func length() throws {
    #expect(throws: CraftError.self) { try made("eth / data zeros=262144") }
  }
}
