import IPMI
import Support
import Testing

@Suite("Messages that set up an RMCP+ session")
struct SessionSetupTests {
  @Test func openSessionRequestHasTheBytesOfTheSpecification() throws {
    let request = OpenSessionRequest(
      messageTag: 1, role: RequestedRole(.administrator), consoleSessionID: 0xa0a2_a3a4,
      suite: .suite17)
    let expected: [UInt8] =
      [0x06, 0, 0xff, 0x07, 0x06, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0]
      + [1, 4, 0, 0, 0xa4, 0xa3, 0xa2, 0xa0]
      + [0, 0, 0, 8, 3, 0, 0, 0] + [1, 0, 0, 8, 4, 0, 0, 0] + [2, 0, 0, 8, 1, 0, 0, 0]
    #expect(request.datagram == expected)
    #expect(
      try read(expected, .openSessionRequest) { try OpenSessionRequest(parsing: $0) } == request)
  }

  @Test func everyMessageReadsWhatItWrites() throws {
    var generator = SeededGenerator(seed: 13)
    for suite in CipherSuite.supported {
      for _ in 0..<20 {
        try check(suite, using: &generator)
      }
    }
  }

  private func check(_ suite: CipherSuite, using generator: inout SeededGenerator) throws {
    let tag = UInt8.random(in: 0...0xff, using: &generator)
    let role = RequestedRole(rawValue: .random(in: 0...0x1f, using: &generator))
    let (console, controller) = (
      UInt32.random(in: 1 ... .max, using: &generator),
      UInt32.random(in: 1 ... .max, using: &generator)
    )
    let code = Digest(
      copying: [UInt8].random(
        count: suite.authentication.hash?.byteCount ?? 0, using: &generator
      ).messageBytes)
    let request = OpenSessionRequest(
      messageTag: tag, role: role, consoleSessionID: console, suite: suite)
    #expect(try read(request.datagram, .openSessionRequest) { try .init(parsing: $0) } == request)
    let response = OpenSessionResponse(
      messageTag: tag, consoleSessionID: console,
      outcome: .opened(.init(role: role, controllerSessionID: controller, suite: suite)))
    #expect(
      try read(response.datagram, .openSessionResponse) { try .init(parsing: $0) } == response)
    let first = RAKPMessage1(
      messageTag: tag, controllerSessionID: controller,
      consoleRandom: Octets16(using: &generator), role: role,
      userName: .random(count: .random(in: 0...16, using: &generator), using: &generator))
    #expect(try read(first.datagram(), .rakp1) { try .init(parsing: $0) } == first)
    let padded = first.datagram(paddingUserName: true)
    #expect(padded.count == 16 + 44)
    #expect(try read(padded, .rakp1) { try .init(parsing: $0) } == first)
    let second = RAKPMessage2(
      messageTag: tag, consoleSessionID: console,
      outcome: .proof(
        .init(
          controllerRandom: Octets16(using: &generator),
          controllerGUID: Octets16(using: &generator), keyExchangeCode: code)))
    #expect(try read(second.datagram, .rakp2) { try .init(parsing: $0) } == second)
    let third = RAKPMessage3(
      messageTag: tag, controllerSessionID: controller, keyExchangeCode: code)
    #expect(try read(third.datagram, .rakp3) { try .init(parsing: $0) } == third)
    let fourth = RAKPMessage4(
      messageTag: tag, consoleSessionID: console, integrityCheckValue: code.prefix(16))
    #expect(try read(fourth.datagram, .rakp4) { try .init(parsing: $0) } == fourth)
  }

  /// OpenIPMI's simulator sends 2 bytes, others 8.
  @Test(arguments: [nil, 0xa0a2_a3a4] as [UInt32?])
  func refusalsAreReadHoweverShort(_ id: UInt32?) throws {
    let response = OpenSessionResponse(
      messageTag: 3, consoleSessionID: id, outcome: .refused(.noCipherSuiteMatch))
    #expect(response.datagram.count == 16 + (id == nil ? 2 : 8))
    #expect(
      try read(response.datagram, .openSessionResponse) { try .init(parsing: $0) } == response)
    let second = RAKPMessage2(
      messageTag: 3, consoleSessionID: id, outcome: .refused(.unauthorizedName))
    #expect(try read(second.datagram, .rakp2) { try .init(parsing: $0) } == second)
    let fourth = RAKPMessage4(
      messageTag: 3, status: .invalidIntegrityCheckValue, consoleSessionID: id,
      integrityCheckValue: .empty)
    #expect(try read(fourth.datagram, .rakp4) { try .init(parsing: $0) } == fourth)
  }

  @Test func givingUpFreesTheSlot() throws {
    let third = RAKPMessage3(
      messageTag: 0, status: .invalidIntegrityCheckValue, controllerSessionID: 0x0102_0304,
      keyExchangeCode: .empty)
    #expect(Array(third.datagram.dropFirst(16)) == [0, 0x0f, 0, 0, 4, 3, 2, 1])
  }

  @Test func refusesWhatIsCut() throws {
    let random = Octets16(padding: [UInt8](1...16).messageBytes)
    let code = Digest(copying: [UInt8](1...20).messageBytes)
    let first = RAKPMessage1(
      messageTag: 0, controllerSessionID: 1, consoleRandom: random, role: .highest,
      userName: [65, 66])
    var payload: [UInt8] = []
    first.append(to: &payload)
    for beginning in beginnings(of: payload) {
      #expect(throws: IPMIError.self) { try parse(beginning) { _ = try RAKPMessage1(parsing: $0) } }
    }
    payload = []
    RAKPMessage2(
      messageTag: 0, consoleSessionID: 1,
      outcome: .proof(
        .init(controllerRandom: random, controllerGUID: random, keyExchangeCode: code))
    ).append(to: &payload)
    for beginning in beginnings(of: payload).prefix(40) {
      #expect(throws: IPMIError.self) { try parse(beginning) { _ = try RAKPMessage2(parsing: $0) } }
    }
    payload += [UInt8](repeating: 0, count: 13)
    #expect(throws: IPMIError.malformed(layer: .rakp(2), value: 33, offset: 40)) {
      try parse(payload) { _ = try RAKPMessage2(parsing: $0) }
    }
  }

  @Test func rolesHaveALevelAndABit() {
    let role = RequestedRole(.operator, nameOnly: true)
    #expect(role.rawValue == 0x13)
    #expect(role.privilege == .operator && role.isNameOnly)
    #expect(RequestedRole.highest.privilege == nil && !RequestedRole.highest.isNameOnly)
    #expect(RequestedRole(rawValue: 0x0f).privilege == nil)
  }

  private func read<Value>(
    _ datagram: [UInt8], _ type: PayloadType, _ body: (RawSpan) throws -> Value
  ) throws -> Value {
    try parse(datagram) { bytes in
      let message = try RMCPMessage(bytes)
      let packet = try RMCPPlusPacket(message.body)
      #expect(packet.payloadType == type && type.isSessionSetup)
      #expect(packet.sessionID == 0 && packet.sequenceNumber == 0)
      #expect(!packet.isAuthenticated && !packet.isEncrypted)
      return try body(packet.payload)
    }
  }
}
