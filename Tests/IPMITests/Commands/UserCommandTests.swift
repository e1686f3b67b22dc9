import IPMI
import Testing

@Suite("Users and channels") struct UserCommandTests {
  @Test("are found in what ipmi_sim tells of them")
  func recorded() throws {
    let exchanges = try RecordedExchange.all().filter { $0.networkFunction == .application }
    let access = try #require(
      exchanges.last {
        $0.command == GetUserAccess.command && $0.request == [1, 2]
      })
    let user = try GetUserAccess.Response(parsing: access.response.messageBytes)
    #expect(user.maximumUsers == 63 && user.enabledUsers == 2 && user.fixedNames == 1)
    #expect(user.status.text == "unknown")
    #expect(user.access == .messaging && user.privilegeLimit.text == "ADMINISTRATOR")
    let info = try #require(exchanges.first { $0.command == GetChannelInfo.command })
    let channel = try GetChannelInfo.Response(parsing: info.response.messageBytes)
    #expect(channel.medium.text == "802.3 LAN")
    #expect(channel.messageProtocol.text == "IPMB-1.0")
    #expect(channel.sessionSupport.text == "multi-session" && channel.activeSessions == 1)
    #expect(channel.vendorID == 7154)
    let got = try #require(exchanges.first { $0.command == GetChannelAccess.command })
    let settings = try GetChannelAccess.Response(parsing: got.response.messageBytes).access
    #expect(settings.mode.text == "always available")
    #expect(settings.allowsAlerts && settings.authenticatesMessages)
  }

  @Test("a name of 16 bytes fits, one of 17 is refused and never cut")
  func names() throws {
    #expect(UserName("sixteen-bytes-ok")?.bytes.count == 16)
    #expect(UserName("seventeen-bytes-x") == nil)
    let name = try #require(UserName("admin"))
    let request = SetUserName(userID: 2, name: name)
    #expect(request.data == [2] + Array("admin".utf8) + [UInt8](repeating: 0, count: 11))
    #expect(GetUserName.Response(name: .null).data == [UInt8](repeating: 0, count: 16))
  }

  @Test("a password is set in 16 or 20 bytes, and shown by no description")
  func passwords() throws {
    let secret = try Secret("hunter2!", atMost: 20)
    let password = try #require(UserPassword(secret, in20Bytes: true))
    let request = SetUserPassword(userID: 2, .set(password))
    #expect(request.data.count == 22)
    #expect(
      request.data.starts(with: [0x82, 2, 0x68, 0x75, 0x6e, 0x74, 0x65, 0x72, 0x32, 0x21, 0]))
    var dumped = "\(request) \(String(reflecting: request))"
    dump(request, to: &dumped)
    #expect(!dumped.contains("hunter2") && !dumped.contains("104"))
    let long = try Secret("seventeen-bytes-x", atMost: 20)
    #expect(UserPassword(long, in20Bytes: false) == nil)
    #expect(UserPassword(long, in20Bytes: true)?.bytes.count == 17)
  }

  /// IPMI 2.0, tables 22-27 and 22-30.
  @Test("access is set as the tables say")
  func access() throws {
    let request = SetUserAccess(
      channel: ChannelNumber(rawValue: 1), userID: 2,
      access: [.messaging, .linkAuthentication], privilegeLimit: PrivilegeLimit(.administrator))
    #expect(request.data == [0xb1, 2, 4])
    let channel = SetChannelAccess(
      channel: ChannelNumber(rawValue: 1), accessSettings: .nonVolatile,
      limitSettings: .volatile,
      access: ChannelAccess(
        mode: .alwaysAvailable, allowsAlerts: false, privilegeLimit: PrivilegeLimit(.user)))
    #expect(channel.data == [1, 0x62, 0x82])
  }

  @Test("serial over LAN is activated as table 24-2 says")
  func payload() throws {
    let request = ActivatePayload(serialOverLAN: [.encrypts, .authenticates])
    #expect(request.data == [1, 1, 0xc0, 0, 0, 0])
    let bytes: [UInt8] = [0, 0, 0, 0, 0x00, 0x01, 0x04, 0x01, 0x6f, 0x02, 0xff, 0xff]
    let response = try ActivatePayload.Response(parsing: bytes.messageBytes)
    #expect(response.inboundByteCount == 256 && response.outboundByteCount == 260)
    #expect(response.port == 623 && response.data == bytes)
    let support = GetChannelPayloadSupport.Response(types: 3)
    #expect(support.contains(.serialOverLAN) && !support.contains(.oemExplicit))
    #expect(!support.contains(PayloadType(rawValue: 255)))
  }
}
