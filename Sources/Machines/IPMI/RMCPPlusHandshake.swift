internal import IPMI
internal import MonotonicTime

/// The console's side of opening a session of IPMI 2.0: Open Session, RAKP messages 1 to 4. IPMI 2.0,
/// sections 13.15 to 13.23.
///
/// What comes late, twice, from another session or in the wrong step is passed over. A refusal is
/// nobody's word: it is reported as a suspicion, and the true answer may still come after it.
struct RMCPPlusHandshake: Sendable {
  /// What is awaited.
  enum State: Sendable {
    case initial
    /// Open Session Response.
    case opening
    /// RAKP message 2.
    case proving(OpenSessionResponse.Opened)
    /// RAKP message 4, for the session that these keys are of.
    case confirming(OpenSessionResponse.Opened, RAKPExchange, Secret, Octets16)
    case finished
  }

  /// How often the controller may lose the session half-way before that is its answer.
  private static let restartLimit = 3
  /// How often a step after the first is repeated before all begins again: the controller may have
  /// forgotten the session.
  private static let stepLimit = 4

  var state = State.initial
  let context: SessionContext
  private let suites: [CipherSuite]
  private var suiteIndex = 0
  var refusedSuites: [CipherSuite] = []
  var proposals = SessionProposals()
  var consoleSessionID: UInt32 = 0
  private var consoleRandom = Octets16.zero
  var tag: UInt8 = 0
  /// The tag of the first RAKP message 3: an answer to any of them will do, as they are all alike.
  private var firstProofTag: UInt8 = 0
  private var restarts = 0
  var resend: ResendClock
  /// Whether the controller's proof was wrong, so that it still waits for ours.
  var hasWrongProof = false
  /// Whether the session that was opened leads nowhere, as far as is known.
  private var isDeadEnd = false

  init(_ context: SessionContext, _ roundTrips: RoundTrips) {
    self.context = context
    suites = context.options.allowedSuites
    resend = ResendClock(context.options.opening, roundTrips)
  }

  /// When `fire` has something to do.
  var deadline: Instant? { resend.due }

  /// How often the present step's datagram was sent.
  var attempts: Int { resend.attempts }

  /// The step that waits for an answer.
  var stage: SessionStage {
    switch state {
    case .initial, .opening, .finished: .openSession
    case .proving: .userLookup
    case .confirming: .proof
    }
  }

  // MARK: Events

  mutating func start(at now: Instant, _ random: inout SessionRandom) -> [HandshakeEvent] {
    guard !suites.isEmpty else { return finish(.noCipherSuite(nil)) }
    guard context.credentials.password.byteCount <= RAKPExchange.secretLimit else {
      return finish(.passwordTooLong(limit: RAKPExchange.secretLimit))
    }
    consoleSessionID = random.sessionID()
    tag = UInt8(truncatingIfNeeded: random.next())
    consoleRandom = Octets16(using: &random)
    return propose(at: now)
  }

  mutating func receive(_ packet: RMCPPlusPacket, at now: Instant) -> [HandshakeEvent] {
    guard !packet.isAuthenticated, !packet.isEncrypted else { return [] }
    do throws(IPMIError) {
      switch (packet.payloadType, state) {
      case (.openSessionResponse, .opening):
        return receive(try OpenSessionResponse(parsing: packet.payload), at: now)
      case (.openSessionResponse, .proving(let opened)):
        if case .opened(let other)? = answer(try OpenSessionResponse(parsing: packet.payload)) {
          proposals.keep(other, besides: opened)
        }
        return isDeadEnd ? goOnWithAnother(at: now) ?? [] : []
      case (.openSessionResponse, .confirming):
        // Nothing to go on with, but a slot to give back.
        _ = answer(try OpenSessionResponse(parsing: packet.payload))
        return []
      case (.rakp2, .proving(let opened)):
        return receive(try RAKPMessage2(parsing: packet.payload), opened, at: now)
      case (.rakp4, .confirming(let opened, let exchange, let key, let guid)):
        let message = try RAKPMessage4(parsing: packet.payload)
        return receive(message, opened, exchange, key, guid, at: now)
      default: return []
      }
    } catch {
      return []
    }
  }

  mutating func fire(at now: Instant) -> [HandshakeEvent] {
    guard resend.isDue(at: now) else { return [] }
    guard resend.allowsMore else { return finish(silence) }
    if stage != .openSession, resend.countedAttempts >= Self.stepLimit {
      if let events = goOnWithAnother(at: now) { return events }
      if restarts < Self.restartLimit { return restart(at: now) }
    }
    switch state {
    case .opening: return propose(at: now)
    case .proving(let opened): return lookUp(opened, at: now)
    case .confirming(let opened, let exchange, _, _): return prove(opened, exchange, at: now)
    case .initial, .finished: return []
    }
  }

  /// What silence in the present step means.
  var silence: BMCFailure {
    if case .confirming = state { return .passwordNotConfirmed }
    return .noAnswer(stage)
  }

  // MARK: Open Session

  private mutating func propose(at now: Instant) -> [HandshakeEvent] {
    state = .opening
    tag &+= 1
    let suite = suites[suiteIndex]
    proposals.add(tag, suite)
    resend.sent(at: now)
    return [
      .send(
        OpenSessionRequest(
          messageTag: tag, role: RequestedRole(context.options.privilege),
          consoleSessionID: consoleSessionID, suite: suite
        ).datagram)
    ]
  }

  private mutating func receive(
    _ response: OpenSessionResponse, at now: Instant
  ) -> [HandshakeEvent] {
    switch answer(response) {
    case nil: return []
    case .refused(let suite, let status): return refuse(suite, status, at: now)
    case .opened(let opened):
      isDeadEnd = false
      resend.answered(at: now, laterAttempts: Int(tag &- response.messageTag))
      return lookUp(opened, at: now)
    }
  }

  private mutating func answer(_ response: OpenSessionResponse) -> SessionProposals.Answer? {
    proposals.answer(in: response, to: consoleSessionID, suites)
  }

  private mutating func refuse(
    _ suite: CipherSuite, _ status: RMCPPlusStatus?, at now: Instant
  ) -> [HandshakeEvent] {
    guard status?.refusesSuite ?? true else {
      return [.suspect(BMCFailure(status ?? .noErrors, at: .openSession))]
    }
    // An answer to an earlier suite is no news.
    guard suite == suites[suiteIndex] else { return [] }
    guard suiteIndex + 1 < suites.count else {
      // Some say so of a suite that is disabled. Where no other is left, it is taken at its word.
      return [.suspect(status == .unauthorizedRole ? .privilegeTooLow : .noCipherSuite(status))]
    }
    refusedSuites.append(suite)
    suiteIndex += 1
    resend.reset()
    return propose(at: now)
  }

  // MARK: RAKP

  private func firstMessage(_ opened: OpenSessionResponse.Opened) -> RAKPMessage1 {
    RAKPMessage1(
      messageTag: tag, controllerSessionID: opened.controllerSessionID,
      consoleRandom: consoleRandom,
      role: RequestedRole(
        context.options.privilege, nameOnly: context.options.looksUpUserByNameOnly),
      userName: context.credentials.userName.bytes)
  }

  private mutating func lookUp(
    _ opened: OpenSessionResponse.Opened, at now: Instant
  ) -> [HandshakeEvent] {
    state = .proving(opened)
    tag &+= 1
    resend.sent(at: now)
    let isPadded = context.options.quirks.contains(.paddedUserName)
    return [.send(firstMessage(opened).datagram(paddingUserName: isPadded))]
  }

  private mutating func receive(
    _ message: RAKPMessage2, _ opened: OpenSessionResponse.Opened, at now: Instant
  ) -> [HandshakeEvent] {
    // The last one's answer alone: a controller that was asked twice has drawn a new random number.
    guard message.messageTag == tag else {
      if message.consoleSessionID == consoleSessionID {
        resend.noticed(at: now, laterAttempts: Int(tag &- message.messageTag))
      }
      return []
    }
    switch message.outcome {
    case .refused(let status):
      guard isOursOrNobodys(message.consoleSessionID) else { return [] }
      return refused(status, .userLookup, at: now)
    case .proof(let proof):
      guard message.consoleSessionID == consoleSessionID else { return [] }
      return check(proof, opened, at: now)
    }
  }

  private mutating func check(
    _ proof: RAKPMessage2.Proof, _ opened: OpenSessionResponse.Opened, at now: Instant
  ) -> [HandshakeEvent] {
    let exchange = RAKPExchange(
      suite: opened.suite, consoleSessionID: consoleSessionID, first: firstMessage(opened),
      controllerRandom: proof.controllerRandom, controllerGUID: proof.controllerGUID,
      password: context.credentials.password, controllerKey: context.credentials.key,
      quirks: context.options.exchangeQuirks)
    guard let exchange else { return [.fail(.noCipherSuite(nil))] }
    if opened.suite.authentication != .none {
      let expected = exchange.secondCode(using: context.cryptography)
      guard expected.isEqualInConstantTime(to: proof.keyExchangeCode) else {
        hasWrongProof = true
        isDeadEnd = true
        return goOnWithAnother(at: now) ?? [.suspect(.wrongUserOrPassword)]
      }
    }
    let key = exchange.sessionIntegrityKey(using: context.cryptography)
    state = .confirming(opened, exchange, key, proof.controllerGUID)
    firstProofTag = tag &+ 1
    resend.answered(at: now, laterAttempts: 0)
    return prove(opened, exchange, at: now)
  }

  private mutating func prove(
    _ opened: OpenSessionResponse.Opened, _ exchange: RAKPExchange, at now: Instant
  ) -> [HandshakeEvent] {
    tag &+= 1
    resend.sent(at: now)
    return [
      .send(
        RAKPMessage3(
          messageTag: tag, controllerSessionID: opened.controllerSessionID,
          keyExchangeCode: exchange.thirdCode(using: context.cryptography)
        ).datagram)
    ]
  }

  private mutating func receive(
    _ message: RAKPMessage4, _ opened: OpenSessionResponse.Opened, _ exchange: RAKPExchange,
    _ key: Secret, _ guid: Octets16, at now: Instant
  ) -> [HandshakeEvent] {
    guard message.messageTag &- firstProofTag <= tag &- firstProofTag else { return [] }
    guard message.status == .noErrors else {
      guard isOursOrNobodys(message.consoleSessionID) else { return [] }
      return refused(message.status, .proof, at: now)
    }
    guard message.consoleSessionID == consoleSessionID else { return [] }
    // Some controllers put a value where suite 0 has none (FreeIPMI's `integritycheckvalue`).
    if opened.suite.authentication != .none {
      let expected = exchange.integrityCheckValue(key, using: context.cryptography)
      guard
        expected.byteCount == 0 || expected.isEqualInConstantTime(to: message.integrityCheckValue)
      else { return [.suspect(.wrongKey)] }
    }
    state = .finished
    resend.answered(at: now, laterAttempts: Int(tag &- message.messageTag))
    let security = exchange.security(key, using: context.cryptography)
    return farewells(besides: opened.controllerSessionID).map { .send($0) }
      + [establish(opened, security, guid)]
  }

  // MARK: Refusals

  /// Whether a refusal may be meant for this console: some end before the number, and a controller that
  /// does not know the session does not know its console's number either.
  private func isOursOrNobodys(_ sessionID: UInt32?) -> Bool {
    sessionID == nil || sessionID == 0 || sessionID == consoleSessionID
  }

  private mutating func refused(
    _ status: RMCPPlusStatus, _ stage: SessionStage, at now: Instant
  ) -> [HandshakeEvent] {
    let isGone = status == .invalidSessionID || status == .inactiveSessionID
    // The controller has proved that it has the same password: it has drawn another random number
    // since, because it took a repeated step for a new one.
    let isOutOfStep = stage == .proof && status == .invalidIntegrityCheckValue
    if isGone {
      isDeadEnd = true
      forgetOpenedSession()
      if let events = goOnWithAnother(at: now) { return events }
    }
    guard isGone || isOutOfStep, restarts < Self.restartLimit else {
      return [.suspect(BMCFailure(status, at: stage))]
    }
    return restart(at: now)
  }

  /// Looks the user up in another of the sessions that were opened, if there is one.
  private mutating func goOnWithAnother(at now: Instant) -> [HandshakeEvent]? {
    guard let other = proposals.takeAlternative() else { return nil }
    hasWrongProof = false
    isDeadEnd = false
    resend.reset()
    return lookUp(other, at: now)
  }

  private mutating func forgetOpenedSession() {
    switch state {
    case .proving(let opened), .confirming(let opened, _, _, _):
      proposals.forget(opened.controllerSessionID)
    case .initial, .opening, .finished: break
    }
  }

  private mutating func restart(at now: Instant) -> [HandshakeEvent] {
    restarts += 1
    forgetOpenedSession()
    resend.reset()
    return propose(at: now)
  }

  /// Nothing more is sent; `abandon` gives back what was opened.
  private mutating func finish(_ failure: BMCFailure) -> [HandshakeEvent] {
    resend.reset()
    return [.fail(failure)]
  }
}
