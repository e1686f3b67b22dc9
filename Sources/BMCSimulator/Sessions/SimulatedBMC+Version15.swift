internal import IPMI
internal import MonotonicTime
internal import Sockets

// Sessions of IPMI 1.5, and in its format what is said before a session of either version.

extension SimulatedBMC {
  mutating func answerVersion15(
    _ packet: SessionPacketView, from peer: InternetAddress, at now: Instant
  ) {
    guard let message = request(in: packet.message) else { return }
    if packet.sessionID == 0 {
      answerOutsideSession(message, from: peer, at: now)
    } else if let challenge = challenges.challenge(packet.sessionID, at: now) {
      activate(challenge, packet, message, from: peer, at: now)
    } else {
      answerInSession(packet, message, from: peer, at: now)
    }
  }

  /// The request that the bytes are; nil when they are something else.
  func request(in bytes: RawSpan) -> IPMIMessage? {
    do throws(IPMIError) {
      let message = try IPMIMessage(parsing: bytes)
      return message.isResponse ? nil : message
    } catch {
      return nil
    }
  }

  private mutating func answerOutsideSession(
    _ request: IPMIMessage, from peer: InternetAddress, at now: Instant
  ) {
    let context = CommandContext(now: now, peer: peer, session: nil)
    guard let response = execute(request, context) else { return }
    send(SessionPacket(message: encoded(response)).datagram, to: peer)
  }

  // MARK: Activation

  /// Gives out a challenge. IPMI 2.0, section 22.16.
  mutating func answer(
    _ request: GetSessionChallenge, _ context: CommandContext
  ) throws(CompletionCode) -> GetSessionChallenge.Response {
    guard !AuthenticationTypes(request.authenticationType).isEmpty,
      configuration.authenticationTypes.contains(AuthenticationTypes(request.authenticationType))
    else {
      report(.refused(.unacceptableAlgorithm, from: context.peer))
      throw .invalidDataField
    }
    let found = users.number(of: request.userName, at: nil, onlyByName: true)
    guard let user = found else {
      report(.refused(.unknownUser, from: context.peer))
      // Invalid user name, or null user name not enabled.
      throw CompletionCode(rawValue: request.userName == .null ? 0x82 : 0x81)
    }
    let challenge = ChallengeTable.Challenge(
      temporaryID: unusedSessionID(), bytes: Octets16(using: &random), user: user,
      type: request.authenticationType, instant: context.now)
    challenges.insert(challenge)
    return GetSessionChallenge.Response(
      temporarySessionID: challenge.temporaryID, challenge: challenge.bytes)
  }

  /// Activates a session when its packet proves the password. IPMI 2.0, section 22.17.
  private mutating func activate(
    _ challenge: ChallengeTable.Challenge, _ packet: SessionPacketView, _ message: IPMIMessage,
    from peer: InternetAddress, at now: Instant
  ) {
    guard message.networkFunction == ActivateSession.networkFunction,
      message.command == ActivateSession.command,
      let authentication = authentication(of: challenge)
    else { return }
    guard authentication.verifies(packet, using: cryptography) else {
      report(.refused(.wrongPassword, from: peer))
      return
    }
    do throws(CompletionCode) {
      let request = try parsed(message, as: ActivateSession.self)
      let session = try session(for: request, challenge, authentication, from: peer, at: now)
      challenges.remove(challenge.temporaryID)
      acceptActivation(session, request, message, inHeader: challenge.temporaryID)
    } catch {
      let refusal = sealed(
        encoded(IPMIMessage(answering: message, error)), by: authentication,
        challenge.temporaryID, number: 0)
      send(refusal, to: peer)
    }
  }

  private func authentication(of challenge: ChallengeTable.Challenge) -> SessionAuthentication? {
    do throws(CompletionCode) {
      let password = try users.account(challenge.user).password
      return try? SessionAuthentication(
        type: challenge.type, password: password, challenge: challenge.bytes)
    } catch {
      return nil
    }
  }

  private mutating func session(
    for request: ActivateSession, _ challenge: ChallengeTable.Challenge,
    _ authentication: SessionAuthentication, from peer: InternetAddress, at now: Instant
  ) throws(CompletionCode) -> Session {
    // Of the OEM type the code alone answers the challenge (ipmitool's `-o supermicro`).
    let isHidden = challenge.type == .oem && request.challenge == .zero
    let isShown =
      request.challenge == challenge.bytes
      && !(challenge.type == .oem && misbehaves(.hiddenChallenge))
    guard isHidden || isShown,
      request.authenticationType == challenge.type,
      let wanted = request.maximumPrivilege.level
    else { throw .invalidDataField }
    // Session sequence number out of range.
    guard request.initialOutboundSequence != 0 else { throw CompletionCode(rawValue: 0x84) }
    let account = try users.account(challenge.user)
    guard let limit = privilegeLimit(of: account), wanted <= limit else {
      report(.refused(.privilege, from: peer))
      throw CompletionCode(rawValue: 0x86)
    }
    guard sessions.hasFreeSlot else {
      report(.refused(.noSlot, from: peer))
      throw CompletionCode(rawValue: 0x81)
    }
    let type = !channel.authenticatesMessages ? .none : challenge.type
    let initialInbound = UInt32.random(in: 1...0xffff, using: &random)
    return Session(
      identifier: unusedSessionID(), handle: sessions.unusedHandle, peer: peer,
      user: challenge.user, userName: account.name, privilege: firstPrivilege(wanted),
      limit: wanted, lastPacket: now,
      version: .version15(
        Version15(
          authentication: authentication.with(type: type),
          inbound: SequenceWindow(.session, after: initialInbound, acceptsHighest: true),
          outbound: request.initialOutboundSequence)))
  }

  private mutating func acceptActivation(
    _ session: Session, _ request: ActivateSession, _ message: IPMIMessage,
    inHeader temporaryID: UInt32
  ) {
    guard case .version15(var state) = session.version else { return }
    let response = ActivateSession.Response(
      authenticationType: misbehaves(.demandedCodes) ? .none : state.authentication.type,
      sessionID: session.identifier,
      initialInboundSequence: state.inbound.highest,
      maximumPrivilege: PrivilegeLimit(session.limit))
    let body = encoded(IPMIMessage(answering: message, .completed, body: response.data))
    // The activation itself is authenticated as was asked for, whatever comes after it.
    let datagram = sealed(
      body, by: state.authentication.with(type: request.authenticationType), temporaryID,
      number: state.outbound)
    if !misbehaves(.repeatedInitialSequence) {
      state.outbound = SequenceNumbering.session.following(state.outbound)
    }
    var session = session
    session.version = .version15(state)
    sessions.insert(session)
    send(datagram, to: session.peer)
    report(
      .loggedIn(
        user: session.userName, from: session.peer,
        protection: .version15(request.authenticationType)))
  }

  // MARK: In a session

  private mutating func answerInSession(
    _ packet: SessionPacketView, _ message: IPMIMessage, from peer: InternetAddress,
    at now: Instant
  ) {
    guard var session = sessions[packet.sessionID], session.peer == peer,
      case .version15(var state) = session.version,
      isAuthentic(packet, message, state),
      state.inbound.accept(packet.sequenceNumber)
    else { return }
    session.version = .version15(state)
    session.lastPacket = now
    sessions[session.identifier] = session

    let context = CommandContext(now: now, peer: peer, session: session)
    guard let response = execute(message, context) else { return }
    answer(with: response, in: session, type: packet.authenticationType)
  }

  /// Whether the packet is authenticated as its session and its command want it. IPMI 1.5, section
  /// 6.11.4.
  private func isAuthentic(
    _ packet: SessionPacketView, _ message: IPMIMessage, _ state: Version15
  ) -> Bool {
    if state.authentication.verifies(packet, using: cryptography) { return true }
    guard packet.authenticationType == .none, !channel.authenticatesUserLevel else {
      return false
    }
    return CommandTable.privilege(of: message) <= .user
  }

  private mutating func answer(
    with response: IPMIMessage, in session: Session, type: AuthenticationType
  ) {
    // Close Session is answered in the session that it ends.
    var session = sessions[session.identifier] ?? session
    guard case .version15(var state) = session.version else { return }
    let authentication = state.authentication.with(type: type)
    if misbehaves(.forgedAnswers), type != .none {
      sendForgery(of: response, to: session.peer) { [self] message in
        var bytes = sealed(message, by: authentication, session.identifier, number: state.outbound)
        bytes[Self.codeOffset] ^= 0x01
        return bytes
      }
    }
    let datagram = sealed(
      encoded(response), by: authentication, session.identifier, number: state.outbound)
    state.outbound = SequenceNumbering.session.following(state.outbound)
    if misbehaves(.staleAnswers), !session.lastAnswer.isEmpty {
      send(session.lastAnswer, to: session.peer)
    }
    session.lastAnswer = datagram
    session.version = .version15(state)
    sessions[session.identifier] = session
    send(datagram, to: session.peer)
  }

  /// Where a packet's code begins: behind the type, the sequence number and the session ID.
  private static let codeOffset = RMCPHeader.byteCount + 9

  /// A packet of a session, with what this controller does wrong.
  private func sealed(
    _ message: [UInt8], by authentication: SessionAuthentication, _ sessionID: UInt32,
    number: UInt32
  ) -> [UInt8] {
    var bytes = authentication.seal(
      message, sessionID: misbehaves(.zeroSessionID) ? 0 : sessionID,
      sequenceNumber: misbehaves(.bigEndianNumbers) ? number.byteSwapped : number,
      using: cryptography)
    if misbehaves(.wrongCodes), authentication.type != .none { bytes[Self.codeOffset] ^= 0x01 }
    return bytes
  }

  /// Sends a packet that looks like the answer and is not: its data says something else.
  mutating func sendForgery(
    of response: IPMIMessage, to peer: InternetAddress, seal: ([UInt8]) -> [UInt8]
  ) {
    var forged = response
    if forged.data.count > 1 { forged.data[1] ^= 0x01 } else { forged.data = [0xff] }
    send(seal(encoded(forged)), to: peer)
  }
}
