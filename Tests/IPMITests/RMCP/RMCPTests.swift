import IPMI
import Testing

@Suite("RMCP and presence")
struct RMCPTests {
  @Test func pingHasTheBytesOfTheSpecification() throws {
    let ping = PresencePing(tag: 0x2a)
    let expected: [UInt8] = [0x06, 0, 0xff, 0x06, 0, 0, 0x11, 0xbe, 0x80, 0x2a, 0, 0]
    #expect(ping.datagram == expected)
    #expect(try asf(expected).map(PresencePing.init) == ping)
  }

  @Test func pongHasTheBytesOfTheSpecification() throws {
    let pong = PresencePong(tag: 0x2a)
    let expected: [UInt8] =
      [0x06, 0, 0xff, 0x06, 0, 0, 0x11, 0xbe, 0x40, 0x2a, 0, 0x10]
      + [0, 0, 0x11, 0xbe, 0, 0, 0, 0, 0x81, 0, 0, 0, 0, 0, 0, 0]
    #expect(pong.datagram == expected)
    let message = try #require(try asf(expected))
    #expect(try PresencePong(message) == pong)
    #expect(pong.speaksIPMI)
    #expect(PresencePing(message) == nil)
  }

  @Test func pongKeepsAManufacturersFields() throws {
    let pong = PresencePong(
      tag: 1, enterpriseNumber: 0x157, oemDefined: 0x0102_0304, supportedEntities: 0x01,
      supportedInteractions: 0x20)
    #expect(!pong.speaksIPMI)
    let message = try #require(try asf(pong.datagram))
    #expect(try PresencePong(message) == pong)
  }

  @Test func refusesAPongThatIsCut() throws {
    var message = PresencePong(tag: 1).message
    message.data.removeLast(7)
    #expect(throws: IPMIError.self) { _ = try PresencePong(message) }
  }

  @Test func tellsWhatABodyIs() throws {
    #expect(try kind([0x06, 0, 0xff, 0x06]) == .asf)
    #expect(try kind([0x06, 0, 0xff, 0x07, 0x06]) == .rmcpPlus)
    #expect(try kind([0x06, 0, 0xff, 0x07, 0x02]) == .session)
    #expect(try kind([0x06, 0, 0xff, 0x07]) == .session)
    #expect(try kind([0x06, 0, 0x01, 0x86]) == .acknowledgement)
    #expect(try kind([0x06, 0, 0xff, 0x08]) == .other)
  }

  @Test func acknowledgesWhatAsksForIt() {
    let asking = RMCPHeader(sequenceNumber: 5, messageClass: .asf)
    let acknowledgement = RMCPHeader(
      sequenceNumber: 5, messageClass: .asf, isAcknowledgement: true)
    #expect(asking.acknowledgement == acknowledgement)
    #expect(acknowledgement.acknowledgement == nil)
    #expect(RMCPHeader(messageClass: .ipmi).acknowledgement == nil)
    var bytes: [UInt8] = []
    acknowledgement.append(to: &bytes)
    #expect(bytes == [0x06, 0, 0x05, 0x86])
  }

  @Test func refusesAnotherVersionAndWhatIsCut() {
    #expect(throws: IPMIError.malformed(layer: .rmcp, value: 5, offset: 0)) {
      _ = try kind([0x05, 0, 0xff, 0x07])
    }
    for beginning in beginnings(of: [0x06, 0, 0xff, 0x07]) {
      #expect(throws: IPMIError.self) { _ = try kind(beginning) }
    }
    for beginning in beginnings(of: PresencePong(tag: 1).datagram) {
      #expect(throws: IPMIError.self) { _ = try asf(beginning) }
    }
  }

  private func kind(_ datagram: [UInt8]) throws -> RMCPMessage.Kind {
    try parse(datagram) { try RMCPMessage($0).kind }
  }

  private func asf(_ datagram: [UInt8]) throws -> ASFMessage? {
    try parse(datagram) { bytes in
      let message = try RMCPMessage(bytes)
      return message.kind == .asf ? try ASFMessage(parsing: message.body) : nil
    }
  }
}
