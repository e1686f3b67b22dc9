internal import IPMI

/// The Open Session Requests that are on their way, and the sessions that were opened for them.
///
/// Nobody vouches for an Open Session Response: the first may be forged, and the true one comes after it
/// then. So the later ones are kept in mind, for when the first leads nowhere.
struct SessionProposals: Sendable {
  /// How many requests are remembered: more are never on the way at once.
  private static let limit = 16
  /// How many other sessions are kept in mind, all in all.
  private static let alternativeLimit = 8

  /// What an Open Session Response says.
  enum Answer {
    /// A session is opened.
    case opened(OpenSessionResponse.Opened)
    /// The suite that was asked for is refused; without a status when it was answered with one that
    /// is not allowed here.
    case refused(CipherSuite, RMCPPlusStatus?)
  }

  private var suites: [(tag: UInt8, suite: CipherSuite)] = []
  private var alternatives: [OpenSessionResponse.Opened] = []
  private var alternativeCount = 0
  private var gone: [UInt32] = []
  /// The controller's numbers of all sessions that were opened, as far as is known.
  private var opened: [UInt32] = []

  /// A request was sent.
  mutating func add(_ tag: UInt8, _ suite: CipherSuite) {
    if suites.count == Self.limit { suites.removeFirst() }
    suites.append((tag, suite))
  }

  /// What an Open Session Response says to one of the requests; nil when it answers none of them.
  mutating func answer(
    in response: OpenSessionResponse, to consoleSessionID: UInt32, _ allowed: [CipherSuite]
  ) -> Answer? {
    guard let suite = suites.first(where: { $0.tag == response.messageTag })?.suite,
      response.consoleSessionID == nil || response.consoleSessionID == consoleSessionID
    else { return nil }
    switch response.outcome {
    case .refused(let status): return .refused(suite, status)
    case .opened(let opened):
      guard response.consoleSessionID != nil, opened.controllerSessionID != 0,
        !gone.contains(opened.controllerSessionID)
      else { return nil }
      note(opened.controllerSessionID)
      // Some controllers choose for themselves (pyghmi's): good, as long as we would have asked for it.
      return allowed.contains(opened.suite) ? .opened(opened) : .refused(suite, nil)
    }
  }

  /// Keeps a session in mind that was opened beside `chosen`.
  mutating func keep(
    _ other: OpenSessionResponse.Opened, besides chosen: OpenSessionResponse.Opened
  ) {
    guard alternativeCount < Self.alternativeLimit, other != chosen, !alternatives.contains(other)
    else { return }
    alternativeCount += 1
    alternatives.append(other)
  }

  /// Another session to go on with.
  mutating func takeAlternative() -> OpenSessionResponse.Opened? {
    alternatives.isEmpty ? nil : alternatives.removeFirst()
  }

  private mutating func note(_ controllerSessionID: UInt32) {
    guard opened.count < Self.limit, !opened.contains(controllerSessionID) else { return }
    opened.append(controllerSessionID)
  }

  /// The sessions that were opened and are not `chosen`: each keeps a slot until it is told not to.
  func unused(besides chosen: UInt32?) -> [UInt32] {
    opened.filter { $0 != chosen }
  }

  /// The controller does not know that session, or not any more: whoever names it is late, or lies.
  mutating func forget(_ controllerSessionID: UInt32) {
    gone.append(controllerSessionID)
    opened.removeAll { $0 == controllerSessionID }
    alternatives.removeAll { $0.controllerSessionID == controllerSessionID }
  }
}
