internal import IPMI
internal import MonotonicTime
internal import Sockets

// Packets in the format of IPMI 2.0.

extension SimulatedBMC {
  mutating func answerVersion20(
    _ packet: RMCPPlusPacket, from peer: InternetAddress, at now: Instant
  ) {
    // Who accepts no suite knows nothing of 2.0.
    guard !configuration.suites.isEmpty else { return }
    guard packet.sessionID == 0 else {
      answerInSession(packet, from: peer, at: now)
      return
    }
    guard !packet.isAuthenticated, !packet.isEncrypted else { return }
    do throws(IPMIError) {
      switch packet.payloadType {
      case .ipmi: answerOutsideSession(packet.payload, from: peer, at: now)
      case .openSessionRequest:
        open(try OpenSessionRequest(parsing: packet.payload), from: peer, at: now)
      case .rakp1 where misbehaves(.fixedNameField) && packet.payload.byteCount < 44: break
      case .rakp1: prove(try RAKPMessage1(parsing: packet.payload), from: peer, at: now)
      case .rakp3: accept(try RAKPMessage3(parsing: packet.payload), from: peer, at: now)
      default: break
      }
    } catch {
      // Malformed: no answer, and nothing changes.
    }
  }

  private mutating func answerOutsideSession(
    _ bytes: RawSpan, from peer: InternetAddress, at now: Instant
  ) {
    guard let message = request(in: bytes) else { return }
    let context = CommandContext(now: now, peer: peer, session: nil)
    guard let response = execute(message, context) else { return }
    send(RMCPPlusPacket.unprotected(.ipmi, payload: encoded(response)), to: peer)
  }

  private mutating func answerInSession(
    _ packet: RMCPPlusPacket, from peer: InternetAddress, at now: Instant
  ) {
    guard var session = sessions[packet.sessionID], session.peer == peer,
      case .version20(var state) = session.version, let security = state.security,
      let payload = opened(packet, security), state.inbound.accept(packet.sequenceNumber)
    else { return }
    session.version = .version20(state)
    session.lastPacket = now
    sessions[session.identifier] = session

    switch packet.payloadType {
    case .ipmi:
      guard let message = request(in: payload.messageBytes) else { return }
      let context = CommandContext(now: now, peer: peer, session: session)
      guard let response = execute(message, context) else { return }
      answer(with: response, in: session)
    case .serialOverLAN:
      receiveSerial(payload, in: session, at: now)
    default: break
    }
  }

  private func opened(_ packet: RMCPPlusPacket, _ security: SessionSecurity) -> [UInt8]? {
    do throws(PacketRefusal) {
      return try security.open(packet, using: cryptography)
    } catch {
      return nil
    }
  }

  private mutating func answer(with response: IPMIMessage, in session: Session) {
    // Close Session is answered in the session that it ends.
    var session = sessions[session.identifier] ?? session
    guard case .version20(let state) = session.version, let security = state.security else {
      return
    }
    if misbehaves(.forgedAnswers), state.suite.integrity != .none {
      let sequence = state.outbound
      sendForgery(of: response, to: session.peer) { [cryptography] message in
        var bytes = security.seal(
          message, sessionID: state.request.consoleSessionID, sequenceNumber: sequence,
          initializationVector: .zero, using: cryptography)
        // Right but for a bit of the code, which ends the packet.
        bytes[bytes.count - 1] ^= 0x01
        return bytes
      }
    }
    if misbehaves(.staleAnswers), !session.lastAnswer.isEmpty {
      send(session.lastAnswer, to: session.peer)
    }
    let datagram = sealed(encoded(response), as: .ipmi, in: &session)
    session.lastAnswer = datagram
    sessions[session.identifier] = session
    send(datagram, to: session.peer)
  }

  /// The packet of a payload to the session's console; empty for a session that is none of IPMI 2.0.
  mutating func sealed(
    _ payload: [UInt8], as type: PayloadType, in session: inout Session
  ) -> [UInt8] {
    guard case .version20(var state) = session.version, let security = state.security else {
      return []
    }
    let sequence = state.outbound
    state.outbound = SequenceNumbering.rmcpPlus.following(sequence)
    session.version = .version20(state)
    if misbehaves(.plainAnswers) {
      return RMCPPlusPacket.unprotected(
        type, sessionID: state.request.consoleSessionID, sequenceNumber: sequence,
        payload: payload)
    }
    return security.seal(
      payload, as: type, sessionID: state.request.consoleSessionID, sequenceNumber: sequence,
      initializationVector: Octets16(using: &random), using: cryptography)
  }
}
