import LinkLayer
import Support
import Testing

@Suite struct ICMPTests {
  @Test func deconstruct() throws {
    let bytes = Array(try Fixture.frame("icmp-echo-request").dropFirst(34))
    let view = try ICMPView(bytes.rawBytes)
    #expect(view.type == 8)
    #expect(view.code == 0)
    #expect(view.hasValidChecksum == true)
    #expect(view.identifier == 19093)
    #expect(view.sequenceNumber == 1)
    #expect(view.data.byteCount == 16)
  }

  @Test(arguments: [
    "icmp-echo-request", "icmp-echo-reply", "icmp-port-unreachable",
  ])
  func parseAndEmit(_ name: String) throws {
    let bytes = Array(try Fixture.frame(name).dropFirst(14))
    #expect(emitted(try ICMPPacket(parsing: bytes.rawBytes)) == bytes)
    let message = try ICMPMessage(parsing: Array(bytes.dropFirst(20)).rawBytes)
    #expect(emitted(message) == Array(bytes.dropFirst(20)))
  }

  @Test func construct() throws {
    let bytes = Array(try Fixture.frame("icmp-echo-reply").dropFirst(14))
    let packet = ICMPPacket(
      source: .bob, destination: .alice, identification: 25704, flags: [],
      message: .echoReply(
        identifier: 19093, sequenceNumber: 1, payload: Array(bytes.dropFirst(28))))
    #expect(emitted(packet) == bytes)
    #expect(try ICMPPacket(parsing: bytes.rawBytes) == packet)
  }

  @Test(arguments: ["icmpv6-echo-request", "icmpv6-port-unreachable"])
  func parseAndEmitVersion6(_ name: String) throws {
    let bytes = Array(try Fixture.frame(name).dropFirst(14))
    #expect(emitted(try ICMPv6Packet(parsing: bytes.rawBytes)) == bytes)
    var damaged = bytes
    damaged[bytes.count - 1] ^= 1
    guard
      case .malformed(.icmpv6, .checksum, _, 42) = wireError({ () throws(WireError) in
        _ = try ICMPv6Packet(parsing: damaged.rawBytes)
      })
    else {
      Issue.record("a wrong checksum was believed")
      return
    }
  }

  /// Neighbor Discovery and MLDv2 have packets of their own, with rules of their own.
  @Test(arguments: ["ndp-solicitation", "mld-report", "udp-ipv4"])
  func version6HoldsNothingElse(_ name: String) throws {
    let bytes = Array(try Fixture.frame(name).dropFirst(14))
    #expect(throws: WireError.self) { try ICMPv6Packet(parsing: bytes.rawBytes) }
  }

  @Test func quotesThePacketAtFault() throws {
    let bytes = Array(try Fixture.frame("icmp-port-unreachable").dropFirst(14))
    let packet = try ICMPPacket(parsing: bytes.rawBytes)
    guard case .destinationUnreachable(3, 0, 0, let original) = packet.message else {
      Issue.record("not the message: \(packet.message)")
      return
    }
    #expect(try IPv4Header(parsing: original.rawBytes).protocolNumber == .udp)
  }

  @Test func unknownMessagesSurvive() throws {
    for message in [
      ICMPMessage.unknown(type: 13, code: 0, body: [1, 2, 3, 4, 5]),
      .unknown(type: 8, code: 1, body: [0, 0, 0, 0]),
      .destinationUnreachable(code: 4, originalLength: 2, nextHopMTU: 1280, original: [1, 2, 3]),
    ] {
      #expect(try ICMPMessage(parsing: emitted(message).rawBytes) == message)
    }
    #expect(ICMPMessage.unknown(type: 13, code: 0, body: [1]).byteCount == 8)
  }

  @Test func aWrongChecksumIsAnError() throws {
    var bytes = Array(try Fixture.frame("icmp-echo-reply").dropFirst(14))
    bytes[40] ^= 1
    let checksum = UInt64(bytes[22]) << 8 | UInt64(bytes[23])
    #expect(
      wireError { () throws(WireError) in _ = try ICMPPacket(parsing: bytes.rawBytes) }
        == .malformed(layer: .icmp, field: .checksum, value: checksum, offset: 22))
  }

  @Test func aPacketWithOptionsIsLeftToTheHeader() throws {
    let bytes = Array(try Fixture.frame("icmp-echo-reply-record-route").dropFirst(14))
    #expect(throws: WireError.self) { try ICMPPacket(parsing: bytes.rawBytes) }
  }
}
