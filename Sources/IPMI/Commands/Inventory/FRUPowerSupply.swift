/// A power supply: multirecord 00h. FRU Information Storage Definition 1.0, section 18.1.
public struct FRUPowerSupply: Hashable, Sendable {
  /// The multirecord's type.
  public static let recordType: UInt8 = 0x00

  /// What it delivers, in watts: 12 bits.
  public var watts: UInt16
  /// What it takes at most, in volt-amperes; FFFFh when that is not specified.
  public var peakVoltAmperes: UInt16
  /// The inrush current, in amperes.
  public var inrushAmperes: UInt8
  /// How long the inrush lasts, in milliseconds.
  public var inrushMilliseconds: UInt8
  /// The input voltages from the lowest to the highest, in hundredths of a volt.
  public var input: (low: UInt16, high: UInt16) {
    get { (inputs[0], inputs[1]) }
    set { (inputs[0], inputs[1]) = newValue }
  }
  /// A second range of input voltages, in hundredths of a volt.
  public var secondInput: (low: UInt16, high: UInt16) {
    get { (inputs[2], inputs[3]) }
    set { (inputs[2], inputs[3]) = newValue }
  }
  /// The lowest input frequency, in hertz.
  public var lowestHertz: UInt8
  /// The highest input frequency, in hertz.
  public var highestHertz: UInt8
  /// For how long the input may fail, in milliseconds.
  public var dropoutMilliseconds: UInt8
  /// What it can do.
  public var features: Features
  /// What it delivers for a moment, in watts: 12 bits.
  public var peakWatts: UInt16
  /// For how many seconds it does: 4 bits.
  public var peakSeconds: UInt8
  /// The two voltages of which both together are limited: 4 bits each; 0 12 V, 1 -12 V, 2 5 V, 3 3.3 V.
  public var combinedVoltages: (first: UInt8, second: UInt8) {
    get { (combined >> 4, combined & 0x0f) }
    set { combined = newValue.first << 4 | newValue.second & 0x0f }
  }
  /// What both deliver together, in watts; 0 for no such limit.
  public var combinedWatts: UInt16
  /// Below how many revolutions a second the fan is failing, where failures are predicted.
  public var fanThreshold: UInt8

  private var inputs: [UInt16]
  private var combined: UInt8

  /// What a power supply can do: a byte.
  public struct Features: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt8
    /// The features of these bits.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// It tells of failures before they happen.
    public static let predictsFailure = Features(rawValue: 0x01)
    /// It corrects the power factor.
    public static let correctsPowerFactor = Features(rawValue: 0x02)
    /// It finds out the input voltage by itself.
    public static let switchesVoltage = Features(rawValue: 0x04)
    /// It may be changed while the machine runs.
    public static let isHotSwappable = Features(rawValue: 0x08)
    /// Two pulses of the tachometer make a revolution, or failures are told by a pin that is let go.
    public static let secondTachometerForm = Features(rawValue: 0x10)
  }

  /// Reads the 24 bytes of a record's data. Throws `IPMIError` when there are fewer.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = MessageReader(data, as: .fruInventory)
    watts = try reader.u16() & 0x0fff
    peakVoltAmperes = try reader.u16()
    inrushAmperes = try reader.u8()
    inrushMilliseconds = try reader.u8()
    inputs = [try reader.u16(), try reader.u16(), try reader.u16(), try reader.u16()]
    lowestHertz = try reader.u8()
    highestHertz = try reader.u8()
    dropoutMilliseconds = try reader.u8()
    features = try reader.flags()
    let peak = try reader.u16()
    peakWatts = peak & 0x0fff
    peakSeconds = UInt8(truncatingIfNeeded: peak >> 12)
    combined = try reader.u8()
    combinedWatts = try reader.u16()
    fanThreshold = try reader.u8()
  }
}
