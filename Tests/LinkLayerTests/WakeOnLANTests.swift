import LinkLayer
import Support
import Testing

@Suite struct WakeOnLANTests {
  /// What Debian's etherwake 1.09 sends for 02:00:00:00:00:0b, as the switch saw it.
  private let frame: [UInt8]
  /// The same with `-p 192.168.1.1`.
  private let withPassword: [UInt8]
  private let plain = MagicPacket(target: .bob)

  /// The first packet in `bytes`, and where it begins.
  private func found(_ bytes: [UInt8]) -> (offset: Int, packet: MagicPacket, trailer: Int)? {
    guard let view = MagicPacketView(in: bytes.rawBytes) else { return nil }
    return (view.offset, MagicPacket(view), view.trailer.byteCount)
  }

  init() throws {
    frame = try Fixture.frame("magic-packet")
    withPassword = try Fixture.frame("magic-packet-secureon")
  }

  @Test func deconstruct() throws {
    let payload = Array(frame.dropFirst(14))
    let view = try MagicPacketView(payload.rawBytes)
    #expect(view.target == .bob)
    #expect(view.offset == 0)
    #expect(view.password == nil)
    #expect(view.trailer.byteCount == 0)
  }

  @Test func parse() throws {
    #expect(
      try LinkFrame(parsing: frame.rawBytes, framing: .ethernet).payload == .magicPacket(plain))
    let password = try #require(SecureOnPassword(text: "192.168.1.1"))
    #expect(
      try LinkFrame(parsing: withPassword.rawBytes, framing: .ethernet).payload
        == .magicPacket(MagicPacket(target: .bob, password: password)))
  }

  @Test func emit() throws {
    #expect(emitted(plain) == Array(frame.dropFirst(14)))
    #expect(frame.count == 116)
    for (text, count) in [("192.168.1.1", 106), ("00:22:44:66:88:aa", 108)] {
      let packet = MagicPacket(target: .bob, password: SecureOnPassword(text: text))
      #expect(emitted(packet).count == count)
      #expect(try MagicPacket(parsing: emitted(packet).rawBytes) == packet)
    }
  }

  @Test func aPayloadThatGoesOnIsKeptWhole() throws {
    let longer = frame + [1, 2, 3]
    guard
      case .other(.wakeOnLAN, let bytes) = try LinkFrame(
        parsing: longer.rawBytes, framing: .ethernet
      ).payload
    else {
      Issue.record("what is behind the pattern was lost")
      return
    }
    #expect(bytes == Array(longer.dropFirst(14)))
    let seen = try #require(found(longer))
    #expect(seen.offset == 14 && seen.packet.password == nil && seen.trailer == 3)
  }

  @Test func refusesABrokenPattern() throws {
    let payload = Array(frame.dropFirst(14))
    for index in payload.indices {
      var spoiled = payload
      spoiled[index] ^= 0x10
      #expect(
        wireError { () throws(WireError) in _ = try MagicPacket(parsing: spoiled.rawBytes) } != nil)
      #expect(found(spoiled) == nil, "byte \(index)")
    }
  }

  @Test func tellsWhatIsWrong() {
    let short = [UInt8](repeating: 0xff, count: 101)
    #expect(
      wireError { () throws(WireError) in _ = try MagicPacket(parsing: short.rawBytes) }
        == .truncated(
          layer: .wakeOnLAN, needed: 102, available: 101, lengthFrom: .format, offset: 0))
    let group = [UInt8](repeating: 0xff, count: 102)
    #expect(
      wireError { () throws(WireError) in _ = try MagicPacket(parsing: group.rawBytes) }
        == .malformed(
          layer: .wakeOnLAN, field: .wakeTarget, value: 0xffff_ffff_ffff, offset: 6))
    var broken = emitted(plain)
    broken[101] = 0x0c
    #expect(
      wireError { () throws(WireError) in _ = try MagicPacket(parsing: broken.rawBytes) }
        == .malformed(
          layer: .wakeOnLAN, field: .wakeTarget, value: 0x0200_0000_000c, offset: 96))
  }

  /// Whatever stands before it and behind it, and however many ones the former ends with.
  @Test func isFoundAnywhere() throws {
    var generator = SeededGenerator(seed: 0x0842)
    for round in 0..<500 {
      let target = MACAddress(
        rawValue: .random(in: 1...0xffff_ffff_ffff, using: &generator) & ~0x0100_0000_0000)
      guard MagicPacket.canWake(target) else { continue }
      let before =
        (0..<Int.random(in: 0...40, using: &generator)).map { _ in
          UInt8.random(in: 0...254, using: &generator)
        } + Array(repeating: 0xff, count: round % 20)
      let password = SecureOnPassword(bytes: (0..<6).map { UInt8($0) })
      let packet = MagicPacket(target: target, password: round % 2 == 0 ? password : nil)
      let bytes = before + packet.bytes
      let seen = try #require(found(bytes))
      #expect(seen.offset == before.count)
      #expect(seen.packet == packet)
    }
  }

  @Test func findsNothingInWhatIsNone() {
    #expect(found([UInt8](repeating: 0xff, count: 1500)) == nil)
    #expect(found([UInt8](repeating: 0, count: 1500)) == nil)
    #expect(found([]) == nil)
    let zeros = [UInt8](repeating: 0xff, count: 6) + [UInt8](repeating: 0, count: 96)
    #expect(found(zeros) == nil, "no station has the address of zeros")
  }

  @Test func readsPasswords() {
    #expect(SecureOnPassword(text: "192.168.1.1") == SecureOnPassword(bytes: [192, 168, 1, 1]))
    #expect(
      SecureOnPassword(text: "00:22:44:66:88:AA")
        == SecureOnPassword(bytes: [0, 0x22, 0x44, 0x66, 0x88, 0xaa]))
    #expect(
      SecureOnPassword(text: "0-22-44-66-88-aa") == SecureOnPassword(text: "00:22:44:66:88:aa"))
    for text in ["", "secret", "1.2.3", "1.2.3.256", "00:22:44:66", "001122334455", "1.2.3.4.5.6"] {
      #expect(SecureOnPassword(text: text) == nil, "\(text)")
    }
    for count in 0...8 where !SecureOnPassword.byteCounts.contains(count) {
      #expect(SecureOnPassword(bytes: Array(repeating: 1, count: count)) == nil)
    }
  }

  @Test func tellsNoPassword() throws {
    let password = try #require(SecureOnPassword(bytes: [0xde, 0xad, 0xbe, 0xef, 0xfe, 0xed]))
    let packet = MagicPacket(target: .bob, password: password)
    var dumped = ""
    dump(packet, to: &dumped)
    for text in ["\(password)", "\(packet)", String(reflecting: packet), dumped] {
      #expect(text.contains("6 bytes"))
      for secret in ["de", "222", "3735928559", "beef", "244837814107885"] {
        #expect(!text.replacing("debug", with: "").contains(secret), "\(text)")
      }
    }
  }
}

@Suite struct MagicPacketSightingTests {
  private let password = SecureOnPassword(bytes: [1, 2, 3, 4, 5, 6])

  private func sighting(_ payload: LinkPayload, tag: VLANTag? = nil) -> MagicPacketSighting? {
    let frame = LinkFrame(
      destination: HardwareAddress(.broadcast), source: HardwareAddress(.alice), payload: payload)
    return MagicPacketSighting(
      in: frame.bytes(framing: .ethernet, tag: tag, padding: .ethernetMinimum).rawBytes,
      framing: .ethernet)
  }

  private func datagram(_ hosts: UDPPacket.Hosts, _ payload: [UInt8]) -> LinkPayload {
    let packet = UDPPacket(
      hosts: hosts, sourcePort: 40000, destinationPort: 9, hopLimit: 3, payload: payload)
    return .other(packet.etherType, packet.bytes)
  }

  @Test func seesARawPacket() throws {
    let packet = MagicPacket(target: .bob, password: password)
    let tag = VLANTag(identifier: 5)
    let found = try #require(sighting(.magicPacket(packet), tag: tag))
    #expect(found.packet == packet)
    #expect(found.carrier == .frame(.wakeOnLAN))
    #expect(found.source == HardwareAddress(.alice))
    #expect(found.destination == HardwareAddress(.broadcast))
    #expect(found.tag == tag)
  }

  @Test func seesADatagram() throws {
    let packet = MagicPacket(target: .bob, password: password)
    let four = UDPPacket.Hosts.v4(source: .alice, destination: .broadcast)
    let six = UDPPacket.Hosts.v6(source: .alice, destination: .allNodes)
    for hosts in [four, six] {
      for before in [[], [UInt8](repeating: 0xff, count: 33)] {
        let found = try #require(sighting(datagram(hosts, before + packet.bytes)))
        #expect(found.packet == packet)
        #expect(
          found.carrier
            == .udp(
              UDPPacket(
                hosts: hosts, sourcePort: 40000, destinationPort: 9, hopLimit: 3, payload: [])))
      }
    }
  }

  @Test func seesOneThatAnotherProtocolCarries() throws {
    let packet = MagicPacket(target: .bob)
    let other = EtherType(rawValue: 0x88b5)
    let found = try #require(sighting(.other(other, [1, 2, 3] + packet.bytes)))
    #expect(found.carrier == .frame(other))
    let notIP = try #require(sighting(.other(.ipv4, [0, 0] + packet.bytes)))
    #expect(notIP.carrier == .frame(.ipv4))
  }

  @Test func seesNothingElse() {
    #expect(sighting(.other(.wakeOnLAN, Array(repeating: 0xff, count: 102))) == nil)
    let bytes = MagicPacket(target: .bob).bytes
    let short = Array(bytes.prefix(13))
    let found = MagicPacketSighting(in: short.rawBytes, framing: .ethernet)
    #expect(found == nil)
  }
}

@Suite struct UDPPacketTests {
  /// RFC 768 and RFC 8200; the checksums were checked with tshark.
  @Test func survivesARoundTrip() throws {
    let four = UDPPacket.Hosts.v4(source: .alice, destination: .bob)
    let six = UDPPacket.Hosts.v6(source: .alice, destination: .bob)
    for hosts in [four, six] {
      for payload in [[], [1], Array("hello\n".utf8), Array(repeating: 0xa5, count: 1400)] {
        let packet = UDPPacket(
          hosts: hosts, sourcePort: 40000, destinationPort: 9, payload: payload)
        #expect(try UDPPacket(parsing: emitted(packet).rawBytes) == packet)
      }
    }
  }

  @Test func refusesEveryFlippedBitOfADatagram() throws {
    let packet = UDPPacket(
      hosts: .v6(source: .alice, destination: .bob), sourcePort: 40000, destinationPort: 9,
      payload: Array("hello\n".utf8))
    let bytes = packet.bytes
    for index in 40..<bytes.count {
      for bit in 0..<8 {
        var spoiled = bytes
        spoiled[index] ^= 1 << UInt8(bit)
        #expect(
          wireError { () throws(WireError) in _ = try UDPPacket(parsing: spoiled.rawBytes) } != nil)
      }
    }
  }

  @Test func isWrittenAsLongAsIPCanTell() throws {
    let packet = UDPPacket(
      hosts: .v4(source: .alice, destination: .bob), sourcePort: 1, destinationPort: 2,
      payload: Array(repeating: 0, count: 70_000))
    #expect(packet.byteCount == 65_535)
    #expect(try UDPPacket(parsing: emitted(packet).rawBytes).payload.count == 65_507)
  }
}
