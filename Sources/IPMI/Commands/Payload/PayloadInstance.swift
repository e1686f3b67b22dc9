/// A payload type and which instance of it: what the payload commands begin with. IPMI 2.0, section
/// 24.
public struct PayloadInstance: Hashable, Sendable {
  /// What the payload is.
  public var type: PayloadType
  /// Which instance: 4 bits; 1 is the first, 0 is none.
  public var number: UInt8

  /// An instance.
  public init(type: PayloadType, number: UInt8) {
    self.type = type
    self.number = number & 0x0f
  }

  /// The first instance of serial over LAN.
  public static let serialOverLAN = PayloadInstance(type: .serialOverLAN, number: 1)

  init(reading reader: inout MessageReader) throws(IPMIError) {
    type = PayloadType(rawValue: try reader.u8())
    number = try reader.u8() & 0x0f
  }

  var bytes: [UInt8] { [type.rawValue, number & 0x0f] }
}
