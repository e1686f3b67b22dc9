internal import IPMI
public import MonotonicTime

/// A serial console over LAN: activates the payload, carries characters both ways with numbers and
/// acknowledgements, keeps the session alive, takes the line again when it is lost. IPMI 2.0, section 15.
///
/// It stands on a ``BMCSession``: its calls are submitted there, one at a time, and their answers handed
/// back; its packets are payloads of type ``PayloadType/serialOverLAN``. No character is shown twice, and
/// none that was typed is sent twice, whatever the network loses, repeats or delays.
public struct SerialOverLANSession: Sendable {
  /// What is to be done in answer to an event, in this order.
  public enum Action: Hashable, Sendable {
    /// Submit this call, and hand its answer to `answered`.
    case call(BMCCall)
    /// Send this payload in the session.
    case send([UInt8])
    /// Show these characters.
    case output([UInt8])
    /// Tell whoever watches.
    case report(Report)
    /// The console has ended. Nothing follows.
    case finish(Outcome)
  }

  /// What happened on the way.
  public enum Report: Hashable, Sendable {
    /// The line is this console's.
    case attached
    /// The line was lost, and is taken again after a while.
    case detached
    /// No characters get through at present, or they do again.
    case isAvailable(Bool)
    /// Characters from the machine were lost before the controller had them.
    case overrun
    /// The line had a break.
    case breakDetected
  }

  /// How it ended.
  public enum Outcome: Hashable, Sendable {
    /// As it was asked to.
    case closed
    /// Another console has the line.
    case inUse
    /// The controller let go of the line, and it was not to be taken again.
    case deactivated
    /// The controller did not give the line, or fell silent.
    case failed(BMCFailure)
  }

  /// Where the console stands.
  public enum State: Hashable, Sendable {
    /// Not started.
    case initial
    /// Activate Payload is on its way.
    case activating
    /// The line is taken, and the controller is asked by whom: it may be this console's, and the answer
    /// that said so lost.
    case identifying
    /// Deactivate Payload is on its way, to take the line from another console.
    case takingOver
    /// Characters go both ways.
    case active
    /// The line was lost; it is taken again.
    case detached
    /// Deactivate Payload is on its way, to end.
    case deactivating
    /// Done.
    case finished
  }

  /// Characters on their way, not acknowledged yet.
  struct Outstanding: Sendable {
    var packet: SerialOverLANPacket
    var clock: ResendClock
  }

  /// Where the console stands.
  public internal(set) var state = State.initial
  /// The controller's number for the session below; nil as long as it is not known.
  public var sessionID: UInt32?
  let options: SerialOverLANOptions
  var typed: [UInt8] = []
  var wantsBreak = false
  var outstanding: Outstanding?
  /// Until when a controller that took nothing is left alone.
  var pauseEnd: Instant?
  var packetLimit = 64
  var number: UInt8 = 0
  var lastReceived = SerialOverLANPacket(sequenceNumber: 0)
  var formerlyReceived = SerialOverLANPacket(sequenceNumber: 0)
  var isAvailable = true
  var isCalling = false
  /// How many calls are open whose answers mean nothing any more. They come in order.
  var staleCalls = 0
  var isReattaching = false
  var lastTraffic = Instant.origin
  var reattachment: Instant?

  /// A console that is kept so.
  public init(options: SerialOverLANOptions = SerialOverLANOptions()) {
    self.options = options
  }

  /// When to call `fire`; nil when only an event can move the console.
  public var deadline: Instant? {
    switch state {
    case .detached: return reattachment
    case .active:
      let wake = outstanding?.clock.due ?? pauseEnd
      let keepAlive = isCalling ? nil : lastTraffic + options.keepAlive
      guard let wake else { return keepAlive }
      return keepAlive.map { min($0, wake) } ?? wake
    default: return nil
    }
  }

  // MARK: Events

  /// Begins.
  public mutating func start(at now: Instant) -> [Action] {
    guard state == .initial else { return [] }
    return activate()
  }

  /// Takes what a person typed; what does not fit into the limit is left out, and how much was taken is
  /// told by ``pendingCount``.
  public mutating func type(_ characters: [UInt8], at now: Instant) -> [Action] {
    guard state != .finished, state != .deactivating else { return [] }
    typed += characters.prefix(max(0, options.inputLimit - typed.count))
    return sendTyped(at: now, acknowledging: nil)
  }

  /// How many typed characters have not been accepted by the controller.
  public var pendingCount: Int { typed.count + (outstanding?.packet.characters.count ?? 0) }

  /// Sends a break on the line, after what was typed before and is on its way.
  public mutating func sendBreak(at now: Instant) -> [Action] {
    wantsBreak = true
    return sendTyped(at: now, acknowledging: nil)
  }

  /// Gives the line back, and ends.
  public mutating func stop(at now: Instant) -> [Action] {
    switch state {
    case .finished, .deactivating: return []
    case .active:
      passOverCall()
      state = .deactivating
      // Whoever leaves does not wait long.
      var call = BMCCall(DeactivatePayload(.serialOverLAN))
      call.deadline = .seconds(2)
      return [.call(call)]
    default: return finish(.closed)
    }
  }

  /// Takes the answer to the call, or why there is none.
  public mutating func answered(
    _ result: Result<BMCAnswer, BMCFailure>, at now: Instant
  ) -> [Action] {
    guard staleCalls == 0 else {
      staleCalls -= 1
      return []
    }
    isCalling = false
    switch state {
    case .activating: return activated(result, at: now)
    case .identifying: return identified(result, at: now)
    case .takingOver: return activate()
    case .deactivating: return finish(.closed)
    case .active:
      guard case .failure(let failure) = result else { return [] }
      return detach(.failed(failure), at: now)
    case .initial, .detached, .finished: return []
    }
  }

  /// The session below was lost and another stands: the line is not this console's any more.
  public mutating func sessionRenewed(at now: Instant) -> [Action] {
    guard state == .active else { return [] }
    return detach(.deactivated, at: now)
  }

  /// Does what is due.
  public mutating func fire(at now: Instant) -> [Action] {
    switch state {
    case .detached:
      guard let due = reattachment, due <= now else { return [] }
      reattachment = nil
      return activate()
    case .active: return fireActive(at: now)
    default: return []
    }
  }

  private mutating func fireActive(at now: Instant) -> [Action] {
    if let due = pauseEnd, due <= now {
      pauseEnd = nil
      return sendTyped(at: now, acknowledging: nil)
    }
    if var flight = outstanding, flight.clock.isDue(at: now) {
      guard flight.clock.allowsMore else { return detach(.failed(.noAnswer(.command)), at: now) }
      flight.clock.sent(at: now)
      outstanding = flight
      lastTraffic = now
      return [.send(flight.packet.bytes)]
    }
    guard !isCalling, lastTraffic + options.keepAlive <= now else { return [] }
    isCalling = true
    lastTraffic = now
    return [.call(BMCCall(GetDeviceID()))]
  }

  // MARK: The line

  private mutating func activate() -> [Action] {
    state = .activating
    isCalling = true
    var activation: SerialOverLANActivation = [.defersAlerts]
    if options.isProtected { activation.formUnion([.authenticates, .encrypts]) }
    return [.call(BMCCall(ActivatePayload(serialOverLAN: activation)))]
  }

  private mutating func activated(
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
    isReattaching = false
    outstanding = nil
    number = 0
    lastReceived = SerialOverLANPacket(sequenceNumber: 0)
    formerlyReceived = SerialOverLANPacket(sequenceNumber: 0)
    lastTraffic = now
    packetLimit = limit
    return [.report(.attached)] + sendTyped(at: now, acknowledging: nil)
  }

  /// Takes the answer to who has the line.
  private mutating func identified(
    _ result: Result<BMCAnswer, BMCFailure>, at now: Instant
  ) -> [Action] {
    do throws(BMCFailure) {
      let owner = try GetPayloadInstanceInfo.response(in: try result.get()).sessionID
      return owner == sessionID ? attach(Self.cautiousLimit, at: now) : finish(.inUse)
    } catch {
      return finish(.inUse)
    }
  }

  private mutating func refused(_ failure: BMCFailure, at now: Instant) -> [Action] {
    var isTaken = false
    if case .completion(let code, _, _) = failure { isTaken = code.rawValue == 0x80 }
    if isTaken, options.takesOver || isReattaching {
      // When the line was this console's before, the one that has it is its own lost session.
      isReattaching = false
      state = .takingOver
      isCalling = true
      return [.call(BMCCall(DeactivatePayload(.serialOverLAN)))]
    }
    if isTaken, sessionID != nil {
      state = .identifying
      isCalling = true
      return [.call(BMCCall(GetPayloadInstanceInfo(.serialOverLAN)))]
    }
    if isTaken { return finish(.inUse) }
    guard isReattaching, isWorthAnotherTry(failure) else { return finish(.failed(failure)) }
    return detach(.failed(failure), at: now)
  }

  /// Whether a controller that starts may say otherwise in a moment.
  private func isWorthAnotherTry(_ failure: BMCFailure) -> Bool {
    switch failure {
    case .noAnswer, .unreachable, .portClosed, .noSessionSlot, .completion, .sessionLost: true
    default: false
    }
  }

  mutating func detach(_ outcome: Outcome, at now: Instant) -> [Action] {
    guard options.reattaches else { return finish(outcome) }
    let isNew = state != .detached && !isReattaching
    // What is on its way may have reached the line already: better lost than typed twice.
    outstanding = nil
    state = .detached
    isReattaching = true
    passOverCall()
    pauseEnd = nil
    reattachment = now + options.reattachmentDelay
    return isNew ? [.report(.detached)] : []
  }

  /// The answer to what was asked last, which is still to come, is passed over.
  private mutating func passOverCall() {
    if isCalling { staleCalls += 1 }
    isCalling = false
  }

  private mutating func finish(_ outcome: Outcome) -> [Action] {
    state = .finished
    outstanding = nil
    typed = []
    return [.finish(outcome)]
  }
}
