internal import IPMI

/// A payload of serial over LAN. IPMI 2.0, section 15.9, table 15-2.
///
///     0         1         2         3         4
///     +---------+---------+---------+---------+------------
///     | sequence| acknow- | accepted| status  | characters
///     |         | ledged  | count   |         |
///     +---------+---------+---------+---------+------------
struct SerialPacket: Hashable, Sendable {
  /// How many bytes stand before the characters.
  static let headerByteCount = 4

  /// What a console asks for beside the characters.
  struct Operation: OptionSet, Hashable, Sendable {
    let rawValue: UInt8

    /// The characters that are on their way to the console are to be dropped.
    static let flushOutbound = Operation(rawValue: 1 << 0)
    /// The console takes no characters for now.
    static let pause = Operation(rawValue: 1 << 3)
    /// The packet that is acknowledged was not taken.
    static let refused = Operation(rawValue: 1 << 6)

    /// In a packet to the console: the line is not the console's any more. IPMI 2.0, table 15-3.
    static let lineGivenAway = Operation(rawValue: 1 << 4)
  }

  /// The packet's number, 1 to 15; 0 for one that only acknowledges.
  var sequence: UInt8
  /// The number of the packet that is acknowledged; 0 for none.
  var acknowledged: UInt8 = 0
  /// How many of its characters were taken.
  var acceptedCount: UInt8 = 0
  /// A console's operations.
  var operation: Operation = []
  /// The characters.
  var characters: [UInt8] = []

  /// A packet of these fields.
  init(sequence: UInt8, characters: [UInt8] = []) {
    self.sequence = sequence
    self.characters = characters
  }

  /// Reads a payload.
  ///
  /// Throws `IPMIError` when it is shorter than its header.
  init(parsing payload: RawSpan) throws(IPMIError) {
    var reader = MessageReader(payload, as: .serialOverLAN)
    sequence = try reader.u8() & 0x0f
    acknowledged = try reader.u8() & 0x0f
    acceptedCount = try reader.u8()
    operation = Operation(rawValue: try reader.u8())
    characters = reader.rest()
  }

  /// The payload.
  var bytes: [UInt8] {
    [sequence & 0x0f, acknowledged & 0x0f, acceptedCount, operation.rawValue] + characters
  }

  /// The number after `sequence`: 15 is followed by 1.
  static func following(_ sequence: UInt8) -> UInt8 {
    sequence >= 15 ? 1 : sequence + 1
  }
}
