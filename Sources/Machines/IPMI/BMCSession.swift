public import IPMI
public import MonotonicTime

/// The console's side of the conversation with one baseboard management controller: opens a session
/// when there is something to ask, asks one thing at a time, sends again what is not answered, opens
/// another session when the first is lost.
///
/// A value that knows no socket and no clock. Whoever runs it hands over each datagram that came from
/// the controller's address, and calls `fire` at the `deadline`. A fresh session and one command of
/// user level take 9 datagrams, Close Session included; in a session that is kept, 2.
///
/// Nothing that is forged, late, repeated, out of order or from another session changes an outcome. A
/// refusal that nobody authenticates is believed only when no better answer comes within
/// ``SessionOptions/patience``.
public struct BMCSession: Sendable {
  /// What the caller calls a call.
  public typealias CallID = UInt64

  /// What is to be done in answer to an event, in this order.
  public enum Action: Hashable, Sendable {
    /// Send this datagram to the controller.
    case send([UInt8])
    /// A session stands.
    case established(SessionFacts)
    /// The controller answered the call.
    case answered(CallID, BMCAnswer)
    /// The call has failed.
    case failed(CallID, BMCFailure)
    /// A payload other than a message came in the session: a console's characters.
    case received(PayloadType, [UInt8])
  }

  /// Whether there is a session.
  public enum State: Hashable, Sendable {
    /// There is none.
    case idle
    /// One is being opened.
    case opening
    /// One stands.
    case active
  }

  enum Phase: Sendable {
    case idle
    case opening(version20: RMCPPlusHandshake?, version15: Version15Handshake?)
    case active(SessionPackets)
  }

  struct Pending: Sendable {
    let id: CallID
    let call: BMCCall
    let submission: Instant
    var deadline: Instant
    /// Whether a session was opened anew for its sake.
    var hasReopened = false
    /// Whether the session was raised for its sake when the controller said that it is too low.
    var hasRaised = false
    var busyAnswers = 0
  }

  struct Suspicion: Sendable {
    let failure: BMCFailure
    let due: Instant
  }

  let context: SessionContext
  var random: SessionRandom
  var phase = Phase.idle
  var queue: [Pending] = []
  var exchange: CommandExchange?
  var privilege = PrivilegeLevel.user
  var suspicion: Suspicion?
  private var messageNumber: UInt8
  var lastUse = Instant.origin
  /// How quick the controller was when the session was opened.
  var roundTrips = RoundTrips()
  /// Whether the controller has said that it speaks 2.0.
  var isKnownToSpeak20 = false
  /// Why the last answer in the session was passed over; nil after one that was believed.
  var disbelief: DisbelievedAnswer?

  /// A controller to talk to; nothing is said until there is a call.
  ///
  /// - Parameters:
  ///   - credentials: who asks.
  ///   - options: how.
  ///   - random: what numbers are drawn from, this session's own.
  ///   - cryptography: what computes.
  public init(
    credentials: BMCCredentials, options: SessionOptions, random: SessionRandom,
    cryptography: any Cryptography
  ) {
    context = SessionContext(
      credentials: credentials, options: options, cryptography: cryptography)
    self.random = random
    messageNumber = UInt8(truncatingIfNeeded: self.random.next()) & 0x3f
  }

  /// Whether there is a session.
  public var state: State {
    switch phase {
    case .idle: .idle
    case .opening: .opening
    case .active: .active
    }
  }

  /// The longest that the controller took for a step of opening the session; nil when that is not known.
  public var roundTrip: Duration? { roundTrips.own }

  /// Whether a call has not been answered.
  public var isBusy: Bool { !queue.isEmpty }

  /// When to call `fire`; nil when only a datagram or a call can move the session.
  public var deadline: Instant? {
    var earliest = suspicion?.due
    func consider(_ instant: Instant?) {
      guard let instant else { return }
      earliest = earliest.map { min($0, instant) } ?? instant
    }
    consider(exchange?.deadline)
    for pending in queue { consider(pending.deadline) }
    if case .opening(let version20, let version15) = phase {
      consider(version20?.deadline)
      consider(version15?.deadline)
    }
    return earliest
  }

  // MARK: Events

  /// Takes a call; it is sent when those before it are answered.
  public mutating func submit(_ call: BMCCall, as id: CallID, at now: Instant) -> [Action] {
    let deadline = now + (call.deadline ?? context.options.deadline)
    queue.append(Pending(id: id, call: call, submission: now, deadline: deadline))
    var actions: [Action] = []
    proceed(at: now, &actions)
    return actions
  }

  /// Takes a datagram that came from the controller's address and port.
  public mutating func receive(_ datagram: RawSpan, at now: Instant) -> [Action] {
    var actions: [Action] = []
    do throws(IPMIError) {
      let message = try RMCPMessage(datagram)
      guard message.kind == .session || message.kind == .rmcpPlus else { return [] }
      if let acknowledgement = message.header.acknowledgement {
        var bytes: [UInt8] = []
        acknowledgement.append(to: &bytes)
        actions.append(.send(bytes))
      }
      if message.kind == .rmcpPlus {
        receive(try RMCPPlusPacket(message.body), at: now, &actions)
      } else {
        receive(try SessionPacketView(message.body), at: now, &actions)
      }
    } catch {
      // What cannot be read is nobody's answer.
    }
    return actions
  }

  /// Does what is due.
  public mutating func fire(at now: Instant) -> [Action] {
    var actions: [Action] = []
    if let suspicion, suspicion.due <= now {
      failAll(suspicion.failure, &actions)
    }
    fireOpening(at: now, &actions)
    fireExchange(at: now, &actions)
    expireCalls(at: now, &actions)
    return actions
  }

  /// Other controllers of the fleet answer within this time: what is lost on the way to this one, or from
  /// it, is sent again accordingly.
  public mutating func expectAnswers(within duration: Duration) {
    roundTrips.others = duration
    guard case .opening(var version20, var version15) = phase else { return }
    version20?.resend.expect(duration)
    version15?.resend.expect(duration)
    phase = .opening(version20: version20, version15: version15)
  }

  /// Takes the network's word that datagrams do not arrive. Such words can be forged, and a controller
  /// that starts has no port open for a moment, so an answer within the patience outweighs them.
  public mutating func suspect(_ failure: BMCFailure, at now: Instant) {
    guard isBusy else { return }
    suspectIfFirst(failure, at: now)
  }

  /// Gives a call up; its answer, if it comes, is passed over.
  public mutating func cancel(_ id: CallID, at now: Instant) -> [Action] {
    guard let index = queue.firstIndex(where: { $0.id == id }) else { return [] }
    queue.remove(at: index)
    if index == 0 { exchange = nil }
    var actions: [Action] = []
    if queue.isEmpty { leaveOpening(&actions) }
    proceed(at: now, &actions)
    return actions
  }

  /// Ends the session, and all calls with it, for this reason. The controller's answer is not waited
  /// for: some give none (Intel Tiger 4 after a reset).
  public mutating func close(at now: Instant, _ failure: BMCFailure = .cancelled) -> [Action] {
    var actions: [Action] = []
    closeSession(&actions)
    failAll(failure, &actions)
    return actions
  }

  mutating func closeSession(_ actions: inout [Action]) {
    guard case .active(var packets) = phase else { return }
    let call = BMCCall(CloseSession(.sessionID(packets.sessionID)))
    let message = call.message(numbered: nextMessageNumber())
    actions.append(.send(packets.seal(message.bytes, &random, using: context.cryptography)))
  }

  /// Sends a payload of another type than a message in the session, where there is one of IPMI 2.0 and a
  /// packet has room for it.
  public mutating func send(_ payload: [UInt8], as type: PayloadType, at now: Instant) -> [Action] {
    guard case .active(.version20(var packets)) = phase,
      payload.count <= SessionPackets.version20(packets).messageLimit
    else { return [] }
    let datagram = packets.seal(payload, as: type, &random, using: context.cryptography)
    phase = .active(.version20(packets))
    lastUse = now
    return [.send(datagram)]
  }

  /// The payload of a datagram that a session of the same numbers and keys sent: a recording's. Nil when
  /// there is no session of IPMI 2.0, or it is none of its.
  public func payload(ofOwn datagram: [UInt8]) -> (PayloadType, [UInt8])? {
    guard case .active(.version20(let packets)) = phase else { return nil }
    do throws(IPMIError) {
      let message = try RMCPMessage(datagram.messageBytes)
      let packet = try RMCPPlusPacket(message.body)
      let payload = packets.read(own: packet, using: context.cryptography)
      return payload.map { (packet.payloadType, $0) }
    } catch {
      return nil
    }
  }

  mutating func nextMessageNumber() -> UInt8 {
    messageNumber = (messageNumber + 1) & 0x3f
    return messageNumber
  }

  mutating func suspectIfFirst(_ failure: BMCFailure, at now: Instant) {
    guard suspicion == nil else { return }
    let patience = context.options.patience ?? patience(with: failure, at: now)
    suspicion = Suspicion(failure: failure.told(of: context.credentials), due: now + patience)
  }

  /// For how long the truth may still be on its way when something came that may be forged.
  private func patience(with failure: BMCFailure, at now: Instant) -> Duration {
    let least = Duration.milliseconds(100)
    guard !failure.isOwnFinding else { return least }
    return switch phase {
    case .opening(let version20?, _): max(least, version20.resend.patience(at: now))
    case .opening(_, let version15?): max(least, version15.resend.patience(at: now))
    case .active: max(least, exchange?.resend.patience(at: now) ?? .zero)
    default: least
    }
  }

  /// Ends all calls, and the session.
  mutating func failAll(_ failure: BMCFailure, _ actions: inout [Action]) {
    leaveOpening(&actions)
    phase = .idle
    exchange = nil
    suspicion = nil
    let failed = queue
    queue = []
    for pending in failed { actions.append(.failed(pending.id, failure)) }
  }
}
