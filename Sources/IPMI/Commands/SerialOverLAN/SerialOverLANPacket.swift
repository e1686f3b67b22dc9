/// A payload of serial over LAN: characters, an acknowledgement, or both. IPMI 2.0, section 15.9.
///
///     byte 0   bits 3:0 sequence number; 0 when nothing is to be acknowledged
///     byte 1   bits 3:0 the number that is acknowledged; 0 for none
///     byte 2   how many characters of that packet were accepted
///     byte 3   from the console: operation; from the controller: status
///     byte 4-  characters
public struct SerialOverLANPacket: Hashable, Sendable {
  /// How many bytes stand before the characters.
  public static let headerByteCount = 4

  /// The packet's number, 1 to 15; 0 when it asks for no acknowledgement. 4 bits.
  public var sequenceNumber: UInt8
  /// The number of the packet that is acknowledged; 0 for none. 4 bits.
  public var acknowledgedNumber: UInt8
  /// How many characters of that packet were accepted.
  public var acceptedCount: UInt8
  /// The fourth byte: see ``operation`` and ``status``.
  public var flags: UInt8
  /// The characters.
  public var characters: [UInt8]

  /// A packet from the console.
  public init(
    sequenceNumber: UInt8, acknowledgedNumber: UInt8 = 0, acceptedCount: UInt8 = 0,
    operation: Operation = [], characters: [UInt8] = []
  ) {
    self.init(
      sequenceNumber, acknowledgedNumber, acceptedCount, operation.rawValue, characters)
  }

  /// A packet from the controller.
  public init(
    sequenceNumber: UInt8, acknowledgedNumber: UInt8 = 0, acceptedCount: UInt8 = 0,
    status: Status, characters: [UInt8] = []
  ) {
    self.init(sequenceNumber, acknowledgedNumber, acceptedCount, status.rawValue, characters)
  }

  private init(
    _ sequenceNumber: UInt8, _ acknowledgedNumber: UInt8, _ acceptedCount: UInt8, _ flags: UInt8,
    _ characters: [UInt8]
  ) {
    self.sequenceNumber = sequenceNumber & 0x0f
    self.acknowledgedNumber = acknowledgedNumber & 0x0f
    self.acceptedCount = acceptedCount
    self.flags = flags
    self.characters = characters
  }

  /// Reads a packet. Throws `IPMIError.truncated` when it has fewer than 4 bytes.
  public init(parsing payload: RawSpan) throws(IPMIError) {
    var reader = MessageReader(payload, as: .serialOverLAN)
    sequenceNumber = try reader.u8() & 0x0f
    acknowledgedNumber = try reader.u8() & 0x0f
    acceptedCount = try reader.u8()
    flags = try reader.u8()
    characters = reader.rest()
  }

  /// Appends the packet.
  public func append(to payload: inout [UInt8]) {
    payload += [sequenceNumber & 0x0f, acknowledgedNumber & 0x0f, acceptedCount, flags]
    payload += characters
  }

  /// The packet's bytes.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  /// What the console wants, in a packet from the console.
  public var operation: Operation { Operation(rawValue: flags) }
  /// How the controller is, in a packet from the controller.
  public var status: Status { Status(rawValue: flags) }

  /// What the console wants of the controller. IPMI 2.0, table 15-2.
  public struct Operation: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt8
    /// The operation of these bits.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// What goes out to the console is thrown away.
    public static let flushOutbound = Operation(rawValue: 1 << 0)
    /// What goes in to the serial line is thrown away.
    public static let flushInbound = Operation(rawValue: 1 << 1)
    /// DCD and DSR become inactive.
    public static let dropsCarrier = Operation(rawValue: 1 << 2)
    /// CTS becomes inactive: the system pauses.
    public static let pauses = Operation(rawValue: 1 << 3)
    /// A break is sent, before the characters.
    public static let sendBreak = Operation(rawValue: 1 << 4)
    /// RI becomes active: the system may wake.
    public static let ring = Operation(rawValue: 1 << 5)
    /// The packet is refused: it is to be sent again.
    public static let refusal = Operation(rawValue: 1 << 6)
  }

  /// How the controller is. IPMI 2.0, table 15-3.
  public struct Status: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt8
    /// The status of these bits.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The line had a break.
    public static let breakDetected = Status(rawValue: 1 << 2)
    /// Characters from the system were lost.
    public static let overrun = Status(rawValue: 1 << 3)
    /// The payload is deactivated, or about to be.
    public static let deactivated = Status(rawValue: 1 << 4)
    /// No characters get through at present.
    public static let unavailable = Status(rawValue: 1 << 5)
    /// The packet is refused: it is to be sent again.
    public static let refusal = Status(rawValue: 1 << 6)
  }
}
