/// What a reading is counted in: 3 bytes of a sensor's record. IPMI 2.0, table 43-1, bytes 21 to 23.
///
///     byte 0   bits 7:6 analog format | bits 5:3 rate | bits 2:1 modifier | bit 0 percentage
///     byte 1   base unit
///     byte 2   modifier unit
public struct SensorUnits: Hashable, Sendable {
  /// The first byte.
  public var flags: UInt8
  /// The base unit. IPMI 2.0, table 43-15.
  public var base: UInt8
  /// The unit that the modifier names.
  public var modifier: UInt8

  /// The units.
  public init(flags: UInt8 = 0, base: UInt8, modifier: UInt8 = 0) {
    self.flags = flags
    self.base = base
    self.modifier = modifier
  }

  init(reading reader: inout MessageReader) throws(IPMIError) {
    flags = try reader.u8()
    base = try reader.u8()
    modifier = try reader.u8()
  }

  var bytes: [UInt8] { [flags, base, modifier] }

  /// How a raw reading is a number.
  public var analogFormat: AnalogFormat {
    switch flags >> 6 {
    case 0: .unsigned
    case 1: .onesComplement
    case 2: .twosComplement
    default: .none
    }
  }

  /// Whether the reading is a percentage.
  public var isPercentage: Bool { flags & 1 != 0 }

  /// How a raw reading is a number: 2 bits.
  public enum AnalogFormat: Hashable, Sendable {
    /// From 0 to 255.
    case unsigned
    /// From -127 to 127.
    case onesComplement
    /// From -128 to 127.
    case twosComplement
    /// Not at all: the sensor has no analog reading.
    case none
  }

  /// The units as ipmitool prints them, such as `degrees C` or `Watts*hour`.
  public var text: String {
    let prefix = isPercentage ? "% " : ""
    switch flags >> 1 & 0x03 {
    case 1: return "\(prefix)\(SensorUnits.name(base))/\(SensorUnits.name(modifier))"
    case 2: return "\(prefix)\(SensorUnits.name(base))*\(SensorUnits.name(modifier))"
    default:
      if base == 0, isPercentage { return "percent" }
      return prefix + SensorUnits.name(base)
    }
  }

  /// A unit as ipmitool prints it.
  public static func name(_ unit: UInt8) -> String {
    names.indices.contains(Int(unit)) ? names[Int(unit)] : "invalid"
  }

  private static let names = [
    "unspecified", "degrees C", "degrees F", "degrees K", "Volts", "Amps", "Watts", "Joules",
    "Coulombs", "VA", "Nits", "lumen", "lux", "Candela", "kPa", "PSI", "Newton", "CFM", "RPM",
    "Hz", "microsecond", "millisecond", "second", "minute", "hour", "day", "week", "mil",
    "inches", "feet", "cu in", "cu feet", "mm", "cm", "m", "cu cm", "cu m", "liters",
    "fluid ounce", "radians", "steradians", "revolutions", "cycles", "gravities", "ounce",
    "pound", "ft-lb", "oz-in", "gauss", "gilberts", "henry", "millihenry", "farad",
    "microfarad", "ohms", "siemens", "mole", "becquerel", "PPM", "reserved", "Decibels", "DbA",
    "DbC", "gray", "sievert", "color temp deg K", "bit", "kilobit", "megabit", "gigabit",
    "byte", "kilobyte", "megabyte", "gigabyte", "word", "dword", "qword", "line", "hit",
    "miss", "retry", "reset", "overflow", "underrun", "collision", "packets", "messages",
    "characters", "error", "correctable error", "uncorrectable error", "fatal error", "grams",
  ]
}
