internal import IPMI
internal import MonotonicTime

/// The console's side of opening a session of IPMI 1.5: what the channel offers, a challenge, the
/// activation. IPMI 1.5, section 12.6 and 18.12 to 18.15.
struct Version15Handshake: Sendable {
  /// What is awaited.
  enum State: Sendable {
    case initial
    /// Get Channel Authentication Capabilities, with or without the bit of IPMI 2.0.
    case capabilities(isExtended: Bool)
    /// Get Session Challenge.
    case challenge(AuthenticationType)
    /// Activate Session, in the temporary session.
    case activation(SessionAuthentication, temporaryID: UInt32)
    case finished
  }

  /// How often the controller may lose the temporary session before that is its answer.
  private static let restartLimit = 1
  /// How often the answer to one challenge is sent before another is asked for.
  private static let activationLimit = 3
  /// How many other challenges are kept in mind.
  private static let alternativeLimit = 4

  private(set) var state = State.initial
  private let context: SessionContext
  private let isProbe: Bool
  private var request: IPMIMessage?
  /// Get Session Challenge, while its answer is being answered.
  private var challengeRequest: IPMIMessage?
  /// Challenges that came after the one that is being answered. The first may be forged; the true one
  /// comes after it then.
  private var alternatives: [GetSessionChallenge.Response] = []
  private var alternativeCount = 0
  private var outbound: UInt32 = 0
  private var messageNumber: UInt8 = 0
  private var restarts = 0
  /// Why the last answer was passed over that came in the right place.
  private var disbelief: DisbelievedAnswer?
  var resend: ResendClock

  /// - Parameter isProbe: whether it only finds out if the controller speaks 2.0, and opens a session
  ///   when it does not, and may.
  init(_ context: SessionContext, _ roundTrips: RoundTrips, isProbe: Bool = false) {
    self.context = context
    self.isProbe = isProbe
    resend = ResendClock(context.options.opening, roundTrips)
  }

  /// When `fire` has something to do.
  var deadline: Instant? { resend.due }

  /// The step that waits for an answer.
  var stage: SessionStage {
    switch state {
    case .initial, .capabilities, .finished: .capabilities
    case .challenge: .challenge
    case .activation: .activation
    }
  }

  /// Whether it is known that the controller is spoken to in 1.5.
  var isUnderWay: Bool {
    switch state {
    case .challenge, .activation: true
    default: false
    }
  }

  // MARK: Events

  mutating func start(at now: Instant, _ random: inout SessionRandom) -> [HandshakeEvent] {
    let limit = SessionAuthentication.passwordLimit
    if !isProbe, context.credentials.password.byteCount > limit {
      return finish(.passwordTooLong(limit: limit))
    }
    messageNumber = UInt8(truncatingIfNeeded: random.next()) & 0x3f
    // Any number but 0, as a session ID is.
    outbound = random.sessionID()
    return askCapabilities(isExtended: isProbe, at: now)
  }

  mutating func receive(_ packet: SessionPacketView, at now: Instant) -> [HandshakeEvent] {
    guard let request, let response = message(in: packet), let code = response.completionCode else {
      return []
    }
    do throws(IPMIError) {
      let body = Array(response.body)
      guard response.answers(request) else {
        try keepInMind(packet, response, code, body)
        return []
      }
      switch state {
      case .capabilities(let isExtended):
        guard isOutsideSession(packet) else { return [] }
        return try receiveCapabilities(code, body, isExtended, at: now)
      case .challenge(let type):
        guard isOutsideSession(packet) else { return [] }
        return try receiveChallenge(code, body, type, at: now)
      case .activation(let authentication, let temporaryID):
        return try receiveActivation(packet, code, body, authentication, temporaryID, at: now)
      case .initial, .finished: return []
      }
    } catch {
      return []
    }
  }

  mutating func fire(at now: Instant) -> [HandshakeEvent] {
    guard resend.isDue(at: now) else { return [] }
    guard resend.allowsMore else { return finish(silence) }
    if case .activation(let authentication, _) = state, !alternatives.isEmpty {
      resend.reset()
      return activate(alternatives.removeFirst(), authentication.type, at: now)
    }
    if case .activation(let authentication, _) = state,
      resend.countedAttempts >= Self.activationLimit
    {
      guard restarts < Self.restartLimit else { return finish(silence) }
      restarts += 1
      resend.reset()
      return askChallenge(authentication.type, at: now)
    }
    return send(at: now)
  }

  /// What silence in the present step means.
  var silence: BMCFailure {
    if let disbelief { return .disbelieved(disbelief) }
    if case .activation = state { return .passwordNotConfirmed }
    return .noAnswer(stage)
  }

  // MARK: Steps

  private mutating func askCapabilities(isExtended: Bool, at now: Instant) -> [HandshakeEvent] {
    let privilege = PrivilegeLimit(context.options.privilege)
    return ask(
      GetChannelAuthenticationCapabilities(
        privilege: privilege, asksForExtendedData: isExtended),
      .capabilities(isExtended: isExtended), at: now)
  }

  private mutating func receiveCapabilities(
    _ code: CompletionCode, _ body: [UInt8], _ isExtended: Bool, at now: Instant
  ) throws(IPMIError) -> [HandshakeEvent] {
    guard code == .completed else {
      // Controllers older than 2.0 refuse the bit that asks for it.
      if isExtended { return askCapabilities(isExtended: false, at: now) }
      return [.suspect(.rejected(.capabilities, code))]
    }
    let offer = try GetChannelAuthenticationCapabilities.Response(parsing: body.messageBytes)
    guard !isProbe || !offer.offersVersion20 else { return finish(nil) }
    let isIgnored = context.options.quirks.contains(.wrongAuthenticationCapabilities)
    guard !isProbe || context.options.mayFallBack else {
      resend.hold()
      return isIgnored ? [] : [.suspect(.versionNotOffered(.version20))]
    }
    guard isIgnored || offer.offersVersion15 else {
      return [.suspect(.versionNotOffered(.version15))]
    }
    let type = context.options.authenticationTypes.first {
      isIgnored || offer.authenticationTypes.contains(AuthenticationTypes($0))
    }
    guard let type else {
      return [.suspect(.noAuthenticationType(offered: offer.authenticationTypes))]
    }
    return askChallenge(type, at: now)
  }

  private mutating func askChallenge(
    _ type: AuthenticationType, at now: Instant
  ) -> [HandshakeEvent] {
    ask(
      GetSessionChallenge(authenticationType: type, userName: context.credentials.userName),
      .challenge(type), at: now)
  }

  private mutating func receiveChallenge(
    _ code: CompletionCode, _ body: [UInt8], _ type: AuthenticationType, at now: Instant
  ) throws(IPMIError) -> [HandshakeEvent] {
    guard code == .completed else {
      let isUser = code.rawValue == 0x81 || code.rawValue == 0x82
      return [.suspect(isUser ? .wrongUser : .rejected(.challenge, code))]
    }
    let response = try GetSessionChallenge.Response(parsing: body.messageBytes)
    challengeRequest = request
    return activate(response, type, at: now)
  }

  private mutating func activate(
    _ response: GetSessionChallenge.Response, _ type: AuthenticationType, at now: Instant
  ) -> [HandshakeEvent] {
    let authentication: SessionAuthentication
    do throws(SecretTooLong) {
      authentication = try SessionAuthentication(
        type: type, password: context.credentials.password, challenge: response.challenge)
    } catch {
      return finish(.passwordTooLong(limit: error.limit))
    }
    let isHidden = type == .oem && context.options.quirks.contains(.hiddenChallenge)
    return ask(
      ActivateSession(
        authenticationType: type,
        maximumPrivilege: PrivilegeLimit(context.options.privilege),
        challenge: isHidden ? .zero : response.challenge, initialOutboundSequence: outbound),
      .activation(authentication, temporaryID: response.temporarySessionID), at: now)
  }

  /// Keeps another answer to Get Session Challenge in mind.
  private mutating func keepInMind(
    _ packet: SessionPacketView, _ response: IPMIMessage, _ code: CompletionCode, _ body: [UInt8]
  ) throws(IPMIError) {
    guard case .activation = state, let challengeRequest, response.answers(challengeRequest),
      code == .completed, isOutsideSession(packet), alternativeCount < Self.alternativeLimit
    else { return }
    let other = try GetSessionChallenge.Response(parsing: body.messageBytes)
    alternativeCount += 1
    alternatives.append(other)
  }

  private mutating func receiveActivation(
    _ packet: SessionPacketView, _ code: CompletionCode, _ body: [UInt8],
    _ authentication: SessionAuthentication, _ temporaryID: UInt32, at now: Instant
  ) throws(IPMIError) -> [HandshakeEvent] {
    guard code == .completed else { return refused(code, authentication.type, at: now) }
    let quirks = context.options.quirks
    // The response may have the temporary number or the session's own: both stand under the code.
    guard
      quirks.contains(.wrongAuthenticationCodes)
        || authentication.verifies(packet, using: context.cryptography)
    else { return disbelieve(.wrongAuthenticationCode) }
    let response = try ActivateSession.Response(parsing: body.messageBytes)
    guard
      packet.sessionID == temporaryID || packet.sessionID == response.sessionID
        || packet.sessionID == 0 && quirks.contains(.sessionIDZero)
    else { return packet.sessionID == 0 ? disbelieve(.sessionIDZero) : [] }
    guard response.sessionID != 0,
      response.authenticationType == authentication.type || response.authenticationType == .none
    else { return [] }
    resend.answered(at: now)
    return establish(response, authentication)
  }

  private mutating func disbelieve(_ reason: DisbelievedAnswer) -> [HandshakeEvent] {
    disbelief = reason
    return []
  }

  private mutating func establish(
    _ response: ActivateSession.Response, _ authentication: SessionAuthentication
  ) -> [HandshakeEvent] {
    state = .finished
    let packets = Version15Packets(
      sessionID: response.sessionID, activation: authentication,
      type: response.authenticationType, inbound: response.initialInboundSequence,
      outbound: outbound, options: context.options)
    let facts = SessionFacts(
      suite: nil, authenticationType: response.authenticationType, sessionID: response.sessionID,
      controllerGUID: nil, isFallback: isProbe)
    return [.establish(.version15(packets), facts)]
  }

  private mutating func refused(
    _ code: CompletionCode, _ type: AuthenticationType, at now: Instant
  ) -> [HandshakeEvent] {
    switch code.rawValue {
    case 0x81, 0x82, 0x83: return [.suspect(.noSessionSlot)]
    case 0x86: return [.suspect(.privilegeTooLow)]
    case 0x85 where restarts < Self.restartLimit:
      // The first of two has activated the session, and its answer was lost.
      restarts += 1
      return askChallenge(type, at: now)
    default: return [.suspect(.rejected(.activation, code))]
    }
  }

  // MARK: Messages

  private mutating func ask(
    _ command: some IPMIRequest, _ state: State, at now: Instant
  ) -> [HandshakeEvent] {
    self.state = state
    messageNumber = (messageNumber + 1) & 0x3f
    request = BMCCall(command).message(numbered: messageNumber)
    resend.answered(at: now)
    return send(at: now)
  }

  private mutating func send(at now: Instant) -> [HandshakeEvent] {
    guard let message = request?.bytes else { return [] }
    resend.sent(at: now)
    guard case .activation(let authentication, let temporaryID) = state else {
      return [.send(SessionPacket(message: message).datagram)]
    }
    return [
      .send(
        authentication.seal(
          message, sessionID: temporaryID, sequenceNumber: 0, using: context.cryptography))
    ]
  }

  private func isOutsideSession(_ packet: SessionPacketView) -> Bool {
    packet.sessionID == 0 && packet.authenticationType == .none
  }

  private mutating func message(in packet: SessionPacketView) -> IPMIMessage? {
    let bytes = packet.message.copied
    let isVerifying = !context.options.quirks.contains(.wrongChecksums)
    if let message = IPMIMessage(reading: bytes, verifyingChecksums: isVerifying) { return message }
    if let request,
      IPMIMessage(reading: bytes, verifyingChecksums: false)?.answers(request) == true
    {
      disbelief = .wrongChecksum
    }
    return nil
  }

  private mutating func finish(_ failure: BMCFailure?) -> [HandshakeEvent] {
    state = .finished
    resend.reset()
    return failure.map { [.fail($0)] } ?? []
  }
}

extension BMCCall {
  /// The request as a message, without its way over a bridge.
  func message(numbered number: UInt8) -> IPMIMessage {
    IPMIMessage(
      networkFunction: networkFunction, responderLUN: lun, sequenceNumber: number,
      command: command, data: data)
  }
}
