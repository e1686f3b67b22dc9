/// A ``SessionPacket`` where it lies: checked once, then read without a copy.
public struct SessionPacketView: ~Escapable {
  /// How the packet is authenticated.
  public let authenticationType: AuthenticationType
  /// The packet's number in the session; 0 outside of one.
  public let sequenceNumber: UInt32
  /// The session's number; 0 outside of one.
  public let sessionID: UInt32
  /// What proves the sender; nil exactly when the type is none.
  public let authenticationCode: Octets16?
  /// An ``IPMIMessage``, lent.
  public let message: RawSpan

  /// Reads what follows the RMCP header; bytes after the message are passed over.
  ///
  /// Throws `IPMIError` when the bytes end before the message does, or when the packet has the
  /// format of IPMI 2.0.
  @_lifetime(copy body)
  public init(_ body: RawSpan) throws(IPMIError) {
    var reader = MessageReader(body, as: .session)
    authenticationType = AuthenticationType(rawValue: try reader.u8())
    guard authenticationType != .rmcpPlus else {
      throw reader.malformed(authenticationType.rawValue)
    }
    sequenceNumber = try reader.u32()
    sessionID = try reader.u32()
    authenticationCode = authenticationType == .none ? nil : try reader.octets16()
    let lengthOffset = reader.offset
    let count = Int(try reader.u8())
    message = try reader.span(count, lengthFrom: .field(offset: lengthOffset))
  }
}
