import BMCSimulator
import IPMI
import LinkLayer
import MonotonicTime
import OpenSSL
import Sockets
import Support
import Testing

/// A controller in front of consoles, all in one place and at a time that only tests move.
final class Bench {
  var bmc: SimulatedBMC
  var now = Instant.origin
  var events: [BMCEvent] = []
  var serialOutput: [UInt8] = []
  /// When each answer was sent, counted from the request.
  var delays: [Duration] = []
  let cryptography: OpenSSLCryptography
  var random = SeededGenerator(seed: 7)

  static let password = "simulated-secret"

  init(_ change: (inout BMCConfiguration) throws -> Void = { _ in }) throws {
    cryptography = try OpenSSLCryptography()
    var configuration = BMCConfiguration()
    configuration.users = try [
      Self.account("admin", .administrator), Self.account("operator", .operator),
      Self.account("user", .user),
    ]
    try change(&configuration)
    bmc = SimulatedBMC(
      configuration, identity: LANConfiguration.Identity(address: [192, 0, 2, 1]), seed: 1,
      cryptography: cryptography)
  }

  static func account(_ name: String, _ level: PrivilegeLevel) throws -> UserAccount {
    UserAccount(
      try #require(UserName(name)), password: try Secret(password, atMost: 20),
      limit: PrivilegeLimit(level))
  }

  /// A console's address; consoles differ by their ports.
  static func peer(_ port: UInt16 = 40000) -> InternetAddress {
    InternetAddress(.v4(IPv4Address(rawValue: 0xc000_0202)), port: port)
  }

  /// What the controller answers to a datagram.
  @discardableResult
  func exchange(_ datagram: [UInt8], from peer: InternetAddress = peer()) -> [[UInt8]] {
    take(bmc.receive(datagram.messageBytes, from: peer, at: now))
  }

  /// Lets time pass, with everything that falls due on the way.
  @discardableResult
  func wait(_ duration: Duration) -> [[UInt8]] {
    let end = now + duration
    var sent: [[UInt8]] = []
    while let deadline = bmc.deadline, deadline <= end {
      now = max(now, deadline)
      sent += take(bmc.fire(at: now))
    }
    now = end
    return sent + take(bmc.fire(at: now))
  }

  func take(_ actions: [SimulatedBMC.Action]) -> [[UInt8]] {
    var sent: [[UInt8]] = []
    for action in actions {
      switch action {
      case .send(let bytes, _, let delay):
        sent.append(bytes)
        delays.append(delay)
      case .serialOutput(let bytes): serialOutput += bytes
      case .report(let event): events.append(event)
      }
    }
    return sent
  }

  /// The answer to a request outside of a session, in the format of IPMI 1.5.
  func ask(_ message: IPMIMessage) throws -> IPMIMessage? {
    let answers = exchange(SessionPacket(message: message.bytes).datagram)
    guard let first = answers.first else { return nil }
    let packet = try Self.packet(first)
    return try IPMIMessage(parsing: packet.message.messageBytes)
  }

  private static func packet(_ datagram: [UInt8]) throws -> SessionPacket {
    let message = try RMCPMessage(datagram.messageBytes)
    return try SessionPacket(parsing: message.body)
  }
}

extension IPMIRequest {
  /// The request as a message.
  func message(_ sequence: UInt8 = 1) -> IPMIMessage {
    IPMIMessage(
      networkFunction: Self.networkFunction, sequenceNumber: sequence, command: Self.command,
      data: data)
  }
}

/// A console that speaks IPMI 2.0, step by step.
final class Console20 {
  let bench: Bench
  let peer: InternetAddress
  let suite: CipherSuite
  var consoleID: UInt32
  var controllerID: UInt32 = 0
  var role: RequestedRole
  var security: SessionSecurity?
  var sequence: UInt32 = 0
  private var requestNumber: UInt8 = 0
  private var first: RAKPMessage1?
  private var controllerKey: Secret?

  init(
    _ bench: Bench, suite: CipherSuite = .suite17, role: PrivilegeLevel = .administrator,
    port: UInt16 = 40000, key: Secret? = nil
  ) {
    self.bench = bench
    self.suite = suite
    self.role = RequestedRole(role)
    peer = Bench.peer(port)
    controllerKey = key
    consoleID = bench.random.next32
  }

  func exchange(_ datagram: [UInt8]) -> [[UInt8]] { bench.exchange(datagram, from: peer) }

  var openRequest: [UInt8] {
    OpenSessionRequest(messageTag: 3, role: role, consoleSessionID: consoleID, suite: suite)
      .datagram
  }

  func open() throws -> OpenSessionResponse {
    let bytes = try payload(of: exchange(openRequest), .openSessionResponse)
    let response = try OpenSessionResponse(parsing: bytes.messageBytes)
    if case .opened(let opened) = response.outcome { controllerID = opened.controllerSessionID }
    return response
  }

  func firstMessage(_ user: String = "admin") -> RAKPMessage1 {
    let message = RAKPMessage1(
      messageTag: 4, controllerSessionID: controllerID,
      consoleRandom: Octets16(using: &bench.random), role: role, userName: Array(user.utf8))
    first = message
    return message
  }

  func prove(_ message: RAKPMessage1) throws -> RAKPMessage2 {
    let bytes = try payload(of: exchange(message.datagram()), .rakp2)
    return try RAKPMessage2(parsing: bytes.messageBytes)
  }

  func exchange(
    after second: RAKPMessage2, password: String = Bench.password
  ) throws -> RAKPExchange {
    guard case .proof(let proof) = second.outcome, let first else {
      throw Refused(status: second.status)
    }
    return try #require(
      RAKPExchange(
        suite: suite, consoleSessionID: consoleID, first: first,
        controllerRandom: proof.controllerRandom, controllerGUID: proof.controllerGUID,
        password: try Secret(password, atMost: 20), controllerKey: controllerKey))
  }

  func thirdMessage(_ exchange: RAKPExchange) -> RAKPMessage3 {
    RAKPMessage3(
      messageTag: 5, controllerSessionID: controllerID,
      keyExchangeCode: exchange.thirdCode(using: bench.cryptography))
  }

  func accept(_ message: RAKPMessage3) throws -> RAKPMessage4 {
    let bytes = try payload(of: exchange(message.datagram), .rakp4)
    return try RAKPMessage4(parsing: bytes.messageBytes)
  }

  /// Logs in, with every code checked.
  @discardableResult
  func logIn(_ user: String = "admin", password: String = Bench.password) throws -> Console20 {
    let opened = try open()
    if case .refused(let status) = opened.outcome { throw Refused(status: status) }
    let second = try prove(firstMessage(user))
    let keys = try exchange(after: second, password: password)
    if case .proof(let proof) = second.outcome {
      try #require(keys.secondCode(using: bench.cryptography) == proof.keyExchangeCode)
    }
    let fourth = try accept(thirdMessage(keys))
    guard fourth.status == .noErrors else { throw Refused(status: fourth.status) }
    let key = keys.sessionIntegrityKey(using: bench.cryptography)
    guard keys.integrityCheckValue(key, using: bench.cryptography) == fourth.integrityCheckValue
    else { throw Refused(status: .invalidIntegrityCheckValue) }
    security = keys.security(key, using: bench.cryptography)
    return self
  }

  struct Refused: Error, Equatable {
    var status: RMCPPlusStatus
  }

  // MARK: In a session

  func seal(_ message: IPMIMessage) throws -> [UInt8] {
    sequence += 1
    return try #require(security).seal(
      message.bytes, sessionID: controllerID, sequenceNumber: sequence,
      initializationVector: Octets16(using: &bench.random), using: bench.cryptography)
  }

  /// The message in a packet of the session.
  func opened(_ datagram: [UInt8]) throws -> IPMIMessage {
    let security = try #require(security)
    let (payload, identifier) = try Self.open(datagram, security, bench.cryptography)
    try #require(identifier == consoleID)
    return try IPMIMessage(parsing: payload.messageBytes)
  }

  func call(_ message: IPMIMessage) throws -> IPMIMessage {
    var message = message
    requestNumber = (requestNumber + 1) & 0x3f
    message.sequenceNumber = requestNumber
    let answers = exchange(try seal(message))
    return try opened(try #require(answers.first))
  }

  /// The response to a request, or the completion code that refuses it.
  func call<Request: IPMIRequest>(_ request: Request) throws -> Request.Response {
    let response = try call(request.message())
    let code = try #require(response.completionCode)
    guard code == .completed else { throw code }
    let body = Array(response.body)
    return try Request.Response(parsing: body.messageBytes)
  }

  func raiseToAdministrator() throws {
    _ = try call(SetSessionPrivilegeLevel(.administrator))
  }

  private func payload(of answers: [[UInt8]], _ type: PayloadType) throws -> [UInt8] {
    let first = try #require(answers.first)
    let (payload, found) = try Self.unprotected(first)
    try #require(found == type)
    return payload
  }

  // Views stay out of functions that expand macros: the compiler's debug information cannot have both.

  private static func unprotected(_ datagram: [UInt8]) throws -> ([UInt8], PayloadType) {
    let message = try RMCPMessage(datagram.messageBytes)
    let packet = try RMCPPlusPacket(message.body)
    return (packet.payload.copied, packet.payloadType)
  }

  private static func open(
    _ datagram: [UInt8], _ security: SessionSecurity, _ cryptography: OpenSSLCryptography
  ) throws -> ([UInt8], UInt32) {
    let message = try RMCPMessage(datagram.messageBytes)
    let packet = try RMCPPlusPacket(message.body)
    return (try security.open(packet, using: cryptography), packet.sessionID)
  }
}

extension RAKPMessage2 {
  var status: RMCPPlusStatus {
    if case .refused(let status) = outcome { status } else { .noErrors }
  }
}

extension OpenSessionResponse {
  var status: RMCPPlusStatus {
    if case .refused(let status) = outcome { status } else { .noErrors }
  }
}

extension SeededGenerator {
  var next32: UInt32 {
    mutating get { UInt32.random(in: 1 ... .max, using: &self) }
  }
}
