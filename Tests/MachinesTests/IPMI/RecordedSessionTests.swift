import IPMI
import MonotonicTime
import OpenSSL
import Testing

@testable import Machines

/// The machine, given the numbers that FreeIPMI and ipmitool drew, sends what they sent.
@Suite struct `Recorded sessions of the originals` {
  private static let operatorCalls: [BMCCall] = [
    BMCCall(networkFunction: .chassis, command: 1, privilege: .operator)
  ]

  /// Where sessions were recorded: with whom, by which user.
  struct Place: CustomTestStringConvertible, Sendable {
    var folder: String
    var prefix: String
    var user: String
    var password: String
    /// What Get Chassis Status answered at last.
    var status: [UInt8]

    var testDescription: String { folder }

    static let simulator = Place(
      folder: "sessions", prefix: "ipmipower-lan20-", user: "ipmiusr", password: "test",
      status: [0, 0, 0])
    static let crimp = Place(
      folder: "at-crimp", prefix: "ipmipower-", user: "admin", password: "simulated-secret",
      status: [0x21, 0, 0x40, 0xf0])
  }

  @Test(
    arguments: ([0, 1, 2, 3, 6, 11] as [UInt8]).map { (Place.simulator, $0) }
      + ([0, 1, 2, 3, 6, 7, 8, 11, 12, 15, 16, 17] as [UInt8]).map { (Place.crimp, $0) })
  func `of ipmipower in IPMI 2.0, each suite`(_ place: Place, _ suite: UInt8) throws {
    let recorded = try RecordedExchange("\(place.prefix)\(suite)", in: place.folder)
    // Its first datagram asks what the channel offers; the machine does not ask.
    let sent = Array(recorded.sent.dropFirst())
    var options = SessionOptions()
    options.version = .version20
    options.suites = [try #require(CipherSuite(id: suite))]
    options.privilege = .operator
    let first = try #require(try message(in: sent[3], recorded, suite, place))
    var numbers = [UInt64(first.sequenceNumber &- 1 & 0x3f)]
    numbers.append(UInt64(little32(sent[0], 20)))
    numbers.append(UInt64(sent[0][16] &- 1))
    numbers += octets(sent[1], 24)
    if [3, 8, 12, 17].contains(suite) {
      for packet in sent[3...] { numbers += octets(packet, 16) }
    }
    try replay(recorded, at: place, skipping: 1, options, numbers, Self.operatorCalls, comparing: 5)
  }

  @Test(arguments: ["none", "md2", "md5"])
  func `of ipmipower in IPMI 1.5`(_ name: String) throws {
    let recorded = try RecordedExchange("ipmipower-lan-\(name)")
    let sent = recorded.sent
    var options = SessionOptions()
    options.version = .version15
    options.authenticationTypes = [try type(name)]
    options.privilege = .operator
    // The simulator uses a number twice, and ipmipower asks again for what it dropped for that. The
    // machine bears with it: of its fifth datagram there is no record.
    try replay(
      recorded, at: .simulator, options, numbers15(sent, afterActivation: 3), Self.operatorCalls,
      comparing: 4)
  }

  /// With a controller that uses no number twice, to the end.
  @Test(arguments: ["none", "md2", "md5", "straight"])
  func `of ipmipower in IPMI 1.5, at our controller`(_ name: String) throws {
    let recorded = try RecordedExchange("ipmipower-\(name)", in: "at-crimp")
    var options = SessionOptions()
    options.version = .version15
    options.authenticationTypes = [try type(name)]
    options.privilege = .operator
    try replay(
      recorded, at: .crimp, options, numbers15(recorded.sent, afterActivation: 3),
      Self.operatorCalls, comparing: recorded.sent.count)
  }

  @Test(
    arguments: ["none", "md5", "password"].flatMap { name in
      [(Place.simulator, "ipmitool-lan-\(name)", name), (.crimp, "ipmitool-\(name)", name)]
    })
  func `of ipmitool in IPMI 1.5, with all that it asks, to the end`(
    _ place: Place, _ file: String, _ name: String
  ) throws {
    var recorded = try RecordedExchange(file, in: place.folder)
    // A presence ping and its pong come first.
    recorded.datagrams.removeFirst(2)
    var options = SessionOptions()
    options.version = .version15
    options.authenticationTypes = [try type(name)]
    let group = NetworkFunction(rawValue: 0x2c)
    let calls = [
      BMCCall(networkFunction: group, command: 0x3e, data: [0, 2], privilege: .administrator),
      BMCCall(networkFunction: .application, command: 1),
      BMCCall(networkFunction: group, command: 0, data: [0]),
      BMCCall(networkFunction: group, command: 0, data: [3]),
      BMCCall(networkFunction: .chassis, command: 1),
    ]
    try replay(
      recorded, at: place, options, numbers15(recorded.sent, afterActivation: 3), calls,
      comparing: recorded.sent.count)
  }

  /// Feeds the recorded answers to a machine with the recorded client's numbers.
  private func replay(
    _ recorded: RecordedExchange, at place: Place, skipping skipped: Int = 0,
    _ options: SessionOptions,
    _ numbers: [UInt64], _ calls: [BMCCall], comparing count: Int
  ) throws {
    let cryptography = try OpenSSLCryptography()
    var session = BMCSession(
      credentials: BMCCredentials(
        userName: try #require(UserName(place.user)),
        password: try Secret(place.password, atMost: 16)),
      options: options, random: SessionRandom(replaying: numbers, cryptography: cryptography),
      cryptography: cryptography)
    var actions: [BMCSession.Action] = []
    for (index, call) in calls.enumerated() {
      actions += session.submit(call, as: UInt64(index), at: .origin)
    }
    var sent: [[UInt8]] = []
    var answers: [BMCAnswer] = []
    var hasEstablished = false
    while !actions.isEmpty {
      switch actions.removeFirst() {
      case .send(let datagram):
        sent.append(datagram)
        guard let answer = recorded.answer(to: skipped + sent.count - 1) else { continue }
        actions += session.receive(answer.messageBytes, at: .origin)
      case .established: hasEstablished = true
      case .answered(_, let answer): answers.append(answer)
      case .failed(_, let failure): Issue.record("failed: \(failure)")
      case .received: Issue.record("no payload was sent")
      }
    }
    for action in session.close(at: .origin) {
      if case .send(let datagram) = action { sent.append(datagram) }
    }
    #expect(hasEstablished)
    if count > 4 {
      #expect(answers.count == calls.count)
      #expect(answers.last == BMCAnswer(.completed, place.status))
    }
    let wanted = recorded.sent.dropFirst(skipped).prefix(count)
    #expect(sent.prefix(count).map(\.hex) == wanted.map(\.hex))
  }

  // MARK: The numbers that the recorded client drew

  /// The session's message number, the handshake's, and the initial outbound sequence number.
  private func numbers15(_ sent: [[UInt8]], afterActivation index: Int) throws -> [UInt64] {
    let messages = try sent.map { datagram in
      try IPMIMessage(
        parsing: try SessionPacketView(RMCPMessage(datagram.messageBytes).body).message)
    }
    let data = messages[2].data
    let activation = try ActivateSession(parsing: data.messageBytes)
    return [
      UInt64(messages[index].sequenceNumber &- 1 & 0x3f),
      UInt64(messages[0].sequenceNumber &- 1 & 0x3f),
      UInt64(activation.initialOutboundSequence),
    ]
  }

  /// The first message in a session of IPMI 2.0, decrypted with the password's keys.
  private func message(
    in packet: [UInt8], _ recorded: RecordedExchange, _ suite: UInt8, _ place: Place
  ) throws -> IPMIMessage? {
    let cryptography = try OpenSSLCryptography()
    let body = try RMCPMessage(packet.messageBytes).body
    let sent = recorded.sent[2]
    let first = try RAKPMessage1(
      parsing: try RMCPPlusPacket(RMCPMessage(sent.messageBytes).body).payload)
    let answer = try #require(recorded.answer(to: 2))
    let second = try RAKPMessage2(
      parsing: try RMCPPlusPacket(RMCPMessage(answer.messageBytes).body).payload)
    guard case .proof(let proof) = second.outcome else { return nil }
    let agreed = try #require(CipherSuite(id: suite))
    let consoleSessionID = try #require(second.consoleSessionID)
    let password = try Secret(place.password, atMost: 20)
    let exchange = try #require(
      RAKPExchange(
        suite: agreed, consoleSessionID: consoleSessionID, first: first,
        controllerRandom: proof.controllerRandom, controllerGUID: proof.controllerGUID,
        password: password))
    let key = exchange.sessionIntegrityKey(using: cryptography)
    let payload = try exchange.security(key, using: cryptography)
      .open(try RMCPPlusPacket(body), using: cryptography)
    return try IPMIMessage(parsing: payload.messageBytes)
  }

  private func type(_ name: String) throws -> AuthenticationType {
    let types: [String: AuthenticationType] = [
      "none": .none, "md2": .md2, "md5": .md5, "password": .straightPassword,
      "straight": .straightPassword,
    ]
    return try #require(types[name])
  }

  private func little32(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * UInt32($1)) }
  }

  /// Two numbers that make 16 bytes.
  private func octets(_ bytes: [UInt8], _ offset: Int) -> [UInt64] {
    [offset, offset + 8].map { start in
      (0..<8).reduce(0) { $0 << 8 | UInt64(bytes[start + $1]) }
    }
  }
}
