import LinkLayer
import Support
import Testing

@Suite struct ARPTests {
  let request = ARPPacket(
    operation: .request, senderHardwareAddress: HardwareAddress(.alice),
    senderProtocolAddress: .alice, targetHardwareAddress: HardwareAddress(.zero),
    targetProtocolAddress: .bob)
  let bytes: [UInt8]

  init() throws {
    bytes = Array(try Fixture.frame("arp-request").dropFirst(14))
  }

  @Test func deconstruct() throws {
    let view = try ARPView(bytes.rawBytes)
    #expect(view.byteCount == 28)
    #expect(view.hardwareType == .ethernet)
    #expect(view.protocolType == .ipv4)
    #expect(view.hardwareLength == 6)
    #expect(view.protocolLength == 4)
    #expect(view.operation == .request)
    #expect(view.isEthernetIPv4 == true)
    #expect(HardwareAddress(view.senderHardwareAddress) == HardwareAddress(.alice))
    #expect(HardwareAddress(view.senderProtocolAddress)?.bytes == [192, 0, 2, 1])
    #expect(HardwareAddress(view.targetHardwareAddress) == HardwareAddress(.zero))
    #expect(HardwareAddress(view.targetProtocolAddress)?.bytes == [192, 0, 2, 2])
  }

  @Test func deconstructTheCommonOne() throws {
    let view = try #require(try commonFields(bytes))
    #expect(view == [1, 0x0200_0000_000a, 0xc000_0201, 0, 0xc000_0202])
    #expect(try commonFields(Array(Fixture.frame("arp-announcement-ipoib").dropFirst(24))) == nil)
    for count in 0..<28 {
      let part = Array(bytes.prefix(count))
      #expect(
        wireError { () throws(WireError) in _ = try EthernetARPView(part.rawBytes) }
          == .truncated(
            layer: .arp, needed: 28, available: count, lengthFrom: .format, offset: 0))
    }
  }

  private func commonFields(_ bytes: [UInt8]) throws -> [UInt64]? {
    guard let view = try EthernetARPView(bytes.rawBytes) else { return nil }
    return [
      UInt64(view.operation.rawValue), view.senderHardwareAddress.rawValue,
      UInt64(view.senderProtocolAddress.rawValue), view.targetHardwareAddress.rawValue,
      UInt64(view.targetProtocolAddress.rawValue),
    ]
  }

  @Test func parse() throws {
    #expect(try ARPPacket(parsing: bytes.rawBytes) == request)
  }

  @Test func emit() {
    #expect(emitted(request) == bytes)
    #expect(request.bytes == bytes)
  }

  @Test func paddingIsNotRead() throws {
    let padded = Array(try Fixture.frame("arp-reply-padded").dropFirst(14))
    let packet = try ARPPacket(parsing: padded.rawBytes)
    #expect(packet.operation == .reply)
    #expect(packet.senderHardwareAddress.macAddress == .bob)
    #expect(packet.bytes == Array(padded.prefix(28)))
  }

  @Test func addressesOfInfiniBandHaveTwentyBytes() throws {
    let bytes = Array(try Fixture.frame("arp-announcement-ipoib").dropFirst(24))
    let packet = try ARPPacket(parsing: bytes.rawBytes)
    #expect(packet.hardwareType == .infiniBand)
    #expect(packet.senderHardwareAddress.count == 20)
    #expect(packet.isAnnouncement)
    #expect(packet.byteCount == 56)
    #expect(emitted(packet) == bytes)
  }

  @Test func theTargetGetsTheSendersLength() throws {
    var packet = request
    packet.targetHardwareAddress = HardwareAddress()
    #expect(packet.bytes == bytes)
    packet.targetHardwareAddress = HardwareAddress(repeating: 0, count: 20)
    #expect(packet.bytes == bytes)
  }

  /// RFC 5227, section 1.1.
  @Test func knowsProbesAndAnnouncements() {
    var packet = request
    #expect(!packet.isProbe && !packet.isAnnouncement)
    packet.senderProtocolAddress = .unspecified
    #expect(packet.isProbe && !packet.isAnnouncement)
    packet.senderProtocolAddress = packet.targetProtocolAddress
    #expect(!packet.isProbe && packet.isAnnouncement)
    packet.operation = .reply
    #expect(packet.isAnnouncement)
    packet.operation = .reverseRequest
    #expect(!packet.isAnnouncement)
  }

  @Test func unknownOperationsSurvive() throws {
    var packet = request
    packet.operation = ARPOperation(rawValue: 0xfedc)
    packet.hardwareType = HardwareType(rawValue: 0xabcd)
    #expect(try ARPPacket(parsing: packet.bytes.rawBytes) == packet)
  }

  /// 128 + 128 does not fit the byte that a careless sum would use.
  @Test func longAddressesDoNotOverflow() throws {
    var bytes = [UInt8](repeating: 0, count: 8 + 2 * 255 + 2 * 255)
    bytes.replaceSubrange(0..<8, with: [0, 1, 8, 0, 255, 255, 0, 1])
    #expect(try ARPView(bytes.rawBytes).byteCount == 1028)
    bytes[4] = 128
    bytes[5] = 128
    #expect(try ARPView(bytes.rawBytes).byteCount == 520)
  }

  @Test func whatAPacketCannotHoldIsAnError() {
    var foreign = bytes
    foreign[2] = 0x86
    #expect(
      wireError { () throws(WireError) in _ = try ARPPacket(parsing: foreign.rawBytes) }
        == .malformed(layer: .arp, field: .protocolType, value: 0x8600, offset: 2))
    let shortAddresses = [0, 1, 8, 0, 6, 3, 0, 1] + [UInt8](repeating: 0, count: 18)
    #expect(
      wireError { () throws(WireError) in _ = try ARPPacket(parsing: shortAddresses.rawBytes) }
        == .malformed(layer: .arp, field: .protocolLength, value: 3, offset: 5))
    let longHardware = [0, 1, 8, 0, 33, 4, 0, 1] + [UInt8](repeating: 0, count: 74)
    #expect(
      wireError { () throws(WireError) in _ = try ARPPacket(parsing: longHardware.rawBytes) }
        == .malformed(layer: .arp, field: .hardwareLength, value: 33, offset: 4))
  }
}
