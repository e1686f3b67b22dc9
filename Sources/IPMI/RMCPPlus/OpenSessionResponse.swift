/// What the controller answers to a proposal: 36 bytes, or as few as 2 when it refuses. IPMI 2.0,
/// section 13.18.
///
///     0         1         2         3         4                   8                   12
///     +---------+---------+---------+---------+-------------------+-------------------+---------
///     | tag     | status  | role    | 00      | console's         | controller's      | 3 times
///     |         |         |         |         | session ID        | session ID        | 8 bytes
///     +---------+---------+---------+---------+-------------------+-------------------+---------
public struct OpenSessionResponse: Hashable, Sendable {
  /// The tag of the request.
  public var messageTag: UInt8
  /// The number that the console gave the session; nil when a refusal is too short to have it.
  public var consoleSessionID: UInt32?
  /// Whether the session is open.
  public var outcome: Outcome

  /// How the request ended.
  public enum Outcome: Hashable, Sendable {
    /// The session can be proved now.
    case opened(Opened)
    /// There is no session; the status is not ``RMCPPlusStatus/noErrors``.
    case refused(RMCPPlusStatus)
  }

  /// What the controller agreed to.
  public struct Opened: Hashable, Sendable {
    /// The highest level that the session can have; some controllers repeat the request's.
    public var role: RequestedRole
    /// The number that the controller gives the session: every packet to it has it.
    public var controllerSessionID: UInt32
    /// The algorithms. A controller must repeat those of the request.
    public var suite: CipherSuite

    /// An agreement of these fields.
    public init(role: RequestedRole, controllerSessionID: UInt32, suite: CipherSuite) {
      self.role = role
      self.controllerSessionID = controllerSessionID
      self.suite = suite
    }
  }

  /// A response of these fields.
  public init(messageTag: UInt8, consoleSessionID: UInt32?, outcome: Outcome) {
    self.messageTag = messageTag
    self.consoleSessionID = consoleSessionID
    self.outcome = outcome
  }

  /// Reads a payload of type ``PayloadType/openSessionResponse``.
  ///
  /// Throws `IPMIError` when it is too short for what its status says.
  public init(parsing payload: RawSpan) throws(IPMIError) {
    var reader = MessageReader(payload, as: .openSession)
    messageTag = try reader.u8()
    let status = RMCPPlusStatus(rawValue: try reader.u8())
    guard status == .noErrors else {
      outcome = .refused(status)
      consoleSessionID = try reader.sessionIDOfRefusal()
      return
    }
    let role = RequestedRole(rawValue: try reader.u8())
    try reader.skip(1)
    consoleSessionID = try reader.u32()
    outcome = .opened(
      Opened(
        role: role, controllerSessionID: try reader.u32(), suite: try reader.cipherSuite()))
  }

  /// Appends the payload.
  public func append(to payload: inout [UInt8]) {
    switch outcome {
    case .refused(let status):
      payload.append(messageTag: messageTag, status, for: consoleSessionID)
    case .opened(let opened):
      payload.append(
        messageTag: messageTag, .noErrors, opened.role.rawValue, for: consoleSessionID ?? 0)
      payload.append(littleEndian: opened.controllerSessionID)
      payload.append(opened.suite)
    }
  }

  /// The response as a datagram.
  public var datagram: [UInt8] {
    var payload: [UInt8] = []
    append(to: &payload)
    return RMCPPlusPacket.unprotected(.openSessionResponse, payload: payload)
  }
}
