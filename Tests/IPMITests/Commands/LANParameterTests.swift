import IPMI
import Testing

@Suite("Configuration of LAN and serial over LAN") struct LANParameterTests {
  @Test("LAN parameters keep all that they read", arguments: UInt8.min ... .max)
  func lanRoundTrip(_ number: UInt8) throws {
    let number = LANParameterNumber(rawValue: number)
    let bytes = (1...40).map { UInt8($0 * 6) }
    let value = try LANParameter(number, parsing: bytes.messageBytes)
    #expect(value.number == number)
    #expect(try LANParameter(number, parsing: value.data.messageBytes) == value)
  }

  @Test("serial over LAN parameters keep all that they read", arguments: UInt8(0)...12)
  func solRoundTrip(_ number: UInt8) throws {
    let number = SOLParameterNumber(rawValue: number)
    let bytes: [UInt8] = [0x95, 0x67, 0x89]
    let value = try SOLParameter(number, parsing: bytes.messageBytes)
    #expect(value.number == number)
    #expect(try SOLParameter(number, parsing: value.data.messageBytes) == value)
  }

  /// IPMI 2.0, table 23-4.
  @Test("are the bytes of the table")
  func bytes() throws {
    let address = try #require(LANParameter.IPv4("192.0.2.10"))
    let request = SetLANConfigurationParameters(
      channel: ChannelNumber(rawValue: 1), .address(address))
    #expect(request.data == [1, 3, 192, 0, 2, 10])
    let hardware = try #require(LANParameter.HardwareAddress("00:0e:0c:aa:8e:13"))
    #expect(
      LANParameter.defaultGatewayHardware(hardware).data == [0, 0x0e, 0x0c, 0xaa, 0x8e, 0x13])
    #expect(hardware.text == "00:0e:0c:aa:8e:13")
    #expect(LANParameter.vlanID(12).data == [12, 0x80])
    #expect(LANParameter.vlanID(nil).data == [0, 0])
    #expect(LANParameter.cipherSuites([3, 17]).data == [0, 3, 17])
    let limits = [
      PrivilegeLimit.unspecified, PrivilegeLimit(.administrator), PrivilegeLimit(.user),
    ]
    let privileges = LANParameter.cipherSuitePrivileges(limits)
    #expect(privileges.data == [0, 0x40, 0x02, 0, 0, 0, 0, 0, 0])
    #expect(String(limits.map(\.letter)) == "Xau")
    #expect(LANParameter.gratuitousARPInterval(3).data == [3])
    #expect(LANParameter.communityString(Array("public".utf8)).data.count == 18)
    let header = LANParameter.IPHeader(timeToLive: 0x40, flags: 0x40, service: 0x10)
    #expect(header.text == "TTL=0x40 Flags=0x40 Precedence=0x00 TOS=0x10")
    let control: LANParameter.ARPControl = [.responses]
    #expect(control.text == "ARP Responses Enabled, Gratuitous ARP Disabled")
  }

  @Test(
    "refuse addresses that are none",
    arguments: ["", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.+4", "1..2.3", "1.2.3.0004"])
  func badAddresses(_ text: String) {
    #expect(LANParameter.IPv4(text) == nil)
  }

  @Test(
    "refuse hardware addresses that are none",
    arguments: ["", "00:11:22:33:44", "00:11:22:33:44:5g", "00:11:22:33:44:+5", "0011.2233.4455"])
  func badHardwareAddresses(_ text: String) {
    #expect(LANParameter.HardwareAddress(text) == nil)
  }

  /// IPMI 2.0, table 26-5.
  @Test("protect serial over LAN as told")
  func serialOverLAN() {
    let value = SOLParameter.authentication(
      forcesEncryption: true, forcesAuthentication: true, PrivilegeLimit(.operator))
    #expect(value.data == [0xc3])
    let set = SetSOLConfigurationParameters(
      channel: ChannelNumber(rawValue: 1), .volatileBitRate(.rate115200))
    #expect(set.data == [1, 6, 10])
    #expect(SOLParameter.BitRate.rate115200.text == "115.2")
  }
}
