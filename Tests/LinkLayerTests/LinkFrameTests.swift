import LinkLayer
import Support
import Testing

@Suite struct LinkFrameTests {
  /// The frames whose payload and framing `LinkFrame` writes just as they came.
  static let exact: [(name: String, framing: LinkFraming)] = [
    ("arp-request", .ethernet), ("arp-reply", .ethernet), ("arp-request-vlan5", .ethernet),
    ("arp-request-vlan100-7", .ethernet), ("icmp-echo-request", .ethernet),
    ("icmp-echo-reply", .ethernet), ("icmp-echo-reply-record-route", .ethernet),
    ("icmp-port-unreachable", .ethernet), ("udp-ipv4", .ethernet), ("tcp-syn", .ethernet),
    ("tcp-reset", .ethernet), ("ndp-solicitation-dad", .ethernet), ("ndp-solicitation", .ethernet),
    ("ndp-advertisement", .ethernet), ("ndp-router-solicitation", .ethernet),
    ("ndp-router-advertisement", .ethernet), ("mld-report", .ethernet),
    ("icmpv6-echo-request", .ethernet), ("icmpv6-port-unreachable", .ethernet),
    ("ipv6-first-fragment", .ethernet), ("arp-announcement-ipoib", .ipoib),
    ("ndp-advertisement-ipoib", .ipoib),
  ]

  @Test(arguments: exact.indices)
  func survivesARoundTrip(_ index: Int) throws {
    let (name, framing) = Self.exact[index]
    let bytes = try Fixture.frame(name)
    let (frame, tag) = try LinkFrame.parse(bytes.rawBytes, framing: framing)
    let count = frame.byteCount(framing: framing, tag: tag)
    let written = emitted(byteCount: count) { output in
      frame.write(into: &output, framing: framing, tag: tag)
    }
    #expect(written == bytes)
    #expect(frame.bytes(framing: framing, tag: tag) == bytes)
  }

  @Test func knowsWhatItCarries() throws {
    func kind(_ name: String, _ framing: LinkFraming = .ethernet) throws -> String {
      let bytes = try Fixture.frame(name)
      return switch try LinkFrame(parsing: bytes.rawBytes, framing: framing).payload {
      case .arp: "arp"
      case .ndp: "ndp"
      case .icmp: "icmp"
      case .icmpv6: "icmpv6"
      case .multicastListenerReport: "mld"
      case .magicPacket: "wake-on-lan"
      case .other(let type, let bytes): "other \(String(type.rawValue, radix: 16)) \(bytes.count)"
      }
    }
    #expect(try kind("arp-request-vlan5") == "arp")
    #expect(try kind("arp-request-snap") == "arp")
    #expect(try kind("arp-announcement-ipoib", .ipoib) == "arp")
    #expect(try kind("arp-request-vlan100-7") == "other 8100 32")
    #expect(try kind("icmp-echo-request") == "icmp")
    #expect(try kind("icmp-echo-reply-record-route") == "other 800 76")
    #expect(try kind("udp-ipv4") == "other 800 34")
    #expect(try kind("ndp-router-advertisement") == "ndp")
    #expect(try kind("icmpv6-echo-request") == "icmpv6")
    #expect(try kind("mld-report") == "mld")
    #expect(try kind("spanning-tree") == "other 26 38")
  }

  @Test func offersTheTag() throws {
    let taggedBytes = try Fixture.frame("arp-request-vlan5")
    let tagged = try LinkFrame.parse(taggedBytes.rawBytes, framing: .ethernet)
    #expect(tagged.tag == VLANTag(priority: 3, identifier: 5))
    let plainBytes = try Fixture.frame("arp-request")
    let plain = try LinkFrame.parse(plainBytes.rawBytes, framing: .ethernet)
    #expect(plain.tag == nil)
    #expect(plain.frame == tagged.frame)
  }

  @Test func paddingIsDroppedAndMade() throws {
    let padded = try Fixture.frame("arp-reply-padded")
    let frame = try LinkFrame(parsing: padded.rawBytes, framing: .ethernet)
    let zeros = frame.bytes(framing: .ethernet, padding: .ethernetMinimum)
    #expect(zeros == Array(padded.prefix(42)) + [UInt8](repeating: 0, count: 18))
    let tag = VLANTag(identifier: 1)
    #expect(frame.bytes(framing: .ethernet, tag: tag, padding: .ethernetMinimum).count == 64)
    #expect(frame.bytes(framing: .ethernet, tag: tag, padding: .bytes(3)).count == 49)
    #expect(frame.bytes(framing: .ethernet, padding: .bytes(-3)).count == 42)
    #expect(frame.bytes(framing: .ipoib, padding: .ethernetMinimum).count == 52)
  }

  @Test func aLongFrameIsNotPadded() throws {
    let bytes = try Fixture.frame("ndp-solicitation")
    let frame = try LinkFrame(parsing: bytes.rawBytes, framing: .ethernet)
    #expect(frame.bytes(framing: .ethernet, padding: .ethernetMinimum) == bytes)
  }

  @Test func arpOfOtherProtocolsIsKept() throws {
    var bytes = try Fixture.frame("arp-request")
    bytes[16] = 0x80
    let frame = try LinkFrame(parsing: bytes.rawBytes, framing: .ethernet)
    #expect(frame.payload == .other(.arp, Array(bytes.dropFirst(14))))
    #expect(frame.bytes(framing: .ethernet) == bytes)
  }

  @Test func errorsCountFromTheStartOfTheFrame() throws {
    var bytes = try Fixture.frame("arp-request-vlan5")
    bytes.removeLast()
    #expect(
      wireError { () throws(WireError) in
        _ = try LinkFrame(parsing: bytes.rawBytes, framing: .ethernet)
      }
        == .truncated(
          layer: .arp, needed: 28, available: 27, lengthFrom: .field(.hardwareLength), offset: 18))
    var solicitation = try Fixture.frame("ndp-solicitation")
    solicitation[20] = 0
    solicitation[21] = 0
    let frame = try LinkFrame(parsing: solicitation.rawBytes, framing: .ethernet)
    guard case .other(.ipv6, _) = frame.payload else {
      Issue.record("an echo behind hop-by-hop options is none of ours")
      return
    }
  }
}
