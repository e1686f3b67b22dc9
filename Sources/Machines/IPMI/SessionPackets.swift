internal import IPMI

/// The packets of an established session, of either version.
enum SessionPackets: Sendable {
  case version15(Version15Packets)
  case version20(RMCPPlusPackets)

  /// The controller's number for the session: what Close Session names.
  var sessionID: UInt32 {
    switch self {
    case .version15(let packets): packets.sessionID
    case .version20(let packets): packets.controllerSessionID
    }
  }

  /// How many bytes a message may have.
  var messageLimit: Int {
    switch self {
    case .version15: SessionPacket.messageLimit
    // As much as UDP carries, but for what stands around it.
    case .version20: 65_000
    }
  }

  /// An IPMI message's datagram, with the session's next number.
  mutating func seal(
    _ message: [UInt8], _ random: inout SessionRandom, using cryptography: some Cryptography
  ) -> [UInt8] {
    switch self {
    case .version15(var packets):
      defer { self = .version15(packets) }
      return packets.seal(message, using: cryptography)
    case .version20(var packets):
      defer { self = .version20(packets) }
      return packets.seal(message, as: .ipmi, &random, using: cryptography)
    }
  }
}

/// What a packet is to an established session.
enum PacketReading: Sendable {
  /// The session's, and new.
  case payload([UInt8])
  /// Another session's, or none that is new.
  case foreign
  /// The session's by its number, or by its place, and nobody vouches for it.
  case disbelieved(DisbelievedAnswer)
}

/// The packets of a session of IPMI 2.0. IPMI 2.0, section 13.6.
struct RMCPPlusPackets: Sendable {
  let controllerSessionID: UInt32
  private let security: SessionSecurity
  private let consoleSessionID: UInt32
  private var next: UInt32 = 1
  private var window: SequenceWindow
  /// The number of the newest packet that was not a message.
  private var newestOther: UInt32?

  init(
    security: SessionSecurity, controllerSessionID: UInt32, consoleSessionID: UInt32, window: Int
  ) {
    self.security = security
    self.controllerSessionID = controllerSessionID
    self.consoleSessionID = consoleSessionID
    self.window = SequenceWindow(.rmcpPlus, after: 0, width: window)
  }

  mutating func seal(
    _ payload: [UInt8], as type: PayloadType, _ random: inout SessionRandom,
    using cryptography: some Cryptography
  ) -> [UInt8] {
    defer { next = SequenceNumbering.rmcpPlus.following(next) }
    let vector =
      security.suite.confidentiality == .none ? Octets16.zero : Octets16(using: &random)
    return security.seal(
      payload, as: type, sessionID: controllerSessionID, sequenceNumber: next,
      initializationVector: vector, using: cryptography)
  }

  /// The payload of a packet that the console itself made; nil when it is not of this session.
  func read(own packet: RMCPPlusPacket, using cryptography: some Cryptography) -> [UInt8]? {
    guard packet.sessionID == controllerSessionID else { return nil }
    do throws(PacketRefusal) {
      return try security.open(packet, using: cryptography)
    } catch {
      return nil
    }
  }

  /// The payload of a packet of this session that is new.
  ///
  /// A message finds its request whenever it comes. Other payloads are a stream whose own numbers soon
  /// begin again: one that a newer one has overtaken is taken as lost, and is sent again.
  mutating func open(
    _ packet: RMCPPlusPacket, using cryptography: some Cryptography
  ) -> PacketReading {
    guard packet.sessionID == consoleSessionID, !packet.payloadType.isSessionSetup else {
      return .foreign
    }
    do throws(PacketRefusal) {
      let payload = try security.open(packet, using: cryptography)
      guard window.accept(packet.sequenceNumber) else { return .foreign }
      guard packet.payloadType != .ipmi else { return .payload(payload) }
      if let newestOther, packet.sequenceNumber &- newestOther > .max / 2 { return .foreign }
      newestOther = packet.sequenceNumber
      return .payload(payload)
    } catch {
      return switch error {
      case .unauthenticated, .unencrypted: .disbelieved(.unprotected)
      case .wrongCode: .disbelieved(.wrongIntegrityCode)
      case .unexpectedAuthentication, .unexpectedEncryption, .malformed: .foreign
      }
    }
  }
}

/// The packets of a session of IPMI 1.5. IPMI 1.5, section 12.3.
struct Version15Packets: Sendable {
  let sessionID: UInt32
  private let authentication: SessionAuthentication
  /// How the packets were authenticated before the controller said that they need not be.
  private let activation: SessionAuthentication
  private let quirks: Set<SessionQuirk>
  private var next: UInt32
  private var window: SequenceWindow

  /// - Parameters:
  ///   - activation: what Activate Session was authenticated with.
  ///   - type: how the controller wants the further packets.
  ///   - inbound: the number of the console's first packet.
  ///   - outbound: the number that the controller was told to begin with.
  init(
    sessionID: UInt32, activation: SessionAuthentication, type: AuthenticationType,
    inbound: UInt32, outbound: UInt32, options: SessionOptions
  ) {
    self.sessionID = sessionID
    self.activation = activation
    quirks = options.quirks
    authentication =
      quirks.contains(.authenticatesEveryPacket) ? activation : activation.with(type: type)
    next = inbound
    window = SequenceWindow(
      .session, after: outbound, acceptsHighest: true, width: options.sequenceWindow)
  }

  mutating func seal(_ message: [UInt8], using cryptography: some Cryptography) -> [UInt8] {
    defer { next = SequenceNumbering.session.following(next) }
    return authentication.seal(
      message, sessionID: sessionID, sequenceNumber: next, using: cryptography)
  }

  /// The message of a packet of this session that is new.
  mutating func open(
    _ packet: SessionPacketView, using cryptography: some Cryptography
  ) -> PacketReading {
    guard packet.sessionID == sessionID || packet.sessionID == 0 else { return .foreign }
    guard isAuthentic(packet, cryptography) else {
      guard packet.sessionID == sessionID else { return .foreign }
      return .disbelieved(
        packet.authenticationType == .none ? .unprotected : .wrongAuthenticationCode)
    }
    guard packet.sessionID == sessionID || quirks.contains(.sessionIDZero) else {
      return .disbelieved(.sessionIDZero)
    }
    let number = packet.sequenceNumber
    let isBigEndian = quirks.contains(.bigEndianSequenceNumbers)
    guard window.accept(isBigEndian ? number.byteSwapped : number) else {
      var other = window
      let isSwapped = !isBigEndian && other.accept(number.byteSwapped)
      return isSwapped ? .disbelieved(.bigEndianSequenceNumber) : .foreign
    }
    return .payload(packet.message.copied)
  }

  private func isAuthentic(
    _ packet: SessionPacketView, _ cryptography: some Cryptography
  ) -> Bool {
    if quirks.contains(.wrongAuthenticationCodes) { return true }
    // Some authenticate what need not be (FreeIPMI's `unexpectedauth`): never the other way round.
    return authentication.verifies(packet, using: cryptography)
      || authentication.type == .none && activation.verifies(packet, using: cryptography)
  }
}
