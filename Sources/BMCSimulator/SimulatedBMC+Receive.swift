internal import IPMI
internal import MonotonicTime
internal import Sockets

// A datagram on its way in, and the answers on their way out.

extension SimulatedBMC {
  /// Answers a datagram. What is malformed, or of a class that is not spoken here, is passed over in
  /// silence: a controller owes a stranger nothing.
  mutating func answer(_ datagram: RawSpan, from peer: InternetAddress, at now: Instant) {
    do throws(IPMIError) {
      let message = try RMCPMessage(datagram)
      if let header = message.header.acknowledgement { acknowledge(header, to: peer) }
      switch message.kind {
      case .acknowledgement, .other: break
      case .asf: answerPing(try ASFMessage(parsing: message.body), from: peer)
      case .session: answerVersion15(try SessionPacketView(message.body), from: peer, at: now)
      case .rmcpPlus: answerVersion20(try RMCPPlusPacket(message.body), from: peer, at: now)
      }
    } catch {
      // Whoever sent it learns nothing, and nothing changes.
    }
  }

  private mutating func acknowledge(_ header: RMCPHeader, to peer: InternetAddress) {
    var bytes: [UInt8] = []
    header.append(to: &bytes)
    send(bytes, to: peer)
  }

  private mutating func answerPing(_ message: ASFMessage, from peer: InternetAddress) {
    guard let ping = PresencePing(message), ping.tag != ASFMessage.unidirectionalTag,
      !misbehaves(.silentPing)
    else { return }
    send(PresencePong(tag: ping.tag).datagram, to: peer)
  }

  // MARK: On the way out

  func misbehaves(_ misbehavior: Misbehavior) -> Bool {
    configuration.misbehaviors.contains(misbehavior)
  }

  /// Sends a datagram by way of the simulated network.
  mutating func send(_ bytes: [UInt8], to peer: InternetAddress) {
    for _ in 0..<(misbehaves(.duplicateAnswers) ? 2 : 1) {
      guard !configuration.conditions.isLost(using: &random) else { continue }
      let delay = configuration.conditions.delay(using: &random)
      actions.append(.send(bytes, to: peer, after: delay))
    }
  }

  mutating func report(_ event: BMCEvent) {
    actions.append(.report(event))
  }

  // MARK: Time

  /// Does what was due at `now`.
  mutating func advance(to now: Instant) {
    bootOptions.advance(to: now)
    if let action = watchdog.advance(to: now) { expire(action, at: now) }
    advancePower(to: now)
    for session in sessions.expire(at: now) { ended(session) }
    advanceSerial(to: now)
  }

  mutating func advancePower(to now: Instant) {
    for event in power.advance(to: now) { follow(event) }
  }

  private mutating func expire(_ action: WatchdogTimer.Action, at now: Instant) {
    if !watchdog.timer.isUnlogged {
      let offset: UInt8 = action.rawValue <= 3 ? action.rawValue : 0
      log(
        SensorEvent(
          sensorType: 0x23, sensorNumber: SimulatedSensor.watchdogNumber, eventType: 0x6f,
          offset: offset, data2: watchdog.timer.use.rawValue), at: now)
    }
    switch action {
    case .hardReset: power.reset(at: now, because: .watchdog)
    case .powerDown: power.switchOff(at: now)
    case .powerCycle: power.cycle(at: now, because: .watchdog)
    default: break
    }
  }

  private mutating func follow(_ event: HostPower.Event) {
    report(.power(event.change))
    switch event.change {
    case .on, .off:
      // ACPI: S0/G0 working, or S5/G2 soft off.
      log(
        SensorEvent(
          sensorType: 0x22, sensorNumber: SimulatedSensor.powerStateNumber, eventType: 0x6f,
          offset: event.change == .on ? 0 : 5), at: event.instant)
    case .reset, .diagnosticInterrupt: break
    }
    if event.change == .on || event.change == .reset { bootOptions.hostStarted() }
    for sensor in sensors.sensors { noteThresholds(of: sensor.number, at: event.instant) }
  }

  /// Notes an event in the log, when there is to be one.
  mutating func log(_ event: SensorEvent, at now: Instant) {
    guard globalEnables.contains(.systemEventLogging) else { return }
    eventLog.append(event, time: clock(at: now))
  }

  /// Empties the log, and notes in it that it was emptied, as controllers do.
  mutating func clearEventLog(at now: Instant) {
    eventLog.clear(time: clock(at: now))
    // Log area cleared.
    log(
      SensorEvent(
        sensorType: 0x10, sensorNumber: SimulatedSensor.eventLogNumber, eventType: 0x6f, offset: 2),
      at: now)
  }

  /// A session is over, for whatever reason.
  mutating func ended(_ session: Session) {
    guard session.isActive else { return }
    releaseSerial(of: session.identifier)
    report(.loggedOut(user: session.userName, from: session.peer))
  }
}
