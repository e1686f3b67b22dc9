/// A payload type and which instance of it: what the payload commands begin with. IPMI 2.0, section
/// 24.
public struct PayloadInstance: Hashable, Sendable {
  /// The payload type: 6 bits; 1 is serial over LAN.
  public var type: UInt8
  /// Which instance: 4 bits; 1 is the first, 0 is none.
  public var number: UInt8

  /// An instance.
  public init(type: UInt8, number: UInt8) {
    self.type = type & 0x3f
    self.number = number & 0x0f
  }

  /// The first instance of serial over LAN.
  public static let serialOverLAN = PayloadInstance(type: 1, number: 1)

  init(reading reader: inout MessageReader) throws(IPMIError) {
    type = try reader.u8() & 0x3f
    number = try reader.u8() & 0x0f
  }

  var bytes: [UInt8] { [type & 0x3f, number & 0x0f] }
}
