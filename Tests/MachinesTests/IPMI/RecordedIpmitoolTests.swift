import IPMI
import MonotonicTime
import OpenSSL
import Testing

@testable import Machines

/// The machine, given the numbers that ipmitool drew, says in IPMI 2.0 what ipmitool said, byte for byte,
/// but for what ipmitool does otherwise on its own account: it asks for "the highest level" and only then
/// for the level, it gives every step of the handshake the same tag, and it counts its packets from 3.
@Suite struct `Recorded sessions of ipmitool` {
  /// Where a session was recorded, and with what.
  struct Recording: CustomTestStringConvertible, Sendable {
    var folder: String
    var name: String
    var suite: UInt8
    var user = "admin"
    var password = "simulated-secret"
    var key: String?
    /// What Get Chassis Status answered.
    var status: [UInt8] = [0x21, 0, 0x40, 0xf0]

    var testDescription: String { "\(folder)/\(name)" }

    static func simulator(_ suite: UInt8, _ suffix: String = "", key: String? = nil) -> Recording {
      Recording(
        folder: "sessions", name: "ipmitool-lanplus-\(suite)\(suffix)", suite: suite,
        user: "ipmiusr", password: "test", key: key, status: [0, 0, 0])
    }

    static func crimp(_ suite: UInt8, _ suffix: String = "", key: String? = nil) -> Recording {
      Recording(folder: "at-crimp", name: "ipmitool-\(suite)\(suffix)", suite: suite, key: key)
    }
  }

  static let recordings =
    ([0, 1, 2, 3, 6] as [UInt8]).map { Recording.simulator($0) }
    + [.simulator(3, "-kg", key: "abcdefghijklmnopqrs")]
    + ([0, 1, 2, 3, 6, 7, 8, 15, 16, 17] as [UInt8]).map { Recording.crimp($0) }
    + ([3, 17] as [UInt8]).map { .crimp($0, "-key", key: "the controller's key") }

  @Test(arguments: recordings)
  func `are spoken again, to the end`(_ recording: Recording) throws {
    var recorded = try RecordedExchange(recording.name, in: recording.folder)
    // It asks what the channel offers first; the machine does not ask.
    recorded.datagrams.removeFirst(2)
    let theirs = recorded.sent
    let security = try security(recorded, recording)
    let ours = try replay(recorded, recording, security)
    try #require(ours.count == theirs.count)
    for (ours, theirs) in zip(ours, theirs).prefix(3) {
      #expect(handshake(ours).hex == handshake(theirs).hex)
    }
    for (ours, theirs) in zip(ours, theirs).dropFirst(3) {
      let number = try RMCPPlusPacket(RMCPMessage(ours.messageBytes).body).sequenceNumber
      #expect(try ours.hex == renumbered(theirs, number, security).hex)
    }
  }

  /// What the machine sends when it is answered as ipmitool was.
  private func replay(
    _ recorded: RecordedExchange, _ recording: Recording, _ security: SessionSecurity
  ) throws -> [[UInt8]] {
    let cryptography = try OpenSSLCryptography()
    var options = SessionOptions()
    options.version = .version20
    options.suites = [try #require(CipherSuite(id: recording.suite))]
    var session = BMCSession(
      credentials: BMCCredentials(
        userName: try #require(UserName(recording.user)),
        password: try Secret(recording.password, atMost: 20), key: try key(recording)),
      options: options,
      random: SessionRandom(
        replaying: try numbers(recorded.sent, recording, security), cryptography: cryptography),
      cryptography: cryptography)
    let group = NetworkFunction(rawValue: 0x2c)
    let calls = [
      BMCCall(networkFunction: group, command: 0x3e, data: [0, 2], privilege: .administrator),
      BMCCall(networkFunction: .application, command: 1),
      BMCCall(networkFunction: group, command: 0, data: [0]),
      BMCCall(networkFunction: group, command: 0, data: [3]),
      BMCCall(networkFunction: .chassis, command: 1),
    ]
    var actions: [BMCSession.Action] = []
    for (index, call) in calls.enumerated() {
      actions += session.submit(call, as: UInt64(index), at: .origin)
    }
    var sent: [[UInt8]] = []
    var answers: [BMCAnswer] = []
    while !actions.isEmpty {
      switch actions.removeFirst() {
      case .send(let datagram):
        sent.append(datagram)
        guard var answer = recorded.answer(to: sent.count - 1) else { continue }
        // A step of the handshake is answered with its own tag.
        if sent.count <= 3 { answer[16] = datagram[16] }
        actions += session.receive(answer.messageBytes, at: .origin)
      case .answered(_, let answer): answers.append(answer)
      case .established: break
      case .failed(_, let failure): Issue.record("failed: \(failure)")
      case .received: Issue.record("no payload was sent")
      }
    }
    for action in session.close(at: .origin) {
      if case .send(let datagram) = action { sent.append(datagram) }
    }
    #expect(answers.count == calls.count)
    #expect(answers.last == BMCAnswer(.completed, recording.status))
    return sent
  }

  // MARK: What ipmitool does otherwise

  /// A step of the handshake without its tag, and an Open Session Request without the level.
  private func handshake(_ datagram: [UInt8]) -> [UInt8] {
    var datagram = datagram
    datagram[16] = 0
    if datagram[5] == PayloadType.openSessionRequest.rawValue { datagram[17] = 0 }
    return datagram
  }

  /// The same message in a packet of another number.
  private func renumbered(
    _ datagram: [UInt8], _ number: UInt32, _ security: SessionSecurity
  ) throws -> [UInt8] {
    let cryptography = try OpenSSLCryptography()
    let packet = try RMCPPlusPacket(RMCPMessage(datagram.messageBytes).body)
    return security.seal(
      try security.open(packet, using: cryptography), as: packet.payloadType,
      sessionID: packet.sessionID, sequenceNumber: number,
      initializationVector: Octets16(padding: packet.payload), using: cryptography)
  }

  // MARK: The numbers that it drew

  private func numbers(
    _ sent: [[UInt8]], _ recording: Recording, _ security: SessionSecurity
  ) throws -> [UInt64] {
    let cryptography = try OpenSSLCryptography()
    let datagram = sent[3]
    let packet = try RMCPPlusPacket(RMCPMessage(datagram.messageBytes).body)
    let first = try security.open(packet, using: cryptography)
    let message = try IPMIMessage(parsing: first.messageBytes)
    let consoleSessionID = (0..<4).reduce(UInt64(0)) {
      $0 | UInt64(sent[0][20 + $1]) << (8 * UInt64($1))
    }
    var numbers = [
      UInt64(message.sequenceNumber &- 1 & 0x3f), consoleSessionID, UInt64(sent[0][16] &- 1),
    ]
    numbers += octets(sent[1], 24)
    if [3, 8, 17].contains(recording.suite) {
      for packet in sent[3...] { numbers += octets(packet, 16) }
    }
    return numbers
  }

  /// Two numbers that make 16 bytes.
  private func octets(_ bytes: [UInt8], _ offset: Int) -> [UInt64] {
    [offset, offset + 8].map { start in
      (0..<8).reduce(0) { $0 << 8 | UInt64(bytes[start + $1]) }
    }
  }

  // MARK: The keys of the session

  private func key(_ recording: Recording) throws -> Secret? {
    try recording.key.map { try Secret($0, atMost: 20) }
  }

  private func security(
    _ recorded: RecordedExchange, _ recording: Recording
  ) throws -> SessionSecurity {
    let cryptography = try OpenSSLCryptography()
    let sent = recorded.sent[1]
    let answer = try #require(recorded.answer(to: 1))
    let first = try RAKPMessage1(
      parsing: try RMCPPlusPacket(RMCPMessage(sent.messageBytes).body).payload)
    let second = try RAKPMessage2(
      parsing: try RMCPPlusPacket(RMCPMessage(answer.messageBytes).body).payload)
    guard case .proof(let proof) = second.outcome else { throw NoProof() }
    let suite = try #require(CipherSuite(id: recording.suite))
    let consoleSessionID = try #require(second.consoleSessionID)
    let password = try Secret(recording.password, atMost: 20)
    let exchange = RAKPExchange(
      suite: suite, consoleSessionID: consoleSessionID, first: first,
      controllerRandom: proof.controllerRandom, controllerGUID: proof.controllerGUID,
      password: password, controllerKey: try key(recording))
    let agreed = try #require(exchange)
    return agreed.security(
      agreed.sessionIntegrityKey(using: cryptography), using: cryptography)
  }

  /// The recording has no RAKP message 2 that lets a session begin.
  private struct NoProof: Error {}
}
