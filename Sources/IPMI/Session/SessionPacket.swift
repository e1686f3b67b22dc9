/// A packet in the format of IPMI 1.5: sessions of that version, and in every version what is said
/// before a session. IPMI 1.5, table 12-8.
///
///     0         1                   5                   9
///     +---------+-------------------+-------------------+------------------+-------+---------+
///     | authen- | sequence number   | session ID        | authentication   | length| message |
///     | tication|                   |                   | code, 16 bytes   |       |         |
///     +---------+-------------------+-------------------+------------------+-------+---------+
///
/// There is no code when the authentication type is none. Old Ethernet controllers could not send
/// frames of certain lengths, so a byte may follow the message; it is neither counted nor hashed.
public struct SessionPacket: Hashable, Sendable {
  /// How many bytes a message may have: its length stands in one byte.
  public static let messageLimit = 255

  /// How the packet is authenticated.
  public var authenticationType: AuthenticationType
  /// The packet's number in the session; 0 outside of one.
  public var sequenceNumber: UInt32
  /// The session's number, which the controller chose; 0 outside of one.
  public var sessionID: UInt32
  /// What proves the sender; nil exactly when the type is none.
  public var authenticationCode: Octets16?
  /// An ``IPMIMessage``, at most ``messageLimit`` bytes.
  public var message: [UInt8]

  /// A packet of these fields; outside of a session when nothing else is said.
  public init(
    authenticationType: AuthenticationType = .none, sequenceNumber: UInt32 = 0,
    sessionID: UInt32 = 0, authenticationCode: Octets16? = nil, message: [UInt8]
  ) {
    self.authenticationType = authenticationType
    self.sequenceNumber = sequenceNumber
    self.sessionID = sessionID
    self.authenticationCode = authenticationCode
    self.message = message
  }

  /// A copy of what `view` shows.
  public init(_ view: SessionPacketView) {
    self.init(
      authenticationType: view.authenticationType, sequenceNumber: view.sequenceNumber,
      sessionID: view.sessionID, authenticationCode: view.authenticationCode,
      message: view.message.copied)
  }

  /// Reads what follows the RMCP header. Throws `IPMIError` when it is no such packet.
  public init(parsing body: RawSpan) throws(IPMIError) {
    self.init(try SessionPacketView(body))
  }

  /// Appends the packet without an RMCP header.
  ///
  /// - Precondition: `message` has at most ``messageLimit`` bytes.
  public func append(to bytes: inout [UInt8]) {
    precondition(message.count <= Self.messageLimit, "the length field has one byte")
    bytes.append(authenticationType.rawValue)
    bytes.append(littleEndian: sequenceNumber)
    bytes.append(littleEndian: sessionID)
    if authenticationType != .none { bytes.append(authenticationCode ?? .zero) }
    bytes.append(UInt8(message.count))
    bytes.append(contentsOf: message)
  }

  /// The packet as a datagram.
  public var datagram: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(RMCPHeader.byteCount + 26 + message.count)
    RMCPHeader(messageClass: .ipmi).append(to: &bytes)
    append(to: &bytes)
    return bytes
  }
}
