import LinkLayer
import Support
import Testing

/// Whatever the bytes are: nothing traps, and what was read as a value is written as bytes that
/// read as the same value.
@Suite struct PropertyTests {
  @Test func randomBytes() {
    var generator = SeededGenerator(seed: 802)
    for _ in 0..<2000 {
      let count = Int.random(in: 0...120, using: &generator)
      exercise((0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
  }

  @Test func spoiledFrames() throws {
    var generator = SeededGenerator(seed: 826)
    let names = try Fixture.names(in: "Fixtures/frames").map { String($0.dropLast(4)) }
    #expect(names.count > 20)
    for name in names {
      let bytes = try Fixture.frame(name)
      // A format begins somewhere: at the link header, or behind one of those that can be there.
      for start in [0, 14, 18, 22, 24, 34, 54, 62, 64] where start < bytes.count {
        let part = Array(bytes.dropFirst(start))
        exercise(part)
        for _ in 0..<20 { exercise(spoiled(part, using: &generator)) }
      }
    }
  }

  private func spoiled(_ bytes: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
      let index = Int.random(in: bytes.indices, using: &generator)
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &generator)
      case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 2: bytes.removeLast(Int.random(in: 0...bytes.count / 2, using: &generator))
      default: bytes[index] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &generator) ?? 0
      }
    }
    return bytes
  }

  /// Values that nobody sent: every field at random.
  @Test func randomValues() throws {
    var generator = SeededGenerator(seed: 4861)
    for _ in 0..<2000 {
      let arp = ARPPacket(
        hardwareType: HardwareType(rawValue: .random(in: .min ... .max, using: &generator)),
        operation: ARPOperation(rawValue: .random(in: .min ... .max, using: &generator)),
        senderHardwareAddress: HardwareAddress(repeating: 0xa5, count: 20),
        senderProtocolAddress: IPv4Address(
          rawValue: .random(in: .min ... .max, using: &generator)),
        targetHardwareAddress: HardwareAddress(repeating: 0x5a, count: 20),
        targetProtocolAddress: IPv4Address(
          rawValue: .random(in: .min ... .max, using: &generator)))
      #expect(try ARPPacket(parsing: emitted(arp).rawBytes) == arp)
      let target = IPv6Address(
        high: .random(in: .min ... .max, using: &generator) >> 1,
        low: .random(in: .min ... .max, using: &generator))
      let ndp = NDPPacket(
        source: target, destination: .allNodes,
        hopLimit: .random(in: .min ... .max, using: &generator),
        trafficClass: .random(in: .min ... .max, using: &generator),
        flowLabel: .random(in: 0...0xf_ffff, using: &generator),
        message: .neighborAdvertisement(
          NeighborAdvertisement(
            isRouter: .random(using: &generator), isSolicited: .random(using: &generator),
            overrides: .random(using: &generator), targetAddress: target,
            options: [.nonce(target.bytes.dropLast(2)), .mtu(UInt32(target.low & 0xffff))])))
      #expect(try NDPPacket(parsing: emitted(ndp).rawBytes) == ndp)
    }
  }

  private func exercise(_ bytes: [UInt8]) {
    check(EthernetHeader.self, bytes)
    check(IPoIBHeader.self, bytes)
    check(ARPPacket.self, bytes)
    check(IPv4Header.self, bytes)
    check(IPv6Header.self, bytes)
    check(UDPHeader.self, bytes)
    check(TCPHeader.self, bytes)
    check(ICMPMessage.self, bytes)
    check(ICMPPacket.self, bytes)
    check(NDPOption.self, bytes)
    check(NDPPacket.self, bytes)
    check(MulticastAddressRecord.self, bytes)
    check(MagicPacket.self, bytes)
    check(UDPPacket.self, bytes)
    checkViews(bytes)
    checkFrame(bytes, .ethernet)
    checkFrame(bytes, .ipoib)
  }

  /// What follows a header is kept, for headers that say how long that is.
  private func check<Value: WireValue>(_ type: Value.Type, _ bytes: [UInt8]) {
    guard let value = try? Value(parsing: bytes.rawBytes) else { return }
    let again = emitted(value) + bytes.dropFirst(value.byteCount)
    #expect((try? Value(parsing: again.rawBytes)) == value, "\(bytes)")
  }

  private func checkFrame(_ bytes: [UInt8], _ framing: LinkFraming) {
    guard let (frame, tag) = try? LinkFrame.parse(bytes.rawBytes, framing: framing) else { return }
    let count = frame.byteCount(framing: framing, tag: tag)
    let again = emitted(byteCount: count) { output in
      frame.write(into: &output, framing: framing, tag: tag)
    }
    #expect((try? LinkFrame(parsing: again.rawBytes, framing: framing)) == frame, "\(bytes)")
  }

  private func checkViews(_ bytes: [UInt8]) {
    _ = MagicPacketSighting(in: bytes.rawBytes, framing: .ethernet)
    _ = MagicPacketSighting(in: bytes.rawBytes, framing: .ipoib)
    if let view = MagicPacketView(in: bytes.rawBytes) {
      #expect(bytes.dropFirst(view.offset).starts(with: MagicPacket(target: view.target).bytes))
    }
    if let view = try? ARPView(bytes.rawBytes) {
      let lengths = view.senderHardwareAddress.byteCount + view.senderProtocolAddress.byteCount
      let others = view.targetHardwareAddress.byteCount + view.targetProtocolAddress.byteCount
      #expect(lengths == others && view.byteCount == 8 + 2 * lengths)
    }
    for kind in UInt8.min ... .max where IPProtocol(rawValue: kind).isExtensionHeader {
      let kind = IPProtocol(rawValue: kind)
      guard let view = try? IPv6ExtensionView(bytes.rawBytes, kind: kind) else { continue }
      let value = IPv6ExtensionHeader(view)
      _ = view.routerAlert
      #expect((try? IPv6ExtensionHeader(parsing: value.bytes.rawBytes, kind: kind)) == value)
    }
    if let view = try? IPv6View(bytes.rawBytes), let upper = try? view.upperLayer() {
      #expect(upper.offset <= bytes.count)
    }
    if let options = try? HeaderOption.list(bytes.rawBytes, layer: .tcpOption) {
      let written = HeaderOption.bytes(options)
      #expect(bytes.starts(with: written))
    }
    if let view = try? MulticastListenerReportView(bytes.rawBytes) {
      #expect(MulticastListenerReport(view).records.count == view.recordCount)
    }
    guard let view = try? ICMPv6View(bytes.rawBytes), let message = try? NDPMessage(view) else {
      return
    }
    let packet = NDPPacket(source: .alice, destination: .bob, message: message)
    #expect((try? NDPPacket(parsing: packet.bytes.rawBytes)) == packet)
  }
}
