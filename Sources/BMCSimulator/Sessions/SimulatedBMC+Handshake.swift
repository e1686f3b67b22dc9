internal import IPMI
internal import MonotonicTime
internal import Sockets

// How a session of IPMI 2.0 is set up: Open Session, and RAKP messages 1 to 4. IPMI 2.0, sections
// 13.17 to 13.23.

extension SimulatedBMC {
  // MARK: Open Session

  mutating func open(
    _ request: OpenSessionRequest, from peer: InternetAddress, at now: Instant
  ) {
    if let session = sessions.sessions.first(where: { $0.isOpened(by: request, from: peer) }) {
      // The answer was lost on its way: the same slot, the same answer.
      send(opened(session, for: request), to: peer)
      return
    }
    if let status = refusal(of: request) {
      report(.refused(status.0, from: peer))
      let response = OpenSessionResponse(
        messageTag: request.messageTag,
        consoleSessionID: misbehaves(.shortRefusals) ? nil : request.consoleSessionID,
        outcome: .refused(status.1))
      send(response.datagram, to: peer)
      return
    }
    let suite = misbehaves(.weakerSuite) ? CipherSuite.suite0 : request.suite
    let session = Session(
      identifier: unusedSessionID(), handle: sessions.unusedHandle, peer: peer, lastPacket: now,
      version: .version20(Version20(request: request, suite: suite)))
    sessions.insert(session)
    send(opened(session, for: request), to: peer)
  }

  private func refusal(
    of request: OpenSessionRequest
  ) -> (BMCEvent.Refusal, RMCPPlusStatus)? {
    let (suites, wanted) = (configuration.suites, request.suite)
    guard suites.contains(where: { $0.authentication == wanted.authentication }) else {
      return (.unacceptableAlgorithm, .invalidAuthenticationAlgorithm)
    }
    guard suites.contains(where: { $0.integrity == wanted.integrity }) else {
      return (.unacceptableAlgorithm, .invalidIntegrityAlgorithm)
    }
    guard suites.contains(where: { $0.confidentiality == wanted.confidentiality }) else {
      return (.unacceptableAlgorithm, .invalidConfidentialityAlgorithm)
    }
    guard suites.contains(wanted), wanted.isSupported else {
      return (.unacceptableAlgorithm, .noCipherSuiteMatch)
    }
    guard sessions.hasFreeSlot else { return (.noSlot, .insufficientResources) }
    return nil
  }

  private func opened(_ session: Session, for request: OpenSessionRequest) -> [UInt8] {
    guard case .version20(let state) = session.version else { return [] }
    let granted = request.role.privilege ?? channel.privilegeLimit.level ?? .administrator
    let role = misbehaves(.unnamedPrivilege) ? .highest : RequestedRole(granted)
    return OpenSessionResponse(
      messageTag: request.messageTag, consoleSessionID: request.consoleSessionID,
      outcome: .opened(
        OpenSessionResponse.Opened(
          role: role, controllerSessionID: session.identifier, suite: state.suite))
    ).datagram
  }

  // MARK: RAKP 1 and 2

  mutating func prove(_ first: RAKPMessage1, from peer: InternetAddress, at now: Instant) {
    guard var session = sessions[first.controllerSessionID], session.peer == peer,
      case .version20(var state) = session.version, state.security == nil
    else {
      refuseSecond(first, 0, .invalidSessionID, to: peer)
      return
    }
    if let login = state.login, login.first == first {
      send(login.second, to: peer)
      return
    }
    do throws(RMCPPlusStatus) {
      let login = try login(first, state, from: peer)
      state.login = login
      session.version = .version20(state)
      session.lastPacket = now
      sessions[session.identifier] = session
      send(login.second, to: peer)
    } catch {
      sessions[session.identifier] = nil
      refuseSecond(first, state.request.consoleSessionID, error, to: peer)
    }
  }

  private mutating func login(
    _ first: RAKPMessage1, _ state: Version20, from peer: InternetAddress
  ) throws(RMCPPlusStatus) -> Version20.Login {
    guard let name = UserName(first.userName) else { throw .invalidNameLength }
    let wanted = try privilege(of: first.role)
    guard
      let (number, account) = user(named: name, at: wanted, onlyByName: first.role.isNameOnly)
    else {
      report(.refused(.unknownUser, from: peer))
      guard misbehaves(.unknownUserAsWrongCode) else { throw .unauthorizedName }
      let nobody = Secret(copying: Octets16(using: &random).bytes.messageBytes)
      return try login(first, state, user: 0, password: nobody, limit: .callback)
    }
    guard let limit = privilegeLimit(of: account), (wanted ?? .callback) <= limit else {
      report(.refused(.privilege, from: peer))
      throw .unauthorizedRole
    }
    let opened = state.request.role.privilege ?? limit
    return try login(
      first, state, user: number, password: account.password,
      limit: min(opened, wanted ?? limit, limit))
  }

  /// The level that a role names; nil for the highest that there is.
  private func privilege(of role: RequestedRole) throws(RMCPPlusStatus) -> PrivilegeLevel? {
    if role.rawValue & 0x0f == 0 { return nil }
    guard let level = role.privilege else { throw .invalidRole }
    return level
  }

  private func user(
    named name: UserName, at privilege: PrivilegeLevel?, onlyByName: Bool
  ) -> (UInt8, UserAccount)? {
    // By name and level first, then by name alone: so that too high a level is refused as such.
    let number =
      users.number(of: name, at: privilege, onlyByName: onlyByName)
      ?? users.number(of: name, at: privilege, onlyByName: true)
    guard let number else { return nil }
    do throws(CompletionCode) {
      return (number, try users.account(number))
    } catch {
      return nil
    }
  }

  private mutating func login(
    _ first: RAKPMessage1, _ state: Version20, user: UInt8, password: Secret,
    limit: PrivilegeLevel
  ) throws(RMCPPlusStatus) -> Version20.Login {
    let random = Octets16(using: &random)
    let identifier = guid.octets
    let exchange = RAKPExchange(
      suite: state.suite, consoleSessionID: state.request.consoleSessionID, first: first,
      controllerRandom: random, controllerGUID: identifier, password: password,
      controllerKey: key, quirks: exchangeQuirks)
    guard let exchange else { throw .noCipherSuiteMatch }
    let second = RAKPMessage2(
      messageTag: first.messageTag, consoleSessionID: state.request.consoleSessionID,
      outcome: .proof(
        RAKPMessage2.Proof(
          controllerRandom: random, controllerGUID: identifier,
          keyExchangeCode: exchange.secondCode(using: cryptography))))
    return Version20.Login(
      first: first, second: second.datagram, exchange: exchange, user: user, limit: limit)
  }

  private var exchangeQuirks: RAKPExchange.Quirks {
    var quirks: RAKPExchange.Quirks = []
    if misbehaves(.checkValueByIntegrityAlgorithm) {
      quirks.insert(.checkValueByIntegrityAlgorithm)
    }
    if misbehaves(.nameOnlyBitIgnored) { quirks.insert(.nameOnlyBitIgnored) }
    return quirks
  }

  private mutating func refuseSecond(
    _ first: RAKPMessage1, _ consoleSessionID: UInt32, _ status: RMCPPlusStatus,
    to peer: InternetAddress
  ) {
    let second = RAKPMessage2(
      messageTag: first.messageTag, consoleSessionID: consoleSessionID, outcome: .refused(status))
    send(second.datagram, to: peer)
  }

  // MARK: RAKP 3 and 4

  mutating func accept(_ third: RAKPMessage3, from peer: InternetAddress, at now: Instant) {
    guard third.status == .noErrors else { return release(third, from: peer) }
    guard var session = sessions[third.controllerSessionID], session.peer == peer,
      case .version20(var state) = session.version, let login = state.login
    else {
      send(fourth(third, 0, .invalidSessionID), to: peer)
      return
    }
    if state.security != nil {
      // The console did not get the answer; only the same proof gets it again.
      if isProof(third, login) { confirm(third, state, to: peer) }
      return
    }
    guard isProof(third, login) else {
      sessions[session.identifier] = nil
      report(.refused(.wrongPassword, from: peer))
      guard !misbehaves(.silentWrongPassword) else { return }
      let refusal = fourth(third, state.request.consoleSessionID, .invalidIntegrityCheckValue)
      send(refusal, to: peer)
      return
    }
    activate(&state, login, third)
    session.user = login.user
    session.userName = UserName(login.first.userName) ?? .null
    session.limit = login.limit
    session.privilege = firstPrivilege(login.limit)
    session.lastPacket = now
    session.version = .version20(state)
    sessions[session.identifier] = session
    confirm(third, state, to: peer)
    report(
      .loggedIn(user: session.userName, from: peer, protection: .version20(state.suite)))
  }

  /// The console does not want a session that it opened. Nobody vouches for that, so one that stands is
  /// not ended by it.
  private mutating func release(_ third: RAKPMessage3, from peer: InternetAddress) {
    guard let session = sessions[third.controllerSessionID], session.peer == peer,
      !session.isActive
    else { return }
    sessions[session.identifier] = nil
    if third.status == .invalidIntegrityCheckValue { report(.refused(.wrongPassword, from: peer)) }
  }

  private func isProof(_ third: RAKPMessage3, _ login: Version20.Login) -> Bool {
    login.exchange.thirdCode(using: cryptography).isEqualInConstantTime(to: third.keyExchangeCode)
  }

  private func activate(
    _ state: inout Version20, _ login: Version20.Login, _ third: RAKPMessage3
  ) {
    let key = login.exchange.sessionIntegrityKey(using: cryptography)
    state.security = login.exchange.security(key, using: cryptography)
    var value = login.exchange.integrityCheckValue(key, using: cryptography)
    if misbehaves(.needlessCheckValue), state.suite.authentication == .none {
      value = cryptography.md5(third.keyExchangeCode.bytes)
    }
    state.fourth = RAKPMessage4(
      messageTag: third.messageTag, consoleSessionID: state.request.consoleSessionID,
      integrityCheckValue: value)
  }

  private mutating func confirm(
    _ third: RAKPMessage3, _ state: Version20, to peer: InternetAddress
  ) {
    guard var fourth = state.fourth else { return }
    fourth.messageTag = third.messageTag
    send(fourth.datagram, to: peer)
  }

  private func fourth(
    _ third: RAKPMessage3, _ consoleSessionID: UInt32, _ status: RMCPPlusStatus
  ) -> [UInt8] {
    RAKPMessage4(
      messageTag: third.messageTag, status: status, consoleSessionID: consoleSessionID,
      integrityCheckValue: .empty
    ).datagram
  }
}

extension Session {
  /// Whether this very request opened the session, which nobody has proved yet.
  fileprivate func isOpened(by request: OpenSessionRequest, from peer: InternetAddress) -> Bool {
    guard self.peer == peer, case .version20(let state) = version else { return false }
    return state.security == nil && state.request == request
  }
}
