/// What every datagram on UDP ports 623 and 664 begins with. IPMI 2.0, section 13.1.3; ASF 2.0,
/// section 3.2.2.
///
///     0         1         2         3
///     +---------+---------+---------+---------+
///     | version | 00      | sequence| A  class|
///     | 06      |         | number  |         |
///     +---------+---------+---------+---------+
public struct RMCPHeader: Hashable, Sendable {
  /// How many bytes the header has.
  public static let byteCount = 4
  /// The sequence number of a message that wants no acknowledgement; every IPMI message has it.
  public static let unacknowledged: UInt8 = 0xff
  /// The version that every message has: ASF's RMCP 1.0.
  static let version: UInt8 = 6

  /// The message's number, for its acknowledgement alone; ``unacknowledged`` asks for none.
  public var sequenceNumber: UInt8
  /// What follows the header.
  public var messageClass: RMCPMessageClass
  /// Whether this acknowledges the message of the same number and class; nothing follows then.
  public var isAcknowledgement: Bool

  /// A header of these fields.
  public init(
    sequenceNumber: UInt8 = unacknowledged, messageClass: RMCPMessageClass,
    isAcknowledgement: Bool = false
  ) {
    self.sequenceNumber = sequenceNumber
    self.messageClass = messageClass
    self.isAcknowledgement = isAcknowledgement
  }

  /// Reads the first 4 bytes; what follows is passed over.
  ///
  /// Throws `IPMIError` when there are fewer, or when the version is not RMCP's.
  public init(parsing bytes: RawSpan) throws(IPMIError) {
    var reader = MessageReader(bytes, as: .rmcp)
    let version = try reader.u8()
    guard version == Self.version else { throw reader.malformed(version) }
    try reader.skip(1)
    sequenceNumber = try reader.u8()
    let classAndAcknowledgement = try reader.u8()
    messageClass = RMCPMessageClass(rawValue: classAndAcknowledgement)
    isAcknowledgement = classAndAcknowledgement & 0x80 != 0
  }

  /// What answers a message with this header; nil when it asks for no acknowledgement.
  public var acknowledgement: RMCPHeader? {
    guard !isAcknowledgement, sequenceNumber != Self.unacknowledged else { return nil }
    return RMCPHeader(
      sequenceNumber: sequenceNumber, messageClass: messageClass, isAcknowledgement: true)
  }

  /// Appends the 4 bytes.
  public func append(to bytes: inout [UInt8]) {
    bytes.append(Self.version)
    bytes.append(0)
    bytes.append(sequenceNumber)
    bytes.append(messageClass.rawValue | (isAcknowledgement ? 0x80 : 0))
  }
}

/// What an RMCP message is about: 5 bits. IPMI 2.0, table 13-1.
public struct RMCPMessageClass: RawRepresentable, Hashable, Sendable {
  /// The 5 bits.
  public let rawValue: UInt8

  /// The class of these bits, of which the low 5 count.
  @inlinable public init(rawValue: UInt8) {
    self.rawValue = rawValue & 0x1f
  }

  /// Alert Standard Format: presence ping and pong.
  public static let asf = RMCPMessageClass(rawValue: 0x06)
  /// A session's packet, of IPMI 1.5 or 2.0.
  public static let ipmi = RMCPMessageClass(rawValue: 0x07)
  /// A manufacturer's own.
  public static let oem = RMCPMessageClass(rawValue: 0x08)
}
