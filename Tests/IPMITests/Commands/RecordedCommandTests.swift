import IPMI
import Testing

@Suite("Commands as others send and answer them") struct RecordedCommandTests {
  @Test("are read, and written again byte for byte")
  func areReadAndWritten() throws {
    let exchanges = try RecordedExchange.all()
    #expect(exchanges.count > 20)
    for exchange in exchanges {
      let place: Comment = "\(exchange.file):\(exchange.line)"
      let found = IPMICommands.command(
        exchange.networkFunction, exchange.command, data: exchange.request.messageBytes)
      let type = try #require(found, place)
      check(type, exchange, place)
    }
  }

  private func check<Request: IPMIRequest>(
    _ type: Request.Type, _ exchange: RecordedExchange, _ place: Comment
  ) {
    let request = try? Request(parsing: exchange.request.messageBytes)
    // ipmitool sends an empty password where the command has none.
    #expect(request != nil && exchange.request.starts(with: request?.data ?? []), place)
    if !(request is SetUserPassword) { #expect(request?.data == exchange.request, place) }
    guard exchange.completionCode == .completed else { return }
    let response = try? Request.Response(parsing: exchange.response.messageBytes)
    // Some controllers send more than the command has: then what is known must be the beginning.
    #expect(response != nil && exchange.response.starts(with: response?.data ?? []), place)
  }

  private func response<Request: IPMIRequest>(
    to request: Request
  ) throws -> Request.Response? {
    let exchange = try RecordedExchange.all().first {
      $0.networkFunction == Request.networkFunction && $0.command == Request.command
        && $0.request == request.data && $0.completionCode == .completed
    }
    return try exchange.map { try Request.Response(parsing: $0.response.messageBytes) }
  }

  @Test("tell what a controller is")
  func deviceID() throws {
    let device = try #require(try response(to: GetDeviceID()))
    #expect(device.deviceRevision == 3)
    #expect(!device.providesDeviceSDRs && !device.isUpdating)
    #expect(device.firmwareText == "9.08")
    #expect(device.versionText == "2.0")
    #expect(device.manufacturerID == 4753)
    #expect(device.productID == 0x0f02)
    #expect(
      device.support == [
        .sensors, .sdrRepository, .systemEventLog, .fruInventory, .eventReceiver, .chassis,
      ])
    #expect(device.auxiliaryFirmware == [0, 0, 0, 0])
  }

  @Test("tell how a session begins")
  func session() throws {
    let capabilities = try #require(
      try response(
        to: GetChannelAuthenticationCapabilities(
          privilege: PrivilegeLimit(.administrator), asksForExtendedData: false)))
    #expect(capabilities.channel.rawValue == 1)
    #expect(capabilities.authenticationTypes == [.none, .md2, .md5, .straightPassword])
    #expect(capabilities.authenticationTypes.text == "NONE MD2 MD5 PASSWORD ")
    #expect(capabilities.status == [.nullUserNames, .userNames])
    #expect(!capabilities.isExtended && capabilities.offersVersion15)
    #expect(!capabilities.offersVersion20)
    let name = try #require(UserName("ipmiusr"))
    let challenge = try #require(
      try response(to: GetSessionChallenge(authenticationType: .md5, userName: name)))
    let activation = try #require(
      try RecordedExchange.all().first { $0.command == ActivateSession.command })
    let activate = try ActivateSession(parsing: activation.request.messageBytes)
    #expect(activate.challenge == challenge.challenge)
    #expect(activate.maximumPrivilege.level == .administrator)
    let session = try ActivateSession.Response(parsing: activation.response.messageBytes)
    #expect(session.authenticationType == .md5)
    #expect(session.sessionID == 0x82)
    #expect(session.initialInboundSequence == 0x7b7e_6348)
  }

  @Test("tell who is in session")
  func sessionInfo() throws {
    let info = try #require(try response(to: GetSessionInfo(.index(1))))
    #expect(info.handle == 1 && info.possibleSessions == 63 && info.activeSessions == 1)
    #expect(info.session?.userID == 2)
    #expect(info.session?.privilege.text == "ADMINISTRATOR")
    #expect(info.session?.channel.rawValue == 1)
    #expect(info.session?.lanConsole == nil)
    #expect(try #require(try response(to: GetSessionInfo(.index(2)))).session == nil)
  }

  @Test("tell the system's identifier")
  func guid() throws {
    let guid = try #require(try response(to: GetSystemGUID())).guid
    #expect(guid.text(.ipmi) == "efcdab89-6745-23a1-efcd-ab89674523a1")
    #expect(guid.text(.smbios) == "674523a1-ab89-efcd-a123-456789abcdef")
    #expect(guid.text(.rfc4122) == "a1234567-89ab-cdef-a123-456789abcdef")
  }

  @Test("set the next start, and tell it")
  func bootOptions() throws {
    let sent = SetSystemBootOptions(.bootFlags(BootFlags(.pxe, isPersistent: true)))
    #expect(sent.data == [0x05, 0xc0, 0x04, 0, 0, 0])
    #expect(try response(to: sent) == EmptyResponse())
    let answer = try #require(try response(to: GetSystemBootOptions(.bootFlags)))
    guard case .bootFlags(let flags) = try answer.option() else {
      Issue.record("not boot flags: \(answer)")
      return
    }
    #expect(flags.device == .pxe && !flags.isValid && !flags.isPersistent && !flags.isEFI)
  }
}
