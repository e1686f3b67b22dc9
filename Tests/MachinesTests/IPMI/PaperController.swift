import IPMI
import OpenSSL

/// The controller's side on paper: as much of one as the sessions' tests must hold in their hand,
/// stated from the specification and not from the client's code.
struct PaperController {
  var userName = [UInt8]("admin".utf8)
  var password = "secret"
  var key: String?
  /// Which suites it takes; empty for a controller that knows 1.5 alone.
  var suites: [CipherSuite] = [.suite17, .suite3]
  /// What 1.5 offers; empty for a controller that knows 2.0 alone.
  var types: [AuthenticationType] = [.md5]
  /// How the packets of a 1.5 session are authenticated after the activation; nil for as it.
  var typeAfterActivation: AuthenticationType?
  /// What the user is allowed.
  var limit = PrivilegeLevel.administrator
  /// The level that Get Chassis Status needs.
  var statusLevel = PrivilegeLevel.user
  /// How many answers Node Busy come first.
  var busyAnswers = 0
  /// Whether the number that the console gave is used again for the first packet (ipmi_sim).
  var repeatsInitialNumber = false

  /// What was done, in order: `status`, `raise 4`, `close`.
  private(set) var done: [String] = []
  private(set) var sessionsOpened = 0

  let cryptography: OpenSSLCryptography
  /// The sessions that were asked for and not proved, by the controller's number.
  private var pending: [UInt32: (console: UInt32, suite: CipherSuite)] = [:]
  /// The one that a user was looked up for.
  private var proving: UInt32 = 0
  private(set) var console: UInt32 = 0
  private var active: UInt32?
  private var next: UInt32 = 0x0202_0201
  private var security: SessionSecurity?
  private var exchange: RAKPExchange?
  private var number: UInt32 = 0
  private var random = MachineRandomSource()
  private(set) var level = PrivilegeLevel.user
  private var type15 = AuthenticationType.none
  private var active15 = false
  private static let sessionID15: UInt32 = 0x0303_0303
  static let temporaryID: UInt32 = 0x0101_0101
  static let guid = Octets16(padding: [UInt8]("paper-controller".utf8).messageBytes)

  init() throws {
    cryptography = try OpenSSLCryptography()
  }

  /// Forgets every session, as after a reset.
  mutating func reset() {
    security = nil
    exchange = nil
    active = nil
    active15 = false
  }

  /// What it answers to a datagram.
  mutating func receive(_ datagram: [UInt8]) throws -> [[UInt8]] {
    let message = try RMCPMessage(datagram.messageBytes)
    switch message.kind {
    case .rmcpPlus: return try receive(RMCPPlusPacket(message.body))
    case .session: return try receive(SessionPacketView(message.body))
    default: return []
    }
  }

  // MARK: IPMI 2.0

  private mutating func receive(_ packet: RMCPPlusPacket) throws -> [[UInt8]] {
    guard !suites.isEmpty else { return [] }
    switch packet.payloadType {
    case .openSessionRequest: return [try open(OpenSessionRequest(parsing: packet.payload))]
    case .rakp1: return [try lookUp(RAKPMessage1(parsing: packet.payload))]
    case .rakp3: return try prove(RAKPMessage3(parsing: packet.payload))
    case .ipmi:
      guard let security, packet.sessionID == active else { return [] }
      // What has another key is not answered.
      guard let request = try? security.open(packet, using: cryptography) else { return [] }
      let answer = execute(try IPMIMessage(parsing: request.messageBytes))
      return [seal20(answer.bytes)]
    default: return []
    }
  }

  /// A payload of the controller's in the session, with its next number.
  mutating func seal20(_ payload: [UInt8], as type: PayloadType = .ipmi) -> [UInt8] {
    number += 1
    return security?.seal(
      payload, as: type, sessionID: console, sequenceNumber: number,
      initializationVector: Octets16(using: &random), using: cryptography) ?? []
  }

  private mutating func open(_ request: OpenSessionRequest) -> [UInt8] {
    guard suites.contains(request.suite) else {
      return OpenSessionResponse(
        messageTag: request.messageTag, consoleSessionID: request.consoleSessionID,
        outcome: .refused(.noCipherSuiteMatch)
      ).datagram
    }
    next += 1
    pending[next] = (request.consoleSessionID, request.suite)
    return OpenSessionResponse(
      messageTag: request.messageTag, consoleSessionID: request.consoleSessionID,
      outcome: .opened(.init(role: request.role, controllerSessionID: next, suite: request.suite))
    ).datagram
  }

  private mutating func lookUp(_ message: RAKPMessage1) throws -> [UInt8] {
    let open = pending[message.controllerSessionID]
    func refuse(_ status: RMCPPlusStatus) -> [UInt8] {
      RAKPMessage2(
        messageTag: message.messageTag, consoleSessionID: open?.console, outcome: .refused(status)
      ).datagram
    }
    guard let open else { return refuse(.invalidSessionID) }
    guard message.userName == userName else { return refuse(.unauthorizedName) }
    guard let role = message.role.privilege, role <= limit else { return refuse(.unauthorizedRole) }
    let controllerRandom = Octets16(using: &random)
    let exchange = RAKPExchange(
      suite: open.suite, consoleSessionID: open.console, first: message,
      controllerRandom: controllerRandom,
      controllerGUID: Self.guid, password: try Secret(password, atMost: 20),
      controllerKey: try key.map { try Secret($0, atMost: 20) })
    self.exchange = exchange
    proving = message.controllerSessionID
    return RAKPMessage2(
      messageTag: message.messageTag, consoleSessionID: open.console,
      outcome: .proof(
        .init(
          controllerRandom: controllerRandom, controllerGUID: Self.guid,
          keyExchangeCode: exchange?.secondCode(using: cryptography) ?? .empty))
    ).datagram
  }

  private mutating func prove(_ message: RAKPMessage3) -> [[UInt8]] {
    guard message.controllerSessionID == proving, let exchange, let open = pending[proving] else {
      return []
    }
    guard message.status == .noErrors else {
      done.append("abandoned")
      return []
    }
    guard message.keyExchangeCode == exchange.thirdCode(using: cryptography) else {
      return [
        RAKPMessage4(
          messageTag: message.messageTag, status: .invalidIntegrityCheckValue,
          consoleSessionID: open.console, integrityCheckValue: .empty
        ).datagram
      ]
    }
    let sik = exchange.sessionIntegrityKey(using: cryptography)
    if active != proving {
      active = proving
      console = open.console
      security = exchange.security(sik, using: cryptography)
      number = 0
      level = .user
      sessionsOpened += 1
    }
    return [
      RAKPMessage4(
        messageTag: message.messageTag, consoleSessionID: open.console,
        integrityCheckValue: exchange.integrityCheckValue(sik, using: cryptography)
      ).datagram
    ]
  }

  // MARK: IPMI 1.5

  private mutating func receive(_ packet: SessionPacketView) throws -> [[UInt8]] {
    let request = try IPMIMessage(parsing: packet.message)
    if request.command == 0x38 { return [plain(capabilities(request))] }
    guard !types.isEmpty else { return [] }
    if request.command == 0x39 {
      let challenge = try GetSessionChallenge(parsing: request.data.messageBytes)
      guard challenge.userName.bytes == userName else { return [plain(answer(request, 0x81))] }
      type15 = challenge.authenticationType
      let response = GetSessionChallenge.Response(
        temporarySessionID: Self.temporaryID, challenge: Octets16(padding: [7, 7, 7].messageBytes))
      return [plain(IPMIMessage(answering: request, .completed, body: response.data))]
    }
    let authentication = try SessionAuthentication(
      type: packet.authenticationType, password: Secret(password, atMost: 16))
    guard authentication.verifies(packet, using: cryptography) else { return [] }
    if request.command == 0x3a, packet.sessionID == Self.temporaryID {
      return [try activate(request, authentication)]
    }
    guard active15, packet.sessionID == Self.sessionID15 else { return [] }
    return [seal15(execute(request).bytes)]
  }

  private mutating func activate(
    _ request: IPMIMessage, _ authentication: SessionAuthentication
  ) throws -> [UInt8] {
    let activation = try ActivateSession(parsing: request.data.messageBytes)
    number = activation.initialOutboundSequence
    sessionsOpened += 1
    active15 = true
    level = .user
    let response = ActivateSession.Response(
      authenticationType: typeAfterActivation ?? authentication.type, sessionID: Self.sessionID15,
      initialInboundSequence: 5, maximumPrivilege: PrivilegeLimit(limit))
    defer { if repeatsInitialNumber { number &-= 1 } }
    return authentication.seal(
      IPMIMessage(answering: request, .completed, body: response.data).bytes,
      sessionID: Self.temporaryID, sequenceNumber: number, using: cryptography)
  }

  /// A message of the controller's in the 1.5 session, with its next number.
  mutating func seal15(_ message: [UInt8]) -> [UInt8] {
    number &+= 1
    let type = typeAfterActivation ?? type15
    let secret = (try? Secret(password, atMost: 16)) ?? .empty
    let authentication = try? SessionAuthentication(type: type, password: secret)
    return authentication?.seal(
      message, sessionID: Self.sessionID15, sequenceNumber: number, using: cryptography) ?? []
  }

  private func capabilities(_ request: IPMIMessage) -> IPMIMessage {
    let isExtended = request.data.first.map { $0 & 0x80 != 0 } ?? false
    let offered = types.reduce(into: AuthenticationTypes()) {
      $0.formUnion(AuthenticationTypes($1))
    }
    var versions: GetChannelAuthenticationCapabilities.Versions = []
    if !types.isEmpty { versions.insert(.version15) }
    if !suites.isEmpty { versions.insert(.version20) }
    let response = GetChannelAuthenticationCapabilities.Response(
      channel: .init(rawValue: 1), authenticationTypes: offered, status: .userNames,
      versions: isExtended ? versions : nil)
    return IPMIMessage(answering: request, .completed, body: response.data)
  }

  private func plain(_ message: IPMIMessage) -> [UInt8] {
    SessionPacket(message: message.bytes).datagram
  }

  // MARK: Commands

  private func answer(_ request: IPMIMessage, _ code: UInt8) -> IPMIMessage {
    IPMIMessage(answering: request, CompletionCode(rawValue: code))
  }

  private mutating func execute(_ request: IPMIMessage) -> IPMIMessage {
    switch (request.networkFunction, request.command) {
    case (.application, 0x3b):
      guard let asked = PrivilegeLevel(rawValue: request.data[0]), asked <= limit else {
        return answer(request, 0x81)
      }
      done.append("raise \(asked.rawValue)")
      level = asked
      return IPMIMessage(answering: request, .completed, body: [asked.rawValue])
    case (.application, 0x3c):
      done.append("close")
      return answer(request, 0)
    case (.chassis, 1):
      guard level >= statusLevel else { return answer(request, 0xd4) }
      guard busyAnswers == 0 else {
        busyAnswers -= 1
        return answer(request, 0xc0)
      }
      done.append("status")
      return IPMIMessage(answering: request, .completed, body: [1, 0, 0])
    case (.chassis, 2):
      guard level >= .operator else { return answer(request, 0xd4) }
      done.append("control \(request.data[0])")
      return answer(request, 0)
    default: return answer(request, 0xc1)
    }
  }
}

/// Numbers that look random and are the same at every run.
struct MachineRandomSource: RandomNumberGenerator {
  private var state: UInt64 = 1

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ state >> 29
  }
}
