/// What a sensor's states mean: 7 bits. IPMI 2.0, table 42-1.
public struct EventReadingType: RawRepresentable, Hashable, Sendable {
  /// The 7 bits.
  public let rawValue: UInt8
  /// The type of this number, of which the low 7 bits count.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue & 0x7f }

  /// The sensor has none.
  public static let unspecified = EventReadingType(rawValue: 0x00)
  /// Thresholds are passed.
  public static let threshold = EventReadingType(rawValue: 0x01)
  /// The sensor's type says it.
  public static let sensorSpecific = EventReadingType(rawValue: 0x6f)

  /// Whether the states are those of table 42-2, whatever the sensor measures.
  public var isGeneric: Bool { (0x02...0x0c).contains(rawValue) }

  /// The type as ipmitool prints it.
  public var text: String {
    switch rawValue {
    case 0x00: "Unspecified"
    case 0x01: "Threshold"
    // The table goes to 0Ch; ipmitool does not.
    case 0x02...0x0b: "Generic Discrete"
    case 0x6f: "Sensor-specific Discrete"
    case 0x70...0x7f: "OEM"
    default: "Reserved"
    }
  }
}
