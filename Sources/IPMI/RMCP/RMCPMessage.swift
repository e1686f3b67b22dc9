/// A datagram of port 623, its header read: what follows is read as ``kind`` says.
public struct RMCPMessage: ~Escapable {
  /// The header.
  public let header: RMCPHeader
  /// What follows the header, lent.
  public let body: RawSpan

  /// Reads a datagram's header. Throws `IPMIError` when it is not RMCP's.
  @_lifetime(copy datagram)
  public init(_ datagram: RawSpan) throws(IPMIError) {
    header = try RMCPHeader(parsing: datagram)
    body = datagram.extracting(droppingFirst: RMCPHeader.byteCount)
  }

  /// What the body is to be read as.
  public var kind: Kind {
    if header.isAcknowledgement { return .acknowledgement }
    switch header.messageClass {
    case .asf: return .asf
    case .ipmi:
      guard body.byteCount > 0 else { return .session }
      return AuthenticationType(rawValue: body.octet(at: 0)) == .rmcpPlus ? .rmcpPlus : .session
    default: return .other
    }
  }

  /// What the body of an RMCP message can be.
  public enum Kind: Hashable, Sendable {
    /// Nothing: the header acknowledges a message.
    case acknowledgement
    /// An ``ASFMessage``.
    case asf
    /// A packet in the format of IPMI 1.5: ``SessionPacketView``.
    case session
    /// A packet in the format of IPMI 2.0: ``RMCPPlusPacket``.
    case rmcpPlus
    /// Something of a class that is not ours.
    case other
  }
}
