internal import IPMI
internal import MonotonicTime

extension BMCSession {
  /// Opens another session in the place of one that seems lost. It may be there yet, and would keep its
  /// slot for a minute.
  mutating func reopen(at now: Instant, _ actions: inout [Action]) {
    exchange = nil
    suspicion = nil
    closeSession(&actions)
    phase = .idle
    open(at: now, &actions)
  }

  mutating func open(at now: Instant, _ actions: inout [Action]) {
    guard !context.options.contradictsItself else { return failAll(.versionForbidden, &actions) }
    if context.options.version == .version15 {
      var handshake = Version15Handshake(context, roundTrips)
      let events = handshake.start(at: now, &random)
      phase = .opening(version20: nil, version15: handshake)
      apply(events, at: now, &actions)
    } else {
      var handshake = RMCPPlusHandshake(context, roundTrips)
      var events = handshake.start(at: now, &random)
      var probe: Version15Handshake?
      if context.options.asksForVersionAtOnce, context.options.mayFallBack, !isKnownToSpeak20 {
        events += startProbe(&probe, at: now)
      }
      phase = .opening(version20: handshake, version15: probe)
      apply(events, at: now, &actions)
    }
  }

  private mutating func startProbe(
    _ probe: inout Version15Handshake?, at now: Instant
  ) -> [HandshakeEvent] {
    var handshake = Version15Handshake(context, roundTrips, isProbe: true)
    defer { probe = handshake }
    return handshake.start(at: now, &random)
  }

  /// Lets go of what was opened so far, and of the slots that it takes.
  mutating func leaveOpening(_ actions: inout [Action]) {
    guard case .opening(let version20, _) = phase else { return }
    phase = .idle
    suspicion = nil
    guard var handshake = version20 else { return }
    for datagram in handshake.abandon(&random) { actions.append(.send(datagram)) }
  }

  mutating func receiveOpening(
    _ packet: RMCPPlusPacket, at now: Instant, _ actions: inout [Action]
  ) {
    guard case .opening(var handshake?, let version15) = phase else { return }
    let events = handshake.receive(packet, at: now)
    phase = .opening(version20: handshake, version15: version15)
    takeAsProgress(events, at: now)
    apply(events, at: now, &actions)
  }

  mutating func receiveOpening(
    _ packet: SessionPacketView, at now: Instant, _ actions: inout [Action]
  ) {
    guard case .opening(var version20, var handshake?) = phase else { return }
    let events = handshake.receive(packet, at: now)
    var version15: Version15Handshake? = handshake
    if case .finished = handshake.state, version20 != nil {
      // It was to find out whether the controller speaks 2.0, and it does.
      version15 = nil
      isKnownToSpeak20 = true
    } else if handshake.isUnderWay {
      version20 = nil
    }
    phase = .opening(version20: version20, version15: version15)
    takeAsProgress(events, at: now)
    apply(events, at: now, &actions)
  }

  /// An answer that leads on outweighs a refusal that came before it.
  private mutating func takeAsProgress(_ events: [HandshakeEvent], at now: Instant) {
    for event in events {
      switch event {
      case .send, .establish:
        suspicion = nil
        renewDeadlines(at: now)
      case .suspect, .fail: break
      }
    }
  }

  mutating func fireOpening(at now: Instant, _ actions: inout [Action]) {
    guard case .opening(var version20, var version15) = phase else { return }
    var events = version15?.fire(at: now) ?? []
    events += version20?.fire(at: now) ?? []
    if version15 == nil, let handshake = version20, mayProbe(handshake) {
      events += startProbe(&version15, at: now)
    }
    phase = .opening(version20: version20, version15: version15)
    apply(events, at: now, &actions)
  }

  /// Whether it is time to ask in 1.5's format which versions the controller speaks: it does not know
  /// what RMCP+ is, or a datagram was lost.
  private func mayProbe(_ handshake: RMCPPlusHandshake) -> Bool {
    handshake.stage == .openSession && handshake.attempts > 1 && !isKnownToSpeak20
  }

  private mutating func apply(
    _ events: [HandshakeEvent], at now: Instant, _ actions: inout [Action]
  ) {
    for event in events {
      switch event {
      case .send(let datagram): actions.append(.send(datagram))
      case .suspect(let failure): suspectIfFirst(failure, at: now)
      case .fail(let failure): return failAll(outweighed(failure), &actions)
      case .establish(let packets, let facts):
        if case .opening(let version20, let version15) = phase {
          roundTrips = (version20?.resend ?? version15?.resend)?.roundTrips ?? roundTrips
        }
        phase = .active(packets)
        privilege = min(.user, context.options.privilege)
        lastUse = now
        actions.append(.established(facts))
        proceed(at: now, &actions)
      }
    }
  }

  /// What is told when the last attempt was not answered: a refusal that came meanwhile, though nobody
  /// vouches for it, says more than silence.
  private func outweighed(_ failure: BMCFailure) -> BMCFailure {
    switch failure {
    case .noAnswer, .passwordNotConfirmed: suspicion?.failure ?? failure
    default: failure
    }
  }

  /// What the silence so far means for a call whose time is over.
  var silenceInOpening: BMCFailure {
    if let suspicion { return suspicion.failure }
    if let disbelief { return .disbelieved(disbelief) }
    switch phase {
    case .opening(let version20?, _): return version20.silence
    case .opening(_, let version15?): return version15.silence
    default: return .deadline
    }
  }
}
