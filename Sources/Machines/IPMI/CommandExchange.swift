internal import IPMI
internal import MonotonicTime

/// One request in a session and the search for its answer.
struct CommandExchange: Sendable {
  /// What the request is for.
  enum Purpose: Hashable, Sendable {
    /// The session is raised to this level, so that the command may be done.
    case raise(PrivilegeLevel)
    /// The caller's command.
    case command
  }

  /// What a message in the session is to the request.
  enum Reading: Sendable {
    /// Another's answer, a late one, or none.
    case foreign
    /// A bridge has passed the request on: no more need be sent.
    case passedOn
    /// The answer.
    case answer(BMCAnswer)
  }

  let purpose: Purpose
  /// Whether the request is sent again when it is not answered. What does more when it is done twice is
  /// not: few controllers tell a repeated request from a new one, and the slow ones would do both.
  let isRepeatable: Bool
  private let request: IPMIMessage
  private let wire: IPMIMessage
  private let isBridged: Bool
  var resend: ResendClock
  /// When a controller that was busy is asked again.
  var busyUntil: Instant?

  /// - Parameter roundTrips: how quick the controller has been.
  init(
    _ purpose: Purpose, _ call: BMCCall, numbered number: UInt8, _ policy: Retransmission,
    _ roundTrips: RoundTrips
  ) {
    self.purpose = purpose
    request = call.message(numbered: number)
    wire = call.bridge?.wrap(request) ?? request
    isBridged = call.bridge != nil
    isRepeatable = call.isRepeatable
    resend = ResendClock(policy, roundTrips)
  }

  /// The request was sent, for the first time or again.
  mutating func sent(at now: Instant) {
    resend.sent(at: now)
    if !isRepeatable { resend.hold() }
  }

  /// What is known of the controller's round trips now that the answer has come. How long an order
  /// takes, or what is behind a bridge, says nothing of other commands.
  func roundTrips(answeredAt now: Instant) -> RoundTrips {
    var clock = resend
    if isRepeatable, !isBridged { clock.answered(at: now) }
    return clock.roundTrips
  }

  /// The message to seal.
  var bytes: [UInt8] { wire.bytes }

  /// When there is something to do.
  var deadline: Instant? { busyUntil ?? resend.due }

  /// Whether `response` would be the answer, or part of it.
  func isAnswered(by response: IPMIMessage) -> Bool {
    if case .foreign = read(response) { false } else { true }
  }

  func read(_ response: IPMIMessage) -> Reading {
    guard busyUntil == nil, response.answers(wire) || isBridged && response.answers(request)
    else { return .foreign }
    guard isBridged else { return answer(response) }
    do throws(IPMIError) {
      switch try MessageBridge.unwrap(response) {
      case .awaited: return .passedOn
      case .refused(let code): return .answer(BMCAnswer(code))
      case .answered(let inner): return inner.answers(request) ? answer(inner) : .foreign
      }
    } catch {
      return .foreign
    }
  }

  private func answer(_ response: IPMIMessage) -> Reading {
    guard let code = response.completionCode else { return .foreign }
    return .answer(BMCAnswer(code, Array(response.body)))
  }
}
