import IPMI
import OpenSSL
import Support
import Testing

@Suite("Hostile bytes")
struct HostileBytesTests {
  /// Random bytes behind headers that let them in, and captured datagrams cut and changed: nothing
  /// traps, and what is no message is refused.
  @Test func neverTrap() throws {
    let cryptography = try OpenSSLCryptography()
    var generator = SeededGenerator(seed: 0xbad)
    let securities = CipherSuite.supported.compactMap { suite in
      SessionSecurity(
        suite: suite, integrityKey: .empty,
        cipherKey: Secret(copying: [UInt8](0..<16).messageBytes))
    }
    #expect(securities.count == CipherSuite.supported.count)
    let headers: [[UInt8]] = [
      [], [0x06, 0, 0xff, 0x06], [0x06, 0, 0xff, 0x07], [0x06, 0, 0xff, 0x07, 0x06],
      [0x06, 0, 0xff, 0x07, 0x06, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0],
      [0x06, 0, 0xff, 0x07, 0x06, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0],
      [0x06, 0, 0xff, 0x07, 0x02],
    ]
    var opened = 0
    for round in 0..<6000 {
      let count = Int.random(in: 0...90, using: &generator)
      let bytes = headers[round % headers.count] + .random(count: count, using: &generator)
      opened += read(bytes, securities, cryptography)
    }
    #expect(opened > 0, "some are let through by the session that protects nothing")
  }

  /// How many sessions let the datagram through.
  private func read(
    _ bytes: [UInt8], _ securities: [SessionSecurity], _ cryptography: OpenSSLCryptography
  ) -> Int {
    readAsPayload(bytes)
    do {
      return try parse(bytes) { bytes in
        let message = try RMCPMessage(bytes)
        switch message.kind {
        case .asf: _ = try PresencePong(try ASFMessage(parsing: message.body))
        case .session: _ = try SessionPacket(parsing: message.body)
        case .rmcpPlus:
          let packet = try RMCPPlusPacket(message.body)
          return securities.count { security in
            do throws(PacketRefusal) {
              _ = try security.open(packet, using: cryptography)
              return security.suite.integrity == .none
            } catch {
              return false
            }
          }
        case .acknowledgement, .other: break
        }
        return 0
      }
    } catch {
      #expect(error is IPMIError)
      return 0
    }
  }

  private func readAsPayload(_ bytes: [UInt8]) {
    let readers: [(RawSpan) throws -> Void] = [
      { _ = try OpenSessionRequest(parsing: $0) }, { _ = try OpenSessionResponse(parsing: $0) },
      { _ = try RAKPMessage1(parsing: $0) }, { _ = try RAKPMessage2(parsing: $0) },
      { _ = try RAKPMessage3(parsing: $0) }, { _ = try RAKPMessage4(parsing: $0) },
      { _ = try CipherSuiteRecord.list(parsing: $0) },
      { _ = try MessageBridge.unwrap(try IPMIMessage(parsing: $0, verifyingChecksums: false)) },
    ]
    for reader in readers {
      do {
        try reader(bytes.messageBytes)
      } catch {
        #expect(error is IPMIError)
      }
    }
  }
}
