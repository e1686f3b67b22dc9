import IPMI
import Testing

/// The payloads of a console of ipmitool 1.8.19 with OpenIPMI 2.0.33's ipmi_sim, in their order.
@Suite("Serial over LAN") struct SerialOverLANTests {
  @Test("packets are those of a recorded console")
  func recorded() throws {
    let login = Array("login: ".utf8)
    let greeting: [UInt8] = [0x01, 0x00, 0x00, 0x00] + login
    let packet = try SerialOverLANPacket(parsing: greeting.messageBytes)
    #expect(
      packet == SerialOverLANPacket(sequenceNumber: 1, status: [], characters: login))
    #expect(
      SerialOverLANPacket(sequenceNumber: 0, acknowledgedNumber: 1, acceptedCount: 7).bytes
        == [0x00, 0x01, 0x07, 0x00])
    #expect(
      SerialOverLANPacket(sequenceNumber: 1, characters: Array("hi\r".utf8)).bytes
        == [0x01, 0x00, 0x00, 0x00, 0x68, 0x69, 0x0d])
    let accepted = try SerialOverLANPacket(parsing: [0x00, 0x01, 0x03, 0x00].messageBytes)
    #expect(accepted.acknowledgedNumber == 1 && accepted.acceptedCount == 3)
    #expect(accepted.sequenceNumber == 0 && accepted.characters.isEmpty)
  }

  /// IPMI 2.0, tables 15-2 and 15-3.
  @Test("the fourth byte says what either side wants")
  func flags() throws {
    let pause = SerialOverLANPacket(
      sequenceNumber: 31, operation: [.sendBreak, .pauses], characters: [])
    #expect(pause.bytes == [0x0f, 0, 0, 0x18])
    let gone = try SerialOverLANPacket(parsing: [0, 2, 0, 0x54].messageBytes)
    #expect(gone.status == [.refusal, .deactivated, .breakDetected])
  }

  @Test("packets that are cut are refused", arguments: 0..<4)
  func truncated(_ count: Int) {
    let bytes = [UInt8](repeating: 0, count: count)
    #expect((try? SerialOverLANPacket(parsing: bytes.messageBytes)) == nil)
  }
}
