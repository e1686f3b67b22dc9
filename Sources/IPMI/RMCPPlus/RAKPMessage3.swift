/// The console proves that it knows the password; or says that the controller did not prove it, so
/// that the controller lets the session go. IPMI 2.0, section 13.22.
///
///     0         1         2         4                   8
///     +---------+---------+---------+-------------------+-------------------
///     | tag     | status  | 00 00   | controller's      | key exchange code
///     |         |         |         | session ID        |
///     +---------+---------+---------+-------------------+-------------------
public struct RAKPMessage3: Hashable, Sendable {
  /// A number that RAKP message 4 repeats.
  public var messageTag: UInt8
  /// Whether the console goes on.
  public var status: RMCPPlusStatus
  /// The controller's number for the session.
  public var controllerSessionID: UInt32
  /// The code that only who knows the password can make; empty with a status that is an error, and
  /// without an authentication algorithm.
  public var keyExchangeCode: Digest

  /// A message of these fields.
  public init(
    messageTag: UInt8, status: RMCPPlusStatus = .noErrors, controllerSessionID: UInt32,
    keyExchangeCode: Digest
  ) {
    self.messageTag = messageTag
    self.status = status
    self.controllerSessionID = controllerSessionID
    self.keyExchangeCode = keyExchangeCode
  }

  /// Reads a payload of type ``PayloadType/rakp3``.
  ///
  /// Throws `IPMIError` when it is too short, or its code longer than any.
  public init(parsing payload: RawSpan) throws(IPMIError) {
    var reader = MessageReader(payload, as: .rakp(3))
    messageTag = try reader.u8()
    status = RMCPPlusStatus(rawValue: try reader.u8())
    try reader.skip(2)
    controllerSessionID = try reader.u32()
    keyExchangeCode = try reader.digest()
  }

  /// Appends the payload.
  public func append(to payload: inout [UInt8]) {
    payload.append(contentsOf: [messageTag, status.rawValue, 0, 0])
    payload.append(littleEndian: controllerSessionID)
    payload.append(contentsOf: keyExchangeCode.bytes)
  }

  /// The message as a datagram.
  public var datagram: [UInt8] {
    var payload: [UInt8] = []
    append(to: &payload)
    return RMCPPlusPacket.unprotected(.rakp3, payload: payload)
  }
}
