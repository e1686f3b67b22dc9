import BMCSimulator
import IPMI
import Sockets
import Support
import Testing

/// A console that speaks IPMI 1.5, step by step.
final class Console15 {
  let bench: Bench
  let peer: InternetAddress
  let type: AuthenticationType
  let authentication: SessionAuthentication
  var sessionID: UInt32 = 0
  var sequence: UInt32 = 0
  /// The sequence numbers of the controller's packets, in their order.
  var inbound: [UInt32] = []
  static let initialOutbound: UInt32 = 0x1234

  init(
    _ bench: Bench, _ type: AuthenticationType, password: String = Bench.password,
    port: UInt16 = 40000
  ) throws {
    self.bench = bench
    self.type = type
    peer = Bench.peer(port)
    authentication = try SessionAuthentication(
      type: type, password: try Secret(password, atMost: 16))
  }

  func challenge(_ user: String = "admin") throws -> IPMIMessage? {
    let request = GetSessionChallenge(
      authenticationType: type, userName: try #require(UserName(user)))
    return try bench.ask(request.message())
  }

  func challenge(in answer: IPMIMessage) throws -> GetSessionChallenge.Response {
    let body = Array(answer.body)
    return try GetSessionChallenge.Response(parsing: body.messageBytes)
  }

  func activation(_ challenge: GetSessionChallenge.Response) -> [UInt8] {
    let request = ActivateSession(
      authenticationType: type, maximumPrivilege: PrivilegeLimit(.administrator),
      challenge: challenge.challenge, initialOutboundSequence: Self.initialOutbound)
    return authentication.seal(
      request.message().bytes, sessionID: challenge.temporarySessionID, sequenceNumber: 0,
      using: bench.cryptography)
  }

  @discardableResult
  func logIn(_ user: String = "admin") throws -> Console15 {
    let answer = try #require(try challenge(user))
    try #require(answer.completionCode == .completed)
    let challenge = try challenge(in: answer)
    let answers = bench.exchange(activation(challenge), from: peer)
    let response = try opened(try #require(answers.first))
    guard response.completionCode == .completed else {
      throw try #require(response.completionCode)
    }
    let body = Array(response.body)
    let session = try ActivateSession.Response(parsing: body.messageBytes)
    sessionID = session.sessionID
    sequence = session.initialInboundSequence
    return self
  }

  func seal(_ message: IPMIMessage) -> [UInt8] {
    defer { sequence += 1 }
    return authentication.seal(
      message.bytes, sessionID: sessionID, sequenceNumber: sequence, using: bench.cryptography)
  }

  func opened(_ datagram: [UInt8]) throws -> IPMIMessage {
    let packet = try Self.packet(datagram)
    try #require(try isAuthentic(datagram))
    inbound.append(packet.sequenceNumber)
    return try IPMIMessage(parsing: packet.message.messageBytes)
  }

  private static func packet(_ datagram: [UInt8]) throws -> SessionPacket {
    let message = try RMCPMessage(datagram.messageBytes)
    return try SessionPacket(parsing: message.body)
  }

  private func isAuthentic(_ datagram: [UInt8]) throws -> Bool {
    let message = try RMCPMessage(datagram.messageBytes)
    let view = try SessionPacketView(message.body)
    return authentication.verifies(view, using: bench.cryptography)
  }

  func call<Request: IPMIRequest>(_ request: Request) throws -> Request.Response {
    let answers = bench.exchange(seal(request.message()), from: peer)
    let response = try opened(try #require(answers.first))
    let code = try #require(response.completionCode)
    guard code == .completed else { throw code }
    let body = Array(response.body)
    return try Request.Response(parsing: body.messageBytes)
  }
}
