/// A message of the Alert Standard Format. ASF 2.0, section 3.2.4; IPMI 2.0, section 13.2.
/// Its numbers are big-endian, unlike IPMI's.
///
///     0                   4         5         6         7         8
///     +-------------------+---------+---------+---------+---------+------
///     | enterprise number | type    | tag     | 00      | length  | data
///     +-------------------+---------+---------+---------+---------+------
public struct ASFMessage: Hashable, Sendable {
  /// How many bytes stand before the data.
  public static let headerByteCount = 8
  /// The enterprise number of ASF itself: 4542.
  public static let enterpriseNumber: UInt32 = 4542
  /// The tag of a message that wants no answer.
  public static let unidirectionalTag: UInt8 = 0xff

  /// Whose type numbers these are: ``enterpriseNumber``, or a manufacturer's.
  public var enterpriseNumber: UInt32
  /// What the message is: 80h a presence ping, 40h a presence pong.
  public var type: UInt8
  /// A number of the asker's that the answer repeats.
  public var tag: UInt8
  /// The message's own fields, at most 255 bytes.
  public var data: [UInt8]

  /// A message of these fields.
  public init(
    enterpriseNumber: UInt32 = enterpriseNumber, type: UInt8, tag: UInt8, data: [UInt8] = []
  ) {
    self.enterpriseNumber = enterpriseNumber
    self.type = type
    self.tag = tag
    self.data = data
  }

  /// Reads what follows the RMCP header; bytes beyond the data are passed over.
  ///
  /// Throws `IPMIError` when the bytes end before the data do.
  public init(parsing body: RawSpan) throws(IPMIError) {
    var reader = MessageReader(body, as: .asf)
    enterpriseNumber = try reader.bigEndianU32()
    type = try reader.u8()
    tag = try reader.u8()
    try reader.skip(1)
    let count = Int(try reader.u8())
    data = try reader.bytes(count, lengthFrom: .field(offset: 7))
  }

  /// Appends what follows the RMCP header.
  ///
  /// - Precondition: `data` has at most 255 bytes.
  public func append(to bytes: inout [UInt8]) {
    bytes.append(bigEndian: enterpriseNumber)
    bytes.append(type)
    bytes.append(tag)
    bytes.append(0)
    bytes.append(UInt8(data.count))
    bytes.append(contentsOf: data)
  }

  /// The message as a datagram that asks for no acknowledgement.
  public var datagram: [UInt8] {
    var bytes: [UInt8] = []
    RMCPHeader(messageClass: .asf).append(to: &bytes)
    append(to: &bytes)
    return bytes
  }
}
