import IPMI
import OpenSSL
import Support
import Testing

/// Sessions between FreeIPMI or ipmitool and OpenIPMI's simulator, datagram by datagram.
@Suite("Recorded sessions")
struct RecordedSessionTests {
  @Test(arguments: [0, 1, 2, 3, 6, 11] as [UInt8])
  func suitesAreSpokenByteForByte(_ id: UInt8) throws {
    var reader = RecordedSession(cryptography: try OpenSSLCryptography())
    try reader.read("Fixtures/ipmi/sessions/2.0-suite-\(id).pcap")
    #expect(reader.handshake.suite?.id == id)
    // At least Set Session Privilege Level, Get Chassis Status and Close Session, and the answers.
    #expect(reader.messages >= 6)
  }

  @Test func ipmitoolsSessionIsSpokenByteForByte() throws {
    var reader = RecordedSession(cryptography: try OpenSSLCryptography())
    try reader.read("Fixtures/ipmi/sessions/2.0-suite-3-ipmitool.pcap")
    #expect(reader.handshake.suite == .suite3)
    #expect(reader.messages >= 14)
  }

  @Test(
    arguments: [
      ("none", .none), ("md2", .md2), ("md5", .md5), ("straight", .straightPassword),
    ] as [(String, AuthenticationType)])
  func authenticationTypesAreSpokenByteForByte(
    _ name: String, _ type: AuthenticationType
  ) throws {
    var reader = RecordedSession(cryptography: try OpenSSLCryptography())
    try reader.read("Fixtures/ipmi/sessions/1.5-\(name).pcap")
    #expect(reader.authenticationTypes.contains(type))
    #expect(reader.messages >= 6)
  }
}
