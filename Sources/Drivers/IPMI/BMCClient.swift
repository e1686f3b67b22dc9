public import EventLoop
public import IPMI
public import Machines
internal import MonotonicTime
public import Sockets

/// One controller on the LAN: its session, its timer, and who waits for its answers.
///
/// The session is opened at the first call and kept until `close`. Calls are sent one after the other.
/// Use it on the loop's thread only.
public final class BMCClient: BMCTransport {
  /// The controller's address and port.
  public let address: InternetAddress
  /// What opening the session has shown; nil until there was one.
  public private(set) var facts: SessionFacts?
  /// Is told of each payload that is not a message: a console's characters.
  public var onPayload: ((PayloadType, [UInt8]) -> Void)?

  /// Is told of each session that is opened; after the first it says that the one before was lost.
  public var onSession: ((SessionFacts) -> Void)?

  let sockets: BMCSockets
  /// Another client of the same address.
  var sibling: BMCClient?
  private var session: BMCSession
  private var waiting: [BMCSession.CallID: (Result<BMCAnswer, BMCFailure>) -> Void] = [:]
  private var lastID: BMCSession.CallID = 0
  private var timer: Timer?
  private var timerDue: Instant?
  private var isClosed = false
  /// Whether anything ever came from the controller.
  private var isHeard = false
  /// When a controller that has said nothing is asked for on its link; nil before the first datagram and
  /// once that is done.
  private var examination: Instant?
  private var isExamined = false

  /// A client for the controller at `address`.
  public init(
    _ address: InternetAddress, credentials: BMCCredentials,
    options: SessionOptions = SessionOptions(), on sockets: BMCSockets
  ) {
    self.address = address
    self.sockets = sockets
    session = BMCSession(
      credentials: credentials, options: options, random: sockets.branchRandom(),
      cryptography: sockets.cryptography)
    sockets.attach(self)
  }

  /// The loop that turns it.
  public var loop: EventLoop { sockets.loop }

  // MARK: Calls

  /// Has `call` done, and calls `completion` with the answer, whatever its completion code, or with why
  /// there is none.
  ///
  /// - Returns: what `cancel` takes.
  @discardableResult
  public func submit(
    _ call: BMCCall, _ completion: @escaping (Result<BMCAnswer, BMCFailure>) -> Void
  ) -> BMCSession.CallID {
    lastID += 1
    let id = lastID
    guard !isClosed else {
      completion(.failure(.cancelled))
      return id
    }
    waiting[id] = completion
    if let failure = sockets.open(address.family) {
      finish(id, .failure(failure))
      return id
    }
    carryOut(session.submit(call, as: id, at: loop.now))
    return id
  }

  /// Gives up a call that was submitted; its completion is not called.
  public func cancel(_ id: BMCSession.CallID) {
    guard waiting.removeValue(forKey: id) != nil else { return }
    carryOut(session.cancel(id, at: loop.now))
  }

  /// Has `call` done, and returns what the controller answered, whatever its completion code.
  ///
  /// - Throws: why there is no answer; `.cancelled` when the task is cancelled.
  public func call(_ call: BMCCall) async throws(BMCFailure) -> BMCAnswer {
    let completion = Completion<Result<BMCAnswer, BMCFailure>>(on: loop)
    let id = submit(call) { completion.fulfil($0) }
    let result: Result<BMCAnswer, BMCFailure>
    do throws(CancellationError) {
      result = try await completion.value
    } catch {
      cancel(id)
      throw .cancelled
    }
    return try result.get()
  }

  /// Sends a payload of another type than a message in the session, where there is one of IPMI 2.0.
  public func send(_ payload: [UInt8], as type: PayloadType) {
    carryOut(session.send(payload, as: type, at: loop.now))
  }

  /// The payload of a datagram that this very session sent when it was recorded.
  func payload(ofOwn datagram: [UInt8]) -> (PayloadType, [UInt8])? {
    session.payload(ofOwn: datagram)
  }

  /// Ends the session, without waiting for the controller's answer.
  public func close() { close(.cancelled) }

  func close(_ failure: BMCFailure) {
    guard !isClosed else { return }
    isClosed = true
    carryOut(session.close(at: loop.now, failure))
    timer?.cancel()
    timer = nil
    sockets.detach(self)
  }

  // MARK: The network

  func receive(_ datagram: RawSpan, at now: Instant) {
    isHeard = true
    carryOut(session.receive(datagram, at: now))
  }

  func suspect(_ failure: BMCFailure, at now: Instant) {
    session.suspect(failure, at: now)
    schedule()
  }

  func expectAnswers(within duration: Duration) {
    session.expectAnswers(within: duration)
    schedule()
  }

  private func carryOut(_ actions: [BMCSession.Action]) {
    for action in actions {
      switch action {
      case .send(let datagram):
        sockets.send(datagram, to: address)
        if !isExamined, !isHeard, examination == nil {
          examination = loop.now + sockets.silenceBeforeExamination
        }
      case .established(let facts):
        self.facts = facts
        if let roundTrip = session.roundTrip { sockets.noteRoundTrip(roundTrip) }
        onSession?(facts)
      case .answered(let id, let answer): finish(id, .success(answer))
      case .failed(let id, let failure): finish(id, .failure(failure))
      case .received(let type, let payload): onPayload?(type, payload)
      }
    }
    schedule()
  }

  private func finish(_ id: BMCSession.CallID, _ result: Result<BMCAnswer, BMCFailure>) {
    waiting.removeValue(forKey: id)?(result)
  }

  /// Sees to it that the session is woken at its deadline. Deadlines mostly move away, so a timer that
  /// is due too early stays, and looks again: thousands of clients cost a timer each, not one a
  /// datagram.
  private func schedule() {
    guard !isClosed, let deadline = deadline else { return }
    if let timerDue, timerDue <= deadline { return }
    timer?.cancel()
    timerDue = deadline
    timer = loop.schedule(at: deadline) { [unowned self] in wake() }
  }

  private var deadline: Instant? {
    guard let deadline = session.deadline else { return nil }
    guard let examination, !isHeard else { return deadline }
    return min(deadline, examination)
  }

  private func wake() {
    timer = nil
    timerDue = nil
    let now = loop.now
    if !isHeard, !isExamined, let examination, examination <= now {
      self.examination = nil
      isExamined = true
      sockets.examine(address)
    }
    guard let deadline = session.deadline else { return }
    guard deadline <= now else { return schedule() }
    carryOut(session.fire(at: now))
  }
}
