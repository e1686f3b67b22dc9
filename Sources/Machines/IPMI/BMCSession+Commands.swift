internal import IPMI
internal import MonotonicTime

extension BMCSession {
  /// How often a busy controller is asked again.
  private static let busyLimit = 4

  /// Sends the next request, or opens a session for it.
  mutating func proceed(at now: Instant, _ actions: inout [Action]) {
    guard exchange == nil, let first = queue.first else { return }
    switch phase {
    case .opening: return
    case .idle: open(at: now, &actions)
    case .active:
      guard now - lastUse < context.options.idleLimit else { return reopen(at: now, &actions) }
      let needed = min(
        first.call.privilege ?? context.options.privilege, context.options.privilege)
      if needed > privilege, !context.options.quirks.contains(.noPrivilegeCommand) {
        raise(to: needed, at: now, &actions)
      } else {
        begin(.command, first.call, at: now, &actions)
      }
    }
  }

  private mutating func raise(
    to level: PrivilegeLevel, at now: Instant, _ actions: inout [Action]
  ) {
    begin(.raise(level), BMCCall(SetSessionPrivilegeLevel(level)), at: now, &actions)
  }

  private mutating func begin(
    _ purpose: CommandExchange.Purpose, _ call: BMCCall, at now: Instant,
    _ actions: inout [Action]
  ) {
    guard case .active(let packets) = phase else { return }
    let next = CommandExchange(
      purpose, call, numbered: nextMessageNumber(), context.options.commands,
      roundTrips)
    guard next.bytes.count <= packets.messageLimit else {
      // No packet can carry it: the answer is what a controller would say.
      let refused = queue.removeFirst()
      actions.append(.answered(refused.id, BMCAnswer(.lengthLimitExceeded)))
      return proceed(at: now, &actions)
    }
    exchange = next
    sendExchange(at: now, &actions)
  }

  /// Sends the request, with the session's next number and its own old one.
  private mutating func sendExchange(at now: Instant, _ actions: inout [Action]) {
    guard var current = exchange, case .active(var packets) = phase else { return }
    let datagram = packets.seal(current.bytes, &random, using: context.cryptography)
    current.sent(at: now)
    exchange = current
    phase = .active(packets)
    lastUse = now
    actions.append(.send(datagram))
  }

  // MARK: Receiving

  mutating func receive(_ packet: RMCPPlusPacket, at now: Instant, _ actions: inout [Action]) {
    guard case .active(.version20(var packets)) = phase else {
      return receiveOpening(packet, at: now, &actions)
    }
    guard let payload = believed(packets.open(packet, using: context.cryptography)) else { return }
    phase = .active(.version20(packets))
    if packet.payloadType == .ipmi {
      receive(message: payload, at: now, &actions)
    } else {
      lastUse = now
      actions.append(.received(packet.payloadType, payload))
    }
  }

  mutating func receive(_ packet: SessionPacketView, at now: Instant, _ actions: inout [Action]) {
    guard case .active(.version15(var packets)) = phase else {
      return receiveOpening(packet, at: now, &actions)
    }
    guard let message = believed(packets.open(packet, using: context.cryptography)) else { return }
    phase = .active(.version15(packets))
    receive(message: message, at: now, &actions)
  }

  /// A packet's payload; nil for one that is not believed, of which it is kept in mind why.
  private mutating func believed(_ reading: PacketReading) -> [UInt8]? {
    switch reading {
    case .payload(let payload): return payload
    case .foreign: return nil
    case .disbelieved(let reason):
      if exchange != nil { disbelief = reason }
      return nil
    }
  }

  private mutating func receive(
    message bytes: [UInt8], at now: Instant, _ actions: inout [Action]
  ) {
    let isVerifying = !context.options.quirks.contains(.wrongChecksums)
    guard let response = IPMIMessage(reading: bytes, verifyingChecksums: isVerifying) else {
      if let damaged = IPMIMessage(reading: bytes, verifyingChecksums: false),
        exchange?.isAnswered(by: damaged) == true
      {
        disbelief = .wrongChecksum
      }
      return
    }
    guard var current = exchange else { return }
    switch current.read(response) {
    case .foreign: return
    case .passedOn:
      // Asking again would have it done again: from here on the answer is waited for.
      current.resend.hold()
      exchange = current
    case .answer(let answer):
      lastUse = now
      roundTrips = current.roundTrips(answeredAt: now)
      suspicion = nil
      disbelief = nil
      exchange = nil
      finish(current.purpose, answer, at: now, &actions)
    }
  }

  private mutating func finish(
    _ purpose: CommandExchange.Purpose, _ answer: BMCAnswer, at now: Instant,
    _ actions: inout [Action]
  ) {
    guard var first = queue.first else { return }
    switch (purpose, answer.completionCode) {
    case (_, .nodeBusy) where first.busyAnswers < Self.busyLimit:
      first.busyAnswers += 1
      queue[0] = first
      return wait(purpose, first, at: now)
    case (.raise(let level), .completed), (.raise(let level), .invalidCommand):
      // Who does not know the command needs none.
      privilege = level
    case (.raise, let code):
      queue.removeFirst()
      let isTooHigh = code.rawValue == 0x80 || code.rawValue == 0x81
      actions.append(
        .failed(first.id, isTooHigh ? .privilegeTooLow : .rejected(.privilege, code)))
    case (.command, .insufficientPrivilege)
    where privilege < context.options.privilege && !first.hasRaised:
      queue[0].hasRaised = true
      return raise(to: context.options.privilege, at: now, &actions)
    case (.command, _):
      queue.removeFirst()
      actions.append(.answered(first.id, answer))
    }
    proceed(at: now, &actions)
  }

  /// Asks a busy controller again after a while, as a new request.
  private mutating func wait(
    _ purpose: CommandExchange.Purpose, _ pending: Pending, at now: Instant
  ) {
    let call: BMCCall =
      switch purpose {
      case .raise(let level): BMCCall(SetSessionPrivilegeLevel(level))
      case .command: pending.call
      }
    var next = CommandExchange(
      purpose, call, numbered: nextMessageNumber(), context.options.commands,
      roundTrips)
    next.busyUntil = now + context.options.commands.wait(after: pending.busyAnswers)
    exchange = next
  }

  // MARK: Silence

  mutating func fireExchange(at now: Instant, _ actions: inout [Action]) {
    guard var current = exchange, let first = queue.first else { return }
    if let busyUntil = current.busyUntil {
      guard busyUntil <= now else { return }
      current.busyUntil = nil
      exchange = current
      return sendExchange(at: now, &actions)
    }
    guard current.resend.isDue(at: now) else { return }
    let isLost =
      current.resend.countedAttempts >= context.options.attemptsBeforeReopening
    if isLost, !first.hasReopened {
      queue[0].hasReopened = true
      reopen(at: now, &actions)
    } else if current.resend.allowsMore {
      sendExchange(at: now, &actions)
    } else {
      fail(at: 0, silence(of: first), &actions)
      proceed(at: now, &actions)
    }
  }

  mutating func expireCalls(at now: Instant, _ actions: inout [Action]) {
    guard queue.contains(where: { $0.deadline <= now }) else { return }
    for index in queue.indices.reversed() where queue[index].deadline <= now {
      fail(at: index, index == 0 ? silence(of: queue[0]) : .deadline, &actions)
    }
    guard queue.isEmpty else { return proceed(at: now, &actions) }
    leaveOpening(&actions)
  }

  /// A controller that answers step by step is slow, and not silent: its calls get their time anew, up to
  /// four times.
  mutating func renewDeadlines(at now: Instant) {
    guard context.options.renewsDeadline else { return }
    for index in queue.indices {
      let time = queue[index].call.deadline ?? context.options.deadline
      let latest = queue[index].submission + time * 4
      queue[index].deadline = max(queue[index].deadline, min(now + time, latest))
    }
  }

  private mutating func fail(at index: Int, _ failure: BMCFailure, _ actions: inout [Action]) {
    let pending = queue.remove(at: index)
    if index == 0 { exchange = nil }
    actions.append(.failed(pending.id, failure))
  }

  private func silence(of pending: Pending) -> BMCFailure {
    guard let exchange else { return silenceInOpening }
    if let suspicion { return suspicion.failure }
    // What was done by a command that must not be sent twice matters more than what was answered.
    guard exchange.purpose != .command || pending.call.isRepeatable else { return .outcomeUnknown }
    if let disbelief { return .disbelieved(disbelief) }
    return .noAnswer(exchange.purpose == .command ? .command : .privilege)
  }
}

extension IPMIMessage {
  /// Reads a message; nil for what is none.
  init?(reading bytes: [UInt8], verifyingChecksums: Bool) {
    do throws(IPMIError) {
      try self.init(parsing: bytes.messageBytes, verifyingChecksums: verifyingChecksums)
    } catch {
      return nil
    }
  }
}
