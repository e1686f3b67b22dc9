/// A packet in the format of IPMI 2.0 where it lies: its header checked, its payload as it came.
/// IPMI 2.0, section 13.6, table 13-8.
///
///     0         1         2                   6                   10        12
///     +---------+---------+-------------------+-------------------+---------+---------+---------
///     | 06      | E A type| session ID        | sequence number   | length  | payload | trailer
///     +---------+---------+-------------------+-------------------+---------+---------+---------
///
/// E says that the payload is encrypted, A that the packet is authenticated. A payload of type 2 is
/// named by 6 bytes between type and session ID. The trailer of an authenticated packet fills the
/// packet to a multiple of 4 bytes:
///
///     +----------+------------------+---------+---------------------+
///     | FF, 0..3 | how many FF      | 07      | authentication code |
///     +----------+------------------+---------+---------------------+
///
/// What a session lets pass is ``SessionSecurity``'s to say; here nothing is trusted yet.
public struct RMCPPlusPacket: ~Escapable {
  /// What the payload is.
  public let payloadType: PayloadType
  /// Whether the packet says that its payload is encrypted.
  public let isEncrypted: Bool
  /// Whether the packet says that it is authenticated.
  public let isAuthenticated: Bool
  /// Whose payload of type ``PayloadType/oemExplicit`` this is; nil for other types.
  public let oemPayload: OEMPayload?
  /// The receiver's number for the session; 0 outside of one.
  public let sessionID: UInt32
  /// The packet's number in the session; 0 outside of one.
  public let sequenceNumber: UInt32
  /// The payload, encrypted still when ``isEncrypted``; lent.
  public let payload: RawSpan

  /// The packet from its authentication type to its last byte.
  let bytes: RawSpan
  /// Where the payload ends in `bytes`.
  let payloadEnd: Int

  /// A manufacturer's name for a payload.
  public struct OEMPayload: Hashable, Sendable {
    /// The manufacturer's enterprise number.
    public var enterpriseNumber: UInt32
    /// The manufacturer's own number for the payload.
    public var payloadID: UInt16

    /// A name of these numbers.
    public init(enterpriseNumber: UInt32, payloadID: UInt16) {
      self.enterpriseNumber = enterpriseNumber
      self.payloadID = payloadID
    }
  }

  /// Reads what follows the RMCP header.
  ///
  /// Throws `IPMIError` when the packet has the format of IPMI 1.5, or ends before its payload does.
  @_lifetime(copy body)
  public init(_ body: RawSpan) throws(IPMIError) {
    var reader = MessageReader(body, as: .rmcpPlus)
    let format = try reader.u8()
    guard AuthenticationType(rawValue: format) == .rmcpPlus else {
      throw reader.malformed(format)
    }
    let type = try reader.u8()
    payloadType = PayloadType(rawValue: type)
    isEncrypted = type & 0x80 != 0
    isAuthenticated = type & 0x40 != 0
    oemPayload =
      payloadType == .oemExplicit
      ? OEMPayload(enterpriseNumber: try reader.u32(), payloadID: try reader.u16()) : nil
    sessionID = try reader.u32()
    sequenceNumber = try reader.u32()
    let lengthOffset = reader.offset
    let count = Int(try reader.u16())
    payload = try reader.span(count, lengthFrom: .field(offset: lengthOffset))
    bytes = body
    payloadEnd = reader.offset
  }

  /// The datagram of a payload that is neither authenticated nor encrypted: what sets up a session,
  /// and all of a session that negotiated nothing better.
  ///
  /// - Precondition: the payload has at most 65,000 bytes.
  public static func unprotected(
    _ payloadType: PayloadType, sessionID: UInt32 = 0, sequenceNumber: UInt32 = 0,
    payload: [UInt8]
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(headerByteCount + payload.count)
    appendHeader(
      to: &bytes, payloadType.rawValue, sessionID: sessionID, sequenceNumber: sequenceNumber,
      payloadByteCount: payload.count)
    bytes.append(contentsOf: payload)
    return bytes
  }

  /// How many bytes stand before the payload in a datagram, the RMCP header included.
  static let headerByteCount = 16

  static func appendHeader(
    to bytes: inout [UInt8], _ typeAndFlags: UInt8, sessionID: UInt32, sequenceNumber: UInt32,
    payloadByteCount: Int
  ) {
    precondition(payloadByteCount <= 65_000, "no datagram is so long")
    RMCPHeader(messageClass: .ipmi).append(to: &bytes)
    bytes.append(AuthenticationType.rmcpPlus.rawValue)
    bytes.append(typeAndFlags)
    bytes.append(littleEndian: sessionID)
    bytes.append(littleEndian: sequenceNumber)
    bytes.append(littleEndian: UInt16(payloadByteCount))
  }
}
