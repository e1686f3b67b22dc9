public import IPMI
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
    /// The line was lost, or could not be taken again, and is tried for again after `wait`. How many
    /// typed characters were on their way then is `unconfirmed`: they may have arrived or not.
    case detached(Outcome, wait: Duration, unconfirmed: Int)
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
    /// Another console took the line from this one.
    case takenOver
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
    /// The line is taken, and the controller is asked by whom: it may be this console's own, and the
    /// answer that said so lost, or its own session of before.
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
  /// What the controller is to do once.
  var errands: SerialOverLANPacket.Operation = []
  /// How the handshake lines are to be, and how the controller was told that they are.
  var lines: (wanted: SerialOverLANPacket.Operation, told: SerialOverLANPacket.Operation) = ([], [])
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
  /// Why the line was lost that is being taken again; nil while it is taken for the first time.
  var loss: Outcome?
  /// How often it was tried in vain to take the line again.
  var vainTries = 0
  /// The session that has the line as the controller calls it, which may be otherwise than in the login;
  /// nil when it was not asked yet.
  var owner: UInt32?
  /// The session in which the line was taken.
  var lineSession: UInt32?
  /// Whether the controller tells who has the line.
  var tellsOwner = true
  /// How often another console lost the line to this one, without this one getting it.
  var takeOvers = 0
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
      let isKept = options.keepAlive != .nothing && !isCalling && outstanding == nil
      let keepAlive = isKept ? lastTraffic + options.keepAliveInterval : nil
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

  /// How many typed characters wait behind the packet that is on its way.
  public var waitingCount: Int { typed.count }

  /// The number of the packet that is on its way; nil when none is.
  public var outstandingNumber: UInt8? { outstanding?.packet.sequenceNumber }

  /// Sends a break on the line, after what was typed before and is on its way.
  public mutating func sendBreak(at now: Instant) -> [Action] {
    perform(.sendBreak, at: now)
  }

  /// Has the controller do this once: a break, a ring that may wake the system, a flush of what waits
  /// in either direction. It goes with the next packet. Nothing else of `operation` is looked at.
  public mutating func perform(
    _ operation: SerialOverLANPacket.Operation, at now: Instant
  ) -> [Action] {
    errands.formUnion(operation.intersection(.errands))
    return sendTyped(at: now, acknowledging: nil)
  }

  /// Sets the handshake lines that the system sees: `pauses` for CTS inactive, which makes it wait,
  /// `dropsCarrier` for DCD and DSR inactive. They stay so. Nothing else is looked at.
  public mutating func setLines(
    _ operation: SerialOverLANPacket.Operation, at now: Instant
  ) -> [Action] {
    lines.wanted = operation.intersection([.pauses, .dropsCarrier])
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
      var call = BMCCall(DeactivatePayload(instance))
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
    case .takingOver: return tookOver(result)
    case .deactivating: return finish(.closed)
    case .active: return kept(result, at: now)
    case .initial, .detached, .finished: return []
    }
  }

  /// The session below was lost and another stands: the line is not this console's any more.
  public mutating func sessionRenewed(at now: Instant) -> [Action] {
    guard state == .active else { return [] }
    return detach(.failed(.sessionLost), at: now)
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
      let actions: [Action] = [.send(flight.packet.bytes)]
      // A session that was lost is found out sooner by a command than by further silence.
      let isSuspicious = flight.clock.attempts == 3 && options.keepAlive == .command && !isCalling
      return isSuspicious ? actions + keepAlive(at: now) : actions
    }
    let isIdle = options.keepAlive != .nothing && !isCalling && outstanding == nil
    guard isIdle, lastTraffic + options.keepAliveInterval <= now else { return [] }
    return keepAlive(at: now)
  }

  mutating func finish(_ outcome: Outcome) -> [Action] {
    state = .finished
    outstanding = nil
    typed = []
    return [.finish(outcome)]
  }
}

extension SerialOverLANPacket.Operation {
  /// What is done once, and not held.
  static let errands: SerialOverLANPacket.Operation = [
    .sendBreak, .ring, .flushInbound, .flushOutbound,
  ]
}
