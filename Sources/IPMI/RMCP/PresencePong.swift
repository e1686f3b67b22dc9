/// The answer to a ping: what the station is. ASF 2.0, section 3.2.4.2; IPMI 2.0, section 13.2.4.
///
///     8                   12                  16        17        18
///     +-------------------+-------------------+---------+---------+---------
///     | enterprise number | the enterprise's  | entities| inter-  | 6 times
///     |                   | own               |         | actions | 00
///     +-------------------+-------------------+---------+---------+---------
public struct PresencePong: Hashable, Sendable {
  static let type: UInt8 = 0x40

  /// The tag of the ping.
  public var tag: UInt8
  /// The manufacturer's enterprise number; ASF's own (4542) when it has nothing to add.
  public var enterpriseNumber: UInt32
  /// What the manufacturer defines, big-endian.
  public var oemDefined: UInt32
  /// What is spoken here: bit 7 IPMI, bits 3 to 0 the version of ASF (1 is 1.0).
  public var supportedEntities: UInt8
  /// What else: bit 7 RMCP security extensions, bit 5 DASH.
  public var supportedInteractions: UInt8

  /// A pong of these fields; a controller that speaks IPMI when nothing else is said.
  public init(
    tag: UInt8, enterpriseNumber: UInt32 = ASFMessage.enterpriseNumber, oemDefined: UInt32 = 0,
    supportedEntities: UInt8 = 0x81, supportedInteractions: UInt8 = 0
  ) {
    self.tag = tag
    self.enterpriseNumber = enterpriseNumber
    self.oemDefined = oemDefined
    self.supportedEntities = supportedEntities
    self.supportedInteractions = supportedInteractions
  }

  /// Whether the station says that it speaks IPMI.
  public var speaksIPMI: Bool { supportedEntities & 0x80 != 0 }

  /// The pong that `message` is; nil when it is another message.
  ///
  /// Throws `IPMIError` when it is a pong and its data is cut.
  public init?(_ message: ASFMessage) throws(IPMIError) {
    guard message.type == Self.type, message.enterpriseNumber == ASFMessage.enterpriseNumber else {
      return nil
    }
    tag = message.tag
    var reader = MessageReader(message.data.messageBytes, as: .asf)
    enterpriseNumber = try reader.bigEndianU32()
    oemDefined = try reader.bigEndianU32()
    supportedEntities = try reader.u8()
    supportedInteractions = try reader.u8()
  }

  /// The pong as an ASF message.
  public var message: ASFMessage {
    var data: [UInt8] = []
    data.append(bigEndian: enterpriseNumber)
    data.append(bigEndian: oemDefined)
    data.append(supportedEntities)
    data.append(supportedInteractions)
    data.append(contentsOf: repeatElement(0, count: 6))
    return ASFMessage(type: Self.type, tag: tag, data: data)
  }

  /// The pong as a datagram of 28 bytes.
  public var datagram: [UInt8] { message.datagram }
}
