internal import IPMI
internal import MonotonicTime

// How the line is taken, kept, lost, and taken again.

extension SerialOverLANSession {
  var instance: PayloadInstance {
    PayloadInstance(type: PayloadInstance.serialOverLAN.type, number: options.instance)
  }

  mutating func activate() -> [Action] {
    state = .activating
    isCalling = true
    let request = ActivatePayload(
      instance, auxiliary: [options.activation.rawValue, 0, 0, 0])
    return [.call(BMCCall(request))]
  }

  mutating func activated(
    _ result: Result<BMCAnswer, BMCFailure>, at now: Instant
  ) -> [Action] {
    let response: ActivatePayload.Response
    do throws(BMCFailure) {
      response = try ActivatePayload.response(in: try result.get())
    } catch {
      return refused(error, at: now)
    }
    // Some controllers tell their limits in the wrong order, or none: then a cautious one is taken.
    let told = Int(response.inboundByteCount) - SerialOverLANPacket.headerByteCount
    return attach((1...1024).contains(told) ? min(told, 255) : Self.cautiousLimit, at: now)
  }

  private static let cautiousLimit = 64

  private mutating func attach(_ limit: Int, at now: Instant) -> [Action] {
    state = .active
    loss = nil
    vainTries = 0
    takeOvers = 0
    owner = nil
    lineSession = sessionID
    outstanding = nil
    number = 0
    lastReceived = SerialOverLANPacket(sequenceNumber: 0)
    formerlyReceived = SerialOverLANPacket(sequenceNumber: 0)
    lines.told = []
    lastTraffic = now
    packetLimit = limit
    return [.report(.attached)] + sendTyped(at: now, acknowledging: nil)
  }

  private mutating func refused(_ failure: BMCFailure, at now: Instant) -> [Action] {
    var isTaken = false
    if case .completion(let code, _, _) = failure { isTaken = code.rawValue == 0x80 }
    if isTaken { return taken() }
    guard loss != nil, isWorthAnotherTry(failure) else { return finish(.failed(failure)) }
    return detach(.failed(failure), at: now)
  }

  /// Somebody has the line: this console itself, when the answer that said so was lost; its session of
  /// before, when that was lost; or another, from whom it is taken only when somebody said so, because
  /// two that take it from each other would do so without end.
  private mutating func taken() -> [Action] {
    if loss == nil, options.takesOver { return takeOver() }
    guard sessionID != nil || owner != nil else {
      switch loss {
      case nil: return finish(.inUse)
      case .deactivated: return finish(.takenOver)
      default: return takeOver()
      }
    }
    state = .identifying
    isCalling = true
    return [.call(BMCCall(GetPayloadInstanceInfo(instance)))]
  }

  private mutating func takeOver() -> [Action] {
    // Whoever takes it back each time has it.
    guard takeOvers < 3 else { return finish(.inUse) }
    takeOvers += 1
    state = .takingOver
    isCalling = true
    return [.call(BMCCall(DeactivatePayload(instance)))]
  }

  mutating func tookOver(_ result: Result<BMCAnswer, BMCFailure>) -> [Action] {
    do throws(BMCFailure) {
      _ = try DeactivatePayload.response(in: try result.get())
    } catch {
      // 80h: it was given back meanwhile.
      guard case .completion(let code, _, _) = error, code.rawValue == 0x80 else {
        return finish(.failed(error))
      }
    }
    return activate()
  }

  mutating func identified(
    _ result: Result<BMCAnswer, BMCFailure>, at now: Instant
  ) -> [Action] {
    let present = owner(in: result)
    let isOwn = present != nil && present == sessionID
    guard let loss else {
      return isOwn ? attach(Self.cautiousLimit, at: now) : finish(.inUse)
    }
    // Its numbers begin anew when it is taken anew.
    if isOwn { return takeOver() }
    guard loss != .deactivated else { return finish(.takenOver) }
    guard let present, present != 0, present != owner, present != lineSession else {
      return takeOver()
    }
    return finish(.takenOver)
  }

  // MARK: Keeping it

  mutating func keepAlive(at now: Instant) -> [Action] {
    guard options.keepAlive == .command else {
      lastTraffic = now
      let packet = SerialOverLANPacket(sequenceNumber: 0, operation: lines.wanted)
      return [.send(packet.bytes)]
    }
    isCalling = true
    lastTraffic = now
    let call =
      tellsOwner ? BMCCall(GetPayloadInstanceInfo(instance)) : BMCCall(GetDeviceID())
    return [.call(call)]
  }

  /// Looks at the answer to the command that keeps the session: where the controller tells who has the
  /// line, it is not this console's any more when the name changes.
  mutating func kept(_ result: Result<BMCAnswer, BMCFailure>, at now: Instant) -> [Action] {
    if case .failure(let failure) = result { return detach(.failed(failure), at: now) }
    guard tellsOwner else { return [] }
    guard let present = owner(in: result) else {
      tellsOwner = false
      return []
    }
    guard let owner else {
      self.owner = present == 0 ? nil : present
      return []
    }
    return present == owner ? [] : detach(.deactivated, at: now)
  }

  private func owner(in result: Result<BMCAnswer, BMCFailure>) -> UInt32? {
    do throws(BMCFailure) {
      return try GetPayloadInstanceInfo.response(in: try result.get()).sessionID
    } catch {
      return nil
    }
  }

  // MARK: Losing it

  /// Whether a controller that starts may say otherwise in a moment.
  private func isWorthAnotherTry(_ failure: BMCFailure) -> Bool {
    switch failure {
    case .noAnswer, .disbelieved, .unreachable, .portClosed, .noSessionSlot, .completion,
      .outcomeUnknown,
      .sessionLost, .deadline:
      true
    default: false
    }
  }

  mutating func detach(_ outcome: Outcome, at now: Instant) -> [Action] {
    let isWorthIt = options.reattachment.allowsMore(after: vainTries)
    guard options.reattaches, isWorthIt else { return finish(outcome) }
    // What is on its way may have reached the line already: better lost than typed twice.
    let unconfirmed = outstanding?.packet.characters.count ?? 0
    outstanding = nil
    state = .detached
    passOverCall()
    pauseEnd = nil
    if loss == nil { loss = outcome }
    vainTries += 1
    let wait = options.reattachment.wait(after: vainTries)
    reattachment = now + wait
    return [.report(.detached(outcome, wait: wait, unconfirmed: unconfirmed))]
  }

  /// The answer to what was asked last, which is still to come, is passed over.
  mutating func passOverCall() {
    if isCalling { staleCalls += 1 }
    isCalling = false
  }
}
