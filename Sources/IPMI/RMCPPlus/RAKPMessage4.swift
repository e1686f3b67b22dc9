/// The controller lets the user in. IPMI 2.0, section 13.23.
///
///     0         1         2         4                   8
///     +---------+---------+---------+-------------------+-----------------------
///     | tag     | status  | 00 00   | console's         | integrity check value
///     |         |         |         | session ID        |
///     +---------+---------+---------+-------------------+-----------------------
public struct RAKPMessage4: Hashable, Sendable {
  /// The tag of RAKP message 3.
  public var messageTag: UInt8
  /// Whether the session is active.
  public var status: RMCPPlusStatus
  /// The console's number for the session; nil when a refusal is too short to have it.
  public var consoleSessionID: UInt32?
  /// The code that only who has the session's keys can make; empty with a status that is an error,
  /// and without an authentication algorithm.
  public var integrityCheckValue: Digest

  /// A message of these fields.
  public init(
    messageTag: UInt8, status: RMCPPlusStatus = .noErrors, consoleSessionID: UInt32?,
    integrityCheckValue: Digest
  ) {
    self.messageTag = messageTag
    self.status = status
    self.consoleSessionID = consoleSessionID
    self.integrityCheckValue = integrityCheckValue
  }

  /// Reads a payload of type ``PayloadType/rakp4``.
  ///
  /// Throws `IPMIError` when it is too short for what its status says, or its code longer than any.
  public init(parsing payload: RawSpan) throws(IPMIError) {
    var reader = MessageReader(payload, as: .rakp(4))
    messageTag = try reader.u8()
    status = RMCPPlusStatus(rawValue: try reader.u8())
    guard status == .noErrors else {
      consoleSessionID = try reader.sessionIDOfRefusal()
      integrityCheckValue = .empty
      return
    }
    try reader.skip(2)
    consoleSessionID = try reader.u32()
    integrityCheckValue = try reader.digest()
  }

  /// Appends the payload.
  public func append(to payload: inout [UInt8]) {
    payload.append(messageTag: messageTag, status, for: consoleSessionID)
    guard consoleSessionID != nil else { return }
    payload.append(contentsOf: integrityCheckValue.bytes)
  }

  /// The message as a datagram.
  public var datagram: [UInt8] {
    var payload: [UInt8] = []
    append(to: &payload)
    return RMCPPlusPacket.unprotected(.rakp4, payload: payload)
  }
}
