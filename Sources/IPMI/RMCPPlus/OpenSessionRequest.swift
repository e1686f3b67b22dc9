/// What a console proposes at the start of an IPMI 2.0 session: 32 bytes. IPMI 2.0, section 13.17.
///
///     0         1         2         4                   8
///     +---------+---------+---------+-------------------+---------------------------------------
///     | tag     | role    | 00 00   | console's         | authentication, integrity,
///     |         |         |         | session ID        | confidentiality: 8 bytes each
///     +---------+---------+---------+-------------------+---------------------------------------
public struct OpenSessionRequest: Hashable, Sendable {
  /// A number that the response repeats.
  public var messageTag: UInt8
  /// The highest level that the session is for. The same, explicit one in RAKP message 1 suits all
  /// controllers, also those that compute with this one (Sun, Dell C5220, Supermicro X8DT).
  public var role: RequestedRole
  /// The number that the console gives the session: every packet to it has it.
  public var consoleSessionID: UInt32
  /// The algorithms.
  public var suite: CipherSuite

  /// A request of these fields.
  public init(
    messageTag: UInt8, role: RequestedRole, consoleSessionID: UInt32, suite: CipherSuite
  ) {
    self.messageTag = messageTag
    self.role = role
    self.consoleSessionID = consoleSessionID
    self.suite = suite
  }

  /// Reads a payload of type ``PayloadType/openSessionRequest``.
  ///
  /// Throws `IPMIError` when it is too short or its parts are not in their order.
  public init(parsing payload: RawSpan) throws(IPMIError) {
    var reader = MessageReader(payload, as: .openSession)
    messageTag = try reader.u8()
    role = RequestedRole(rawValue: try reader.u8())
    try reader.skip(2)
    consoleSessionID = try reader.u32()
    suite = try reader.cipherSuite()
  }

  /// Appends the payload.
  public func append(to payload: inout [UInt8]) {
    payload.append(messageTag)
    payload.append(role.rawValue)
    payload.append(contentsOf: [0, 0])
    payload.append(littleEndian: consoleSessionID)
    payload.append(suite)
  }

  /// The request as a datagram.
  public var datagram: [UInt8] {
    var payload: [UInt8] = []
    append(to: &payload)
    return RMCPPlusPacket.unprotected(.openSessionRequest, payload: payload)
  }
}
